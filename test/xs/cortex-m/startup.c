/* Vector table and reset handler. */
#include "board.h"
#include <string.h>

extern uint32_t _dataStart, _dataEnd, _dataImage, _bssStart, _bssEnd, _stackTop;
int main(void);

static void onReset(void)
{
  memcpy(&_dataStart, &_dataImage, (char*)&_dataEnd - (char*)&_dataStart);
  memset(&_bssStart, 0, (char*)&_bssEnd - (char*)&_bssStart);
  /* Full access to the FPU (CPACR). */
  *(volatile uint32_t*)0xe000ed88 |= 0xf << 20;
  __asm__ volatile("dsb\nisb");
  boardStart();
  boardExit(main());
}

static void onFault(void)
{
  static const char text[] = "CPU fault\n";
  boardWrite(text, sizeof(text) - 1);
  boardExit(1);
}

__attribute__((section(".vectors"), used)) static void* const vectors[16] = {
  &_stackTop, onReset, onFault, onFault, onFault, onFault, onFault,
};
