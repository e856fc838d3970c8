/* Writes a script's bytecode as C source for the bare-metal image. */
#include "script.h"

/*
 * On the target the names that the script brings along are interned right after the machine is created, in the same
 * order, so they get the same ids as here. Both sides create the same names before: those that XS knows itself.
 */
static void writeNames(FILE* file, txMachine* the, txID first)
{
  fprintf(file, "const unsigned short scriptFirstName = %d;\n", first);
  fprintf(file, "const unsigned short scriptNameCount = %d;\n", the->keyIndex - first);
  fprintf(file, "const char* const scriptNames[] = {\n");
  for (txID id = first; id < the->keyIndex; id++) {
    fputs("  \"", file);
    for (const unsigned char* p = (unsigned char*)fxGetKeyName(the, id); *p; p++)
      fprintf(file, *p == '"' || *p == '\\' ? "\\%c" : *p < 32 || *p > 126 ? "\\%03o" : "%c", *p);
    fputs("\",\n", file);
  }
  fputs("  0\n};\n", file);
}

static void writeCode(FILE* file, txScript* script)
{
  fprintf(file, "const unsigned int scriptCodeSize = %d;\n", script->codeSize);
  fputs("const signed char scriptCode[] = {", file);
  for (txSize i = 0; i < script->codeSize; i++)
    fprintf(file, "%s%d,", i % 24 ? "" : "\n  ", script->codeBuffer[i]);
  fputs("\n};\n", file);
}

int compile(txMachine* the, const char* outputPath, const char* inputPath)
{
  txID first = the->keyIndex;
  txScript* script = loadScript(the, inputPath);
  FILE* file = fopen(outputPath, "w");
  if (!file) {
    fprintf(stderr, "xs-host: cannot write %s\n", outputPath);
    return 2;
  }
  fprintf(file, "/* Generated: bytecode of one script. */\n");
  writeNames(file, the, first);
  writeCode(file, script);
  return fclose(file) ? 2 : 0;
}
