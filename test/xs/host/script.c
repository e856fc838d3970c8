#include "script.h"

/* Not in XS's headers, though other files of XS use it the same way. */
extern void fxRemapIDs(txMachine* the, txByte* codeBuffer, txSize codeSize, txID* ids);

static char* readFile(const char* path, size_t* length)
{
  FILE* file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "xs-host: cannot read %s\n", path);
    exit(2);
  }
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char* text = malloc(*length + 1);
  if (!text || fread(text, 1, *length, file) != *length) {
    fprintf(stderr, "xs-host: cannot read %s\n", path);
    exit(2);
  }
  text[*length] = 0;
  fclose(file);
  return text;
}

/*
 * The ARCHIVE forms leave function bodies and strings where they are; the plain ones copy them into the heap,
 * each time anew. The walk is that of XS's own fxRemapIDs.
 */
static void runInPlace(txByte* code, txSize size)
{
  txU1* p = (txU1*)code;
  txU1* end = p + size;
  while (p < end) {
    txS1 length = gxCodeSizes[*p];
    if (*p >= XS_CODE_CODE_1 && *p <= XS_CODE_CODE_4)
      *p += XS_CODE_CODE_ARCHIVE_1 - XS_CODE_CODE_1;
    else if (*p >= XS_CODE_STRING_1 && *p <= XS_CODE_STRING_4)
      *p += XS_CODE_STRING_ARCHIVE_1 - XS_CODE_STRING_1;
    if (length > 0)
      p += length;
    else if (length == 0)
      p += 1 + sizeof(txID);
    else if (length == -1)
      p += 2 + p[1];
    else if (length == -2)
      p += 3 + (p[1] | (p[2] << 8));
    else
      p += 5 + (p[1] | (p[2] << 8) | (p[3] << 16) | ((txU4)p[4] << 24));
  }
}

static void linkNames(txMachine* the, txScript* script)
{
  txByte* p = script->symbolsBuffer;
  txID count;
  mxDecodeID(p, count);
  txID* ids = calloc(count, sizeof(txID));
  ids[0] = XS_NO_ID;
  for (txID i = 1; i < count; i++) {
    ids[i] = fxNewNameC(the, (txString)p);
    p += strlen((char*)p) + 1;
  }
  fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
  free(ids);
  free(script->symbolsBuffer);
  script->symbolsBuffer = NULL;
}

txScript* loadScript(txMachine* the, const char* path)
{
  size_t length;
  txStringCStream stream;
  stream.buffer = readFile(path, &length);
  stream.offset = 0;
  stream.size = (txSize)length;
  txScript* script = fxParseScript(the, &stream, fxStringCGetter, mxProgramFlag);
  free(stream.buffer);
  if (!script || !script->symbolsBuffer) {
    fprintf(stderr, "xs-host: cannot parse %s\n", path);
    exit(1);
  }
  fxBeginHost(the);
  linkNames(the, script);
  fxEndHost(the);
  runInPlace(script->codeBuffer, script->codeSize);
  return script;
}

void runScript(txMachine* the, txScript* script)
{
  fxBeginHost(the);
  mxTry(the) {
    txSlot* realm = mxProgram.value.reference->next->value.module.realm;
    fxRunScript(the, script, mxRealmGlobal(realm), C_NULL, mxRealmClosures(realm)->value.reference, C_NULL,
                mxProgram.value.reference);
    mxPop();
  }
  mxCatch(the) {
    fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
  }
  fxEndHost(the);
}
