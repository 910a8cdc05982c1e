/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input, output and error of the programs. Edge. [POSIX] */
#include "app/file/standard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum tsm_err standard_hold(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return FAIL(IO, "/dev/null cannot stand in for descriptor %d: %s", fd, strerror(errno));
    return TSM_OK;
}

enum tsm_err standard_flush(void)
{
    bool lost = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) != 0 || lost)
        return FAIL(IO, "standard output takes no more: %s",
                    errno ? strerror(errno) : "an earlier line was lost");
    return TSM_OK;
}
