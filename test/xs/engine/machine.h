/* What both hosts share: the object `xsHost` that scripts see, and the promise job loop. */
#ifndef LIMFS_XS_MACHINE_H
#define LIMFS_XS_MACHINE_H

#include "xsAll.h"
#include "xsScript.h"

typedef struct {
  const char* name;
  txCallback callback;
  txInteger argumentCount;
} HostFunction;

/* Adds functions to the object `xsHost`, creating it the first time. */
void defineHostFunctions(txMachine* the, const HostFunction* functions, size_t count);

/* print, gc, slotsUsed, chunkBytesUsed, garbageCollections, stackSlotsPeak: the same on every host. */
void defineCommonFunctions(txMachine* the);

/* Calls the global function `name`, if there is one; returns what it returned as a boolean. */
txBoolean callGlobal(txMachine* the, const char* name);

/* Runs promise jobs until none is left. */
void runPromiseJobs(txMachine* the);

/* Supplied by each host: writes one line, and ends the run because of a fatal error. */
void hostPrint(const char* line);
void hostFail(const char* reason) __attribute__((noreturn));

#endif
