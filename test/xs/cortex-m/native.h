#ifndef LIMFS_XS_NATIVE_H
#define LIMFS_XS_NATIVE_H

#include "machine.h"

extern const HostFunction nativeFunctions[];
extern const size_t nativeFunctionCount;

/* xsmc.c: bytes of an ArrayBuffer, Uint8Array or DataView; any allocation may move them. */
extern txInteger _xsmcGetBuffer(txMachine* the, txSlot* slot, void** data, txUnsigned* count, txBoolean writable);

#endif
