/* Turns JavaScript source into bytecode that runs in place, as a device's linker would leave it in flash. */
#ifndef LIMFS_XS_SCRIPT_H
#define LIMFS_XS_SCRIPT_H

#include "machine.h"

/*
 * Parses the file and links its names to `the`. The result stays valid as long as the process: closures point
 * into it. Ends the process with a message when the file cannot be read or parsed.
 */
txScript* loadScript(txMachine* the, const char* path);

/* Evaluates a loaded script in the global scope. */
void runScript(txMachine* the, txScript* script);

#endif
