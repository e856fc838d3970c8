/*
 * I2C master on the two wires of the board's last serial bus, where QEMU puts the EEPROMs that stand for the FRAM.
 * No delays: the emulated chip has no timing. What the bus itself would take is a sum over bits, see the README.
 */
#include "board.h"

static volatile uint32_t* const wiresSet = (volatile uint32_t*)0x4002a000;
static volatile uint32_t* const wiresClear = (volatile uint32_t*)0x4002a004;

enum { clockWire = 1, dataWire = 2 };

static uint64_t busTicks;

static void startCondition(void)
{
  *wiresSet = dataWire;
  *wiresSet = clockWire;
  *wiresClear = dataWire;
  *wiresClear = clockWire;
}

static void stopCondition(void)
{
  *wiresClear = dataWire;
  *wiresSet = clockWire;
  *wiresSet = dataWire;
}

static void writeBit(uint32_t bit)
{
  if (bit)
    *wiresSet = dataWire;
  else
    *wiresClear = dataWire;
  *wiresSet = clockWire;
  *wiresClear = clockWire;
}

static uint32_t readBit(void)
{
  *wiresSet = dataWire;
  *wiresSet = clockWire;
  uint32_t bit = (*wiresSet >> 1) & 1;
  *wiresClear = clockWire;
  return bit;
}

/* Tells whether the device acknowledged. */
static bool writeByte(uint8_t byte)
{
  for (int i = 7; i >= 0; i--)
    writeBit((byte >> i) & 1);
  return readBit() == 0;
}

static uint8_t readByte(bool last)
{
  uint32_t byte = 0;
  for (int i = 0; i < 8; i++)
    byte = (byte << 1) | readBit();
  writeBit(last);
  return (uint8_t)byte;
}

static bool transferBytes(uint8_t address, const uint8_t* out, uint32_t outLength, uint8_t* in, uint32_t inLength)
{
  if (outLength > 0 || inLength == 0) {
    startCondition();
    if (!writeByte((uint8_t)(address << 1)))
      return false;
    for (uint32_t i = 0; i < outLength; i++)
      if (!writeByte(out[i]))
        return false;
  }
  if (inLength > 0) {
    startCondition();
    if (!writeByte((uint8_t)(address << 1 | 1)))
      return false;
    for (uint32_t i = 0; i < inLength; i++)
      in[i] = readByte(i + 1 == inLength);
  }
  return true;
}

bool i2cTransfer(uint8_t address, const uint8_t* out, uint32_t outLength, uint8_t* in, uint32_t inLength)
{
  uint64_t start = boardTicks();
  bool good = transferBytes(address, out, outLength, in, inLength);
  stopCondition();
  busTicks += boardTicks() - start;
  return good;
}

uint64_t i2cTicks(void)
{
  return busTicks;
}
