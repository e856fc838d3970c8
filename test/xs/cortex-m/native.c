/*
 * Native twins of the library's hot functions: a port may inject them in place of the TypeScript ones. To add one,
 * write its host function and name it in the table; scripts then find it as xsHost.<name>.
 */
#include "native.h"

extern txInteger fxGetDataViewSize(txMachine* the, txSlot* view, txSlot* buffer);

/* The elements of a typed array with so many bytes each; any allocation may move them. */
static void* elements(txMachine* the, txSlot* argument, txInteger size, txInteger* count)
{
  txSlot* array = argument->kind == XS_REFERENCE_KIND ? argument->value.reference->next : NULL;
  if (!array || array->kind != XS_TYPED_ARRAY_KIND || array->value.typedArray.dispatch->size != size)
    mxTypeError("another typed array is wanted");
  txSlot* view = array->next;
  txSlot* buffer = view->next;
  *count = fxGetDataViewSize(the, view, buffer) / size;
  return buffer->value.reference->next->value.arrayBuffer.address + view->value.dataView.offset;
}

/* The elements of a plain array that holds `least` or more numbers and no holes; NULL for null. */
static txSlot* numbers(txMachine* the, txSlot* argument, txInteger least)
{
  if (argument->kind == XS_NULL_KIND)
    return NULL;
  txSlot* array = argument->kind == XS_REFERENCE_KIND ? argument->value.reference->next : NULL;
  if (!array || array->kind != XS_ARRAY_KIND || array->value.array.length < least)
    mxTypeError("a longer array is wanted");
  return array->value.array.address;
}

/* All numbers here are whole; this chip has no double-precision unit, so they are counted in 64 bits. */
static int64_t numberOf(txSlot* slot)
{
  return slot->kind == XS_INTEGER_KIND ? slot->value.integer : (int64_t)slot->value.number;
}

static void setNumber(txSlot* slot, int64_t number)
{
  if (number == (txInteger)number) {
    slot->kind = XS_INTEGER_KIND;
    slot->value.integer = (txInteger)number;
  }
  else {
    slot->kind = XS_NUMBER_KIND;
    slot->value.number = (txNumber)number;
  }
}

/* Twin of foldDown in lib/limfs/checksum.ts: (sum, words, from, to). */
static void native_foldDown(txMachine* the)
{
  txInteger count;
  txU4 sum = (txU4)fxToInteger(the, mxArgv(0));
  txInteger from = fxToInteger(the, mxArgv(2));
  txInteger to = fxToInteger(the, mxArgv(3));
  txU2* words = elements(the, mxArgv(1), 2, &count);
  if (to < 0 || from > count)
    mxRangeError("outside of the words");
  while (from > to)
    sum = (sum * 3 + words[--from]) % 0x10001;
  fxInteger(the, mxResult, (txInteger)sum);
}

/* As in unpackPlain.ts. */
enum { atBit, atLeft, atValue, atDifference, atAverage, atK, atMean, atTime, atInterval, atRow, atCapacity, runLength };
enum { outcomeAll, outcomeEnd, outcomeExceptional, outcomeDamaged };
enum { escapeOnes = 15, meanHigh = 28, meanLow = 13, largestPlainK = 15 };

/* 32 bits of a stream that grows from the last word down. */
static txU4 windowAt(const txU4* last, txU4 bit)
{
  const txU4* word = last - (bit >> 5);
  txU4 used = bit & 31;
  return used ? (word[0] << used) | (word[-1] >> (32 - used)) : word[0];
}

static txInteger leadingOnes(txU4 window)
{
  return window == 0xffffffff ? 32 : __builtin_clz(~window);
}

/* Twin of unpackPlain in lib/limfs/meter/unpackPlain.ts: (words, run, times, values). */
static void native_unpackPlain(txMachine* the)
{
  txInteger count;
  txU4* words = elements(the, mxArgv(0), 4, &count);
  txSlot* run = numbers(the, mxArgv(1), runLength);
  txInteger first = run ? (txInteger)numberOf(run + atRow) : 0;
  txInteger wanted = run ? (txInteger)numberOf(run + atLeft) : 0;
  txSlot* times = numbers(the, mxArgv(2), first + wanted);
  txSlot* values = numbers(the, mxArgv(3), first + wanted);
  txU4 capacity = run ? (txU4)numberOf(run + atCapacity) : 0;
  if (!run || (txInteger)(capacity >> 5) + 2 > count || !times != !values)
    mxRangeError("outside of the words");
  txU4 bit = (txU4)numberOf(run + atBit);
  int64_t value = numberOf(run + atValue);
  int64_t difference = numberOf(run + atDifference);
  txInteger average = (txInteger)numberOf(run + atAverage);
  txInteger mean = (txInteger)numberOf(run + atMean);
  txInteger k = (txInteger)numberOf(run + atK);
  int64_t time = numberOf(run + atTime);
  int64_t interval = numberOf(run + atInterval);
  txInteger left = wanted;
  txInteger outcome = outcomeAll;
  for (;; left--) {
    if (bit >= capacity) {
      if (left > 0)
        outcome = outcomeDamaged;
      break;
    }
    txU4 window = windowAt(words + count - 1, bit);
    txInteger quotient = leadingOnes(window);
    txInteger length = quotient + 1;
    if (quotient + (bit & 7) > 7) {
      outcome = outcomeEnd;
      break;
    }
    if (quotient + (bit & 7) == 7) {
      txInteger more = leadingOnes(window << length);
      quotient += more;
      length += more + 1;
    }
    if (quotient >= escapeOnes || k > largestPlainK) {
      outcome = outcomeExceptional;
      break;
    }
    if (left == 0)
      break;
    txU4 symbol = ((txU4)quotient << k) | (((window << length) >> 1) >> (31 - k));
    bit += length + k;
    difference = ((txInteger)(difference + average) >> 1) + (txInteger)((symbol >> 1) ^ -(symbol & 1));
    value += difference;
    average += (txInteger)(difference - average) >> 4;
    mean += (txInteger)symbol - (mean >> 4);
    if (mean > meanHigh << k)
      k++;
    else if (mean < meanLow << k && k > 0)
      k--;
    time += interval;
    if (times) {
      setNumber(times + first, time);
      setNumber(values + first, value);
      first++;
    }
  }
  setNumber(run + atBit, bit);
  setNumber(run + atLeft, left);
  setNumber(run + atValue, value);
  setNumber(run + atDifference, difference);
  setNumber(run + atAverage, average);
  setNumber(run + atMean, mean);
  setNumber(run + atK, k);
  setNumber(run + atTime, time);
  setNumber(run + atRow, first);
  fxInteger(the, mxResult, outcome);
}

const HostFunction nativeFunctions[] = {
  { "unpackPlain", native_unpackPlain, 4 },
  { "foldDown", native_foldDown, 4 },
};

const size_t nativeFunctionCount = sizeof(nativeFunctions) / sizeof(nativeFunctions[0]);
