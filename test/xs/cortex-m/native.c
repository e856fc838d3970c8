/*
 * Native twins of the library's hot functions: a port may inject them in place of the TypeScript ones. To add one,
 * write its host function and name it in the table; scripts then find it as xsHost.<name>.
 */
#include "native.h"

/* nativeChecksum(bytes, offset, length, seed): CRC-16/X-25 register without the final complement. */
static void native_checksum(txMachine* the)
{
  void* data;
  txUnsigned size;
  _xsmcGetBuffer(the, mxArgv(0), &data, &size, 0);
  txUnsigned offset = (txUnsigned)fxToInteger(the, mxArgv(1));
  txUnsigned length = (txUnsigned)fxToInteger(the, mxArgv(2));
  txUnsigned crc = (txUnsigned)fxToInteger(the, mxArgv(3));
  if (offset > size || length > size - offset)
    mxRangeError("outside of the buffer");
  for (const txU1* p = (txU1*)data + offset; length > 0; length--) {
    txUnsigned x = (crc ^ *p++) & 0xff;
    x ^= (x << 4) & 0xff;
    crc = (crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4);
  }
  fxInteger(the, mxResult, (txInteger)crc);
}

const HostFunction nativeFunctions[] = {
  { "nativeChecksum", native_checksum, 4 },
};

const size_t nativeFunctionCount = sizeof(nativeFunctions) / sizeof(nativeFunctions[0]);
