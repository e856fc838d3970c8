/*
 * XS on the PC with a heap of fixed size, as on a device.
 *
 *   xs-host run --chunk-bytes N --chip-bytes N --slots N --stack-slots N framework.js tests.js
 *   xs-host compile output.c input.js
 *
 * `run` loads both scripts twice: once in a growing heap to learn what loading them takes, then in a heap of exactly
 * that size plus the given chunk bytes and slots. So the test framework has room of its own and the code under test
 * gets what the device has; when that is not enough the run fails as the device would. The memory of simulated chips
 * is no device's heap, so it comes on top.
 */
#include "script.h"


typedef struct {
  txSize chunkBytes;
  txSize chipBytes;
  txSize slots;
  txSize stackSlots;
} Heap;

static int exitStatus = -1;

/* How many keys a device reserves; names beyond that would need c_realloc. */
enum { initialKeys = 1024, moreKeys = 1024 };

void hostPrint(const char* line)
{
  puts(line);
}

void hostFail(const char* reason)
{
  fflush(stdout);
  fprintf(stderr, "%s\n", reason);
  exit(1);
}

void* fxAllocateChunks(txMachine* the, txSize size)
{
  return malloc(size);
}

void fxFreeChunks(txMachine* the, void* chunks)
{
  free(chunks);
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
  return malloc(count * sizeof(txSlot));
}

void fxFreeSlots(txMachine* the, void* slots)
{
  free(slots);
}

static void host_finish(txMachine* the)
{
  exitStatus = fxToInteger(the, mxArgv(0)) ? 1 : 0;
}

static void host_computrons(txMachine* the)
{
  fxNumber(the, mxResult, the->meterIndex);
}

static const HostFunction hostFunctions[] = {
  { "finish", host_finish, 1 },
  { "computrons", host_computrons, 0 },
};

static txMachine* createMachine(Heap heap, txBoolean growing)
{
  txCreation creation = {
    .initialChunkSize = heap.chunkBytes,
    .incrementalChunkSize = growing ? 64 * 1024 : 0,
    .initialHeapCount = heap.slots,
    .incrementalHeapCount = growing ? 4096 : 0,
    .stackCount = heap.stackSlots,
    .initialKeyCount = initialKeys,
    .incrementalKeyCount = moreKeys,
    .nameModulo = 127,
    .symbolModulo = 127,
    .parserBufferSize = 64 * 1024,
    .parserTableModulo = 1993,
  };
  txMachine* the = fxCreateMachine(&creation, "xs-host", NULL, XS_NO_ID);
  if (!the)
    hostFail("xs-host: cannot create the machine");
  return the;
}

static void loadAll(txMachine* the, char** paths, int count)
{
  defineCommonFunctions(the);
  defineHostFunctions(the, hostFunctions, sizeof(hostFunctions) / sizeof(hostFunctions[0]));
  for (int i = 0; i < count; i++) {
    runScript(the, loadScript(the, paths[i]));
    runPromiseJobs(the);
  }
  fxCollectGarbage(the);
}

static Heap measureLoading(Heap device, char** paths, int count)
{
  Heap start = { .chunkBytes = 1024 * 1024, .slots = 65536, .stackSlots = device.stackSlots };
  txMachine* the = createMachine(start, 1);
  loadAll(the, paths, count);
  Heap used = { .chunkBytes = the->currentChunksSize, .slots = the->currentHeapCount };
  fxDeleteMachine(the);
  return used;
}

static int run(Heap device, char** paths, int count)
{
  Heap loaded = measureLoading(device, paths, count);
  Heap total = {
    .chunkBytes = loaded.chunkBytes + device.chunkBytes + device.chipBytes,
    .slots = loaded.slots + device.slots,
    .stackSlots = device.stackSlots,
  };
  txMachine* the = createMachine(total, 0);
  loadAll(the, paths, count);
  the->garbageCollectionCount = 0;
  callGlobal(the, "startTests");
  do
    runPromiseJobs(the);
  while (exitStatus < 0 && callGlobal(the, "runNextTimer"));
  if (exitStatus < 0)
    hostFail("xs-host: the scripts ended without calling xsHost.finish()");
  unsigned collections = the->garbageCollectionCount;
  fxCollectGarbage(the);
  printf("  heap: %d chunk bytes and %d slots for framework and code; %d, %d for simulated chips and %d slots for "
         "running it; %u garbage collections, stack %d of %d slots\n",
         loaded.chunkBytes, loaded.slots, device.chunkBytes, device.chipBytes, device.slots, collections,
         (int)(the->stackTop - the->stackPeak), device.stackSlots);
  return exitStatus;
}

static int usage(void)
{
  fputs("usage: xs-host run [--chunk-bytes N] [--chip-bytes N] [--slots N] [--stack-slots N] script.js...\n"
        "       xs-host compile output.c input.js\n", stderr);
  return 2;
}

int compile(txMachine* the, const char* outputPath, const char* inputPath);

int main(int argc, char** argv)
{
  Heap device = { .chunkBytes = 128 * 1024, .slots = 8192, .stackSlots = 4096 };
  int i = 2;
  if (argc < 3)
    return usage();
  if (!strcmp(argv[1], "compile")) {
    if (argc != 4)
      return usage();
    Heap heap = { .chunkBytes = 1024 * 1024, .slots = 65536, .stackSlots = device.stackSlots };
    return compile(createMachine(heap, 1), argv[2], argv[3]);
  }
  if (strcmp(argv[1], "run"))
    return usage();
  for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
    txSize value = (txSize)atoi(argv[i + 1]);
    if (value <= 0)
      return usage();
    if (!strcmp(argv[i], "--chunk-bytes"))
      device.chunkBytes = value;
    else if (!strcmp(argv[i], "--chip-bytes"))
      device.chipBytes = value;
    else if (!strcmp(argv[i], "--slots"))
      device.slots = value;
    else if (!strcmp(argv[i], "--stack-slots"))
      device.stackSlots = value;
    else
      return usage();
  }
  if (i >= argc)
    return usage();
  return run(device, argv + i, argc - i);
}
