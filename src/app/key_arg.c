/* SPDX-License-Identifier: Apache-2.0 */
/* Keys given to an offline tool. App. [DESIGN 5] */
#include "app/key_arg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"

enum { TEXT_ROOM = 2 * SECRET_MAX + 2 };

static enum tsm_err from_hex(const char *text, struct secret *out)
{
    struct secret s = {.len = 0};
    enum tsm_err e = hex_read(text, s.at, sizeof s.at, &s.len);
    if (e == TSM_OK)
        *out = s;
    secret_wipe(&s);
    return e;
}

/* The whole text of a descriptor, without the line's end. */
static enum tsm_err from_descriptor(int fd, struct secret *out)
{
    char text[TEXT_ROOM];
    size_t n = 0;
    ssize_t got = 1;
    enum tsm_err e;
    while (got > 0 && n < sizeof text - 1) {
        got = read(fd, text + n, sizeof text - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    text[n] = 0;
    e = got < 0 ? FAIL(IO, "the key cannot be read (errno %d)", errno) : from_hex(text, out);
    explicit_bzero(text, sizeof text);
    return e;
}

static enum tsm_err from_file(const char *path, struct secret *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum tsm_err e;
    if (fd < 0)
        return FAIL(IO, "the key file %.100s cannot be opened (errno %d)", path, errno);
    e = from_descriptor(fd, out);
    close(fd);
    return e;
}

enum tsm_err key_arg_read(char *arg, struct secret *out)
{
    static bool warned;
    enum tsm_err e;
    if (strncmp(arg, "fd:", 3) == 0)
        return from_descriptor(atoi(arg + 3), out);
    if (arg[0] == '@')
        return from_file(arg + 1, out);
    e = from_hex(arg, out);
    if (arg[0] && !warned)
        fputs("warning: a key on the command line is for laboratories only; use fd:N or @file\n", stderr);
    warned |= arg[0] != 0;
    memset(arg, '*', strlen(arg));
    return e;
}
