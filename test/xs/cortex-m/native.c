/*
 * Native twins of the library's hot functions: a port may inject them in place of the TypeScript ones. To add one,
 * write its host function and name it in the table; scripts then find it as xsHost.<name>.
 */
#include "native.h"

extern txInteger fxGetDataViewSize(txMachine* the, txSlot* view, txSlot* buffer);

/* The elements of a Uint16Array; any allocation may move them. */
static txU2* uint16Elements(txMachine* the, txSlot* argument, txInteger* count)
{
  txSlot* array = argument->kind == XS_REFERENCE_KIND ? argument->value.reference->next : NULL;
  if (!array || array->kind != XS_TYPED_ARRAY_KIND || array->value.typedArray.dispatch->size != 2)
    mxTypeError("no Uint16Array");
  txSlot* view = array->next;
  txSlot* buffer = view->next;
  *count = fxGetDataViewSize(the, view, buffer) / 2;
  return (txU2*)(buffer->value.reference->next->value.arrayBuffer.address + view->value.dataView.offset);
}

/* Twin of foldDown in lib/limfs/checksum.ts: (sum, words, from, to). */
static void native_foldDown(txMachine* the)
{
  txInteger count;
  txU4 sum = (txU4)fxToInteger(the, mxArgv(0));
  txInteger from = fxToInteger(the, mxArgv(2));
  txInteger to = fxToInteger(the, mxArgv(3));
  txU2* words = uint16Elements(the, mxArgv(1), &count);
  if (to < 0 || from > count)
    mxRangeError("outside of the words");
  while (from > to)
    sum = (sum * 3 + words[--from]) % 0x10001;
  fxInteger(the, mxResult, (txInteger)sum);
}

const HostFunction nativeFunctions[] = {
  { "foldDown", native_foldDown, 4 },
};

const size_t nativeFunctionCount = sizeof(nativeFunctions) / sizeof(nativeFunctions[0]);
