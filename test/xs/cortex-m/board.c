/* UART, timer, C library stubs, and the exit through semihosting. */
#include "board.h"
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/time.h>

#define REGISTER(address) (*(volatile uint32_t*)(address))

enum {
  timerControl = 0x40000000,
  timerValue = 0x40000004,
  timerReload = 0x40000008,
  uartData = 0x40004000,
  uartState = 0x40004004,
  uartControl = 0x40004008,
  uartDivider = 0x40004010,
};

static uint32_t lastTimerValue;
static uint64_t elapsedTicks;

void boardStart(void)
{
  REGISTER(uartDivider) = 16;
  REGISTER(uartControl) = 1;
  REGISTER(timerReload) = 0xffffffff;
  REGISTER(timerValue) = 0xffffffff;
  REGISTER(timerControl) = 1;
  lastTimerValue = 0xffffffff;
}

/* The counter runs down and wraps after 2.6 thousand million instructions: it must be read more often than that. */
uint64_t boardTicks(void)
{
  uint32_t value = REGISTER(timerValue);
  elapsedTicks += lastTimerValue - value;
  lastTimerValue = value;
  return elapsedTicks;
}

void boardWrite(const char* text, uint32_t length)
{
  for (uint32_t i = 0; i < length; i++) {
    while (REGISTER(uartState) & 1)
      ;
    REGISTER(uartData) = (uint8_t)text[i];
  }
}

void boardExit(int status)
{
  /* SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit: QEMU ends with this status. */
  uint32_t block[2] = { 0x20026, (uint32_t)status };
  register uint32_t operation __asm__("r0") = 0x20;
  register uint32_t* parameter __asm__("r1") = block;
  __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(parameter) : "memory");
  for (;;)
    ;
}

/* What newlib asks for. The C heap lies between .bss and the stack. */
extern char _end, _stackLimit;

/* xsAll.h declares it; XS compares it with the address of a local variable. */
char* fxCStackLimit(void)
{
  return &_stackLimit + 1024;
}

void* _sbrk(ptrdiff_t increment)
{
  static char* top = &_end;
  char* previous = top;
  if (top + increment > &_stackLimit) {
    errno = ENOMEM;
    return (void*)-1;
  }
  top += increment;
  return previous;
}

/* XS seeds Math.random from the clock; time is what the instruction count says, so that runs repeat. */
int _gettimeofday(struct timeval* time, void* zone)
{
  uint64_t microseconds = boardTicks() / 25;
  time->tv_sec = microseconds / 1000000;
  time->tv_usec = microseconds % 1000000;
  return 0;
}

int _write(int file, const char* text, int length)
{
  boardWrite(text, (uint32_t)length);
  return length;
}

int _fstat(int file, struct stat* status)
{
  status->st_mode = S_IFCHR;
  return 0;
}

void _exit(int status) { boardExit(status); }
int _isatty(int file) { return 1; }
int _close(int file) { return -1; }
int _lseek(int file, int offset, int whence) { return 0; }
int _read(int file, char* into, int length) { return 0; }
int _kill(int process, int signal) { return -1; }
int _getpid(void) { return 1; }
