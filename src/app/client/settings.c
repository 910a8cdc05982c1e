/* SPDX-License-Identifier: Apache-2.0 */
/* Where a client setting comes from: the command line, a file of KEY=VALUE lines, the environment. Station 1,
 * seen from outside. Edge. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/client/client.h"
#include "base/hex.h"

#define DEFAULT_FILE "var/dev/env"
enum { LINE_MAX_LEN = 2048 };

static enum tsm_err keep(const char *name, const char *value, char *out, size_t cap)
{
    size_t n = strlen(value);
    if (n >= cap)
        return FAIL(TOO_LONG, "the value of %.40s has more than %zu characters", name, cap - 1);
    snprintf(out, cap, "%s", value);
    return TSM_OK;
}

/* The value of a line KEY=VALUE of this key; NULL for any other line. Quotes around the value are taken off.
 */
static char *value_of(char *line, const char *name)
{
    size_t n = strlen(name), len;
    char *v = line + n + 1;
    line[strcspn(line, "\r\n")] = 0;
    if (strncmp(line, name, n) != 0 || line[n] != '=')
        return NULL;
    len = strlen(v);
    if (len >= 2 && (*v == '"' || *v == '\'') && v[len - 1] == *v) {
        v[len - 1] = 0;
        v++;
    }
    return v;
}

static enum tsm_err from_file(const char *path, const char *name, char *out, size_t cap)
{
    char line[LINE_MAX_LEN];
    enum tsm_err e = TSM_NOT_FOUND;
    FILE *f = fopen(path, "r");
    if (!f)
        return FAIL(IO, "%.200s: %s", path, strerror(errno));
    setvbuf(f, NULL, _IONBF, 0); /* tokens shall not stay in a buffer of the library */
    while (e == TSM_NOT_FOUND && fgets(line, sizeof line, f)) {
        const char *v = value_of(line, name);
        if (v)
            e = keep(name, v, out, cap);
    }
    explicit_bzero(line, sizeof line);
    fclose(f);
    return e;
}

enum tsm_err client_setting(const struct client_args *a, const char *name, char *out, size_t cap)
{
    const char *value = getenv(name);
    if (a->env) {
        enum tsm_err e = from_file(a->env, name, out, cap);
        if (e != TSM_NOT_FOUND)
            return e;
    }
    if (value && *value)
        return keep(name, value, out, cap);
    if (!a->env && access(DEFAULT_FILE, R_OK) == 0)
        return from_file(DEFAULT_FILE, name, out, cap);
    return TSM_NOT_FOUND;
}

/* The first line of what can be read there. */
static enum tsm_err read_line(int fd, char *out, size_t cap)
{
    size_t n = 0;
    ssize_t got = 0;
    while (n < cap && (got = read(fd, out + n, 1)) == 1 && out[n] != '\n')
        n++;
    if (got < 0 || n == cap) {
        explicit_bzero(out, cap);
        return got < 0 ? FAIL(IO, "the token cannot be read: %s", strerror(errno))
                       : FAIL(TOO_LONG, "the token has more than %zu characters", cap - 1);
    }
    if (n && out[n - 1] == '\r')
        n--;
    out[n] = 0;
    return n ? TSM_OK : FAIL(MISSING_FIELD, "the token is empty");
}

static enum tsm_err read_file(const char *path, char *out, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum tsm_err e;
    if (fd < 0)
        return FAIL(IO, "%.200s: %s", path, strerror(errno));
    e = read_line(fd, out, cap);
    close(fd);
    return e;
}

static enum tsm_err named_token(const struct client_args *a, char out[CLIENT_TOKEN_MAX])
{
    enum tsm_err e;
    if (!strncmp(a->token, "fd:", 3) && text_is_digits(a->token + 3, 1, 4))
        return read_line(atoi(a->token + 3), out, CLIENT_TOKEN_MAX);
    if (a->token[0] == '@' && a->token[1])
        return read_file(a->token + 1, out, CLIENT_TOKEN_MAX);
    if (strncmp(a->token, "env:", 4) != 0)
        return FAIL(BAD_VALUE,
                    "a token on the command line can be seen by others: use fd:N, @FILE or env:NAME");
    e = client_setting(a, a->token + 4, out, CLIENT_TOKEN_MAX);
    return e == TSM_NOT_FOUND ? FAIL(MISSING_FIELD, "nothing says %.40s", a->token + 4) : e;
}

enum tsm_err client_token(const struct client_args *a, const char *name, char out[CLIENT_TOKEN_MAX])
{
    enum tsm_err e;
    if (a->token)
        return named_token(a, out);
    e = client_setting(a, "TSM_TOKEN", out, CLIENT_TOKEN_MAX);
    if (e == TSM_NOT_FOUND)
        e = client_setting(a, name, out, CLIENT_TOKEN_MAX);
    return e == TSM_NOT_FOUND
               ? FAIL(MISSING_FIELD, "no token: use --token, TSM_TOKEN or a file with %s", name)
               : e;
}
