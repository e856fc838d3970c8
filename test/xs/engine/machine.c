#include "machine.h"

void fxCreateMachinePlatform(txMachine* the)
{
  the->promiseJobs = 0;
}

void fxDeleteMachinePlatform(txMachine* the)
{
}

void fxQueuePromiseJobs(txMachine* the)
{
  the->promiseJobs = 1;
}

void fxAbort(txMachine* the, int status)
{
  static char line[512];
  switch (status) {
  case XS_STACK_OVERFLOW_EXIT:
    hostFail("XS stopped: stack overflow");
  case XS_NOT_ENOUGH_MEMORY_EXIT:
    hostFail("XS stopped: the heap is full");
  case XS_NO_MORE_KEYS_EXIT:
    hostFail("XS stopped: no room for more property names");
  case XS_UNHANDLED_EXCEPTION_EXIT:
  case XS_UNHANDLED_REJECTION_EXIT:
    mxPush(mxException);
    if (the->stack->kind == XS_REFERENCE_KIND)
      fxGetID(the, mxID(_stack));
    snprintf(line, sizeof(line), "XS stopped: nobody caught %s", fxToString(the, the->stack));
    hostFail(line);
  default:
    snprintf(line, sizeof(line), "XS stopped: status %d", status);
    hostFail(line);
  }
}

void runPromiseJobs(txMachine* the)
{
  while (the->promiseJobs) {
    the->promiseJobs = 0;
    fxRunPromiseJobs(the);
  }
  fxEndJob(the);
}

static void host_print(txMachine* the)
{
  hostPrint(fxToString(the, mxArgv(0)));
}

static void host_gc(txMachine* the)
{
  fxCollectGarbage(the);
}

static void host_slotsUsed(txMachine* the)
{
  fxInteger(the, mxResult, the->currentHeapCount);
}

static void host_chunkBytesUsed(txMachine* the)
{
  fxInteger(the, mxResult, the->currentChunksSize);
}

static void host_garbageCollections(txMachine* the)
{
  fxInteger(the, mxResult, the->garbageCollectionCount);
}

static void host_stackSlotsPeak(txMachine* the)
{
  fxInteger(the, mxResult, (txInteger)(the->stackTop - the->stackPeak));
}

static const HostFunction commonFunctions[] = {
  { "print", host_print, 1 },
  { "gc", host_gc, 0 },
  { "slotsUsed", host_slotsUsed, 0 },
  { "chunkBytesUsed", host_chunkBytesUsed, 0 },
  { "garbageCollections", host_garbageCollections, 0 },
  { "stackSlotsPeak", host_stackSlotsPeak, 0 },
};

void defineHostFunctions(txMachine* the, const HostFunction* functions, size_t count)
{
  fxBeginHost(the);
  txID hostID = fxNewNameX(the, "xsHost");
  mxPush(mxGlobal);
  if (!fxHasID(the, hostID)) {
    mxPush(mxObjectPrototype);
    fxNewObjectInstance(the);
    mxPush(mxGlobal);
    fxDefineID(the, hostID, XS_DONT_DELETE_FLAG, XS_DONT_DELETE_FLAG);
    mxPop();
  }
  for (size_t i = 0; i < count; i++) {
    txID id = fxNewNameX(the, (txString)functions[i].name);
    fxNewHostFunction(the, functions[i].callback, functions[i].argumentCount, id, XS_NO_ID);
    mxPush(mxGlobal);
    fxGetID(the, hostID);
    fxSetID(the, id);
    mxPop();
  }
  fxEndHost(the);
}

void defineCommonFunctions(txMachine* the)
{
  defineHostFunctions(the, commonFunctions, sizeof(commonFunctions) / sizeof(commonFunctions[0]));
}

txBoolean callGlobal(txMachine* the, const char* name)
{
  txBoolean result = 0;
  fxBeginHost(the);
  txID id = fxNewNameX(the, (txString)name);
  mxTry(the) {
    mxPush(mxGlobal);
    mxPush(mxGlobal);
    fxGetID(the, id);
    mxCall();
    mxRunCount(0);
    result = fxToBoolean(the, the->stack);
    mxPop();
  }
  mxCatch(the) {
    fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
  }
  fxEndHost(the);
  return result;
}
