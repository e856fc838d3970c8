/* What XS asks of its platform, for the PC host and for the bare Cortex-M alike. XS includes this file itself. */
#ifndef LIMFS_XS_PLATFORM_H
#define LIMFS_XS_PLATFORM_H

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef mxLittleEndian
#define mxLittleEndian 1
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#ifdef __linux__
#include <arpa/inet.h>
#include <pthread.h>
#include <unistd.h>
#undef mxLinux
#define mxLinux 1
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#define mxUseDefaultParseScript 1
#else
/* The C stack's limit comes from the linker script, see board.c; scripts are parsed on the PC. */
#define mxUseDefaultCStackLimit 0
#define C_PATH_MAX 128
#endif

#define mxMachinePlatform \
  void* waiterCondition; \
  void* waiterData; \
  txMachine* waiterLink; \
  int promiseJobs;

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultFindModule 1
#define mxUseDefaultLoadModule 1
#define mxUseDefaultSharedChunks 1

#endif
