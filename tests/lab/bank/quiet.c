/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program of the laboratory inside a test, with its standard output kept out of the TAP stream. */
#include "quiet.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

int quietly(int (*run)(int, char **), char **argv, char *printed, size_t cap)
{
    int argc = 0, out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
    int into = memfd_create("printed", MFD_CLOEXEC);
    assert_true(null >= 0 && into >= 0);
    while (argv[argc])
        argc++;
    fflush(NULL);
    dup2(into, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    int status = run(argc, argv);
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    if (printed) {
        ssize_t n = pread(into, printed, cap - 1, 0);
        printed[n > 0 ? n : 0] = '\0';
    }
    close(out);
    close(err);
    close(null);
    close(into);
    return status;
}
