/* The board: QEMU's mps2-an386, a Cortex-M4F at 25 MHz. Register addresses: ARM application note DAI 0386. */
#ifndef LIMFS_XS_BOARD_H
#define LIMFS_XS_BOARD_H

#include <stdbool.h>
#include <stdint.h>

void boardStart(void);
void boardWrite(const char* text, uint32_t length);
void boardExit(int status) __attribute__((noreturn));

/* Timer ticks since start; with -icount shift=6 (64 ns an instruction) 8 ticks are 5 instructions. */
uint64_t boardTicks(void);

/* One I2C transaction: writes `out`, then after a repeated START reads `in`; either may be empty. */
bool i2cTransfer(uint8_t address, const uint8_t* out, uint32_t outLength, uint8_t* in, uint32_t inLength);

/* Ticks spent in i2cTransfer: a chip's I2C controller would do this work. */
uint64_t i2cTicks(void);

#endif
