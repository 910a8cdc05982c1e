/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of capasm (build tool, edge: standard error), in the form editors and compilers share. */
#include <stdarg.h>
#include <stdio.h>

#include "capasm.h"

int fail(struct place at, const char *format, ...)
{
    va_list args;

    if (at.line > 0)
        fprintf(stderr, "capasm: %s:%d: ", at.file, at.line);
    else
        fprintf(stderr, "capasm: %s: ", at.file);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return -1;
}
