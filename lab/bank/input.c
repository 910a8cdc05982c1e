/* SPDX-License-Identifier: Apache-2.0 */
/* Where the bank's verbs take their inputs from: files, descriptors, the environment; never a secret on the
 * command line unless it is a laboratory key. Edge. */
#include "bank/input.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LINE = 4096, DECIMAL = 10 };

bool bank_read_number(const char *text, unsigned long max, unsigned long *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long n = strtoul(text, &end, DECIMAL);
    if (*end != '\0' || n > max)
        return false;
    *out = n;
    return true;
}

/* Reads the descriptor to its end; false when it holds cap bytes or more. */
static bool read_descriptor(int fd, char *out, size_t cap)
{
    size_t len = 0;
    while (len < cap) {
        ssize_t n = read(fd, out + len, cap - len);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    if (len == cap)
        return false;
    out[len] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    return out[0] != '\0';
}

static bool read_named(const char *path, char *out, size_t cap)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool got = fd >= 0 && read_descriptor(fd, out, cap);
    if (fd >= 0)
        close(fd);
    return got;
}

bool bank_read_secret(const char *spec, char *out, size_t cap)
{
    unsigned long fd;
    bool got = false;
    if (strncmp(spec, "fd:", 3) == 0) {
        got = bank_read_number(spec + 3, INT16_MAX, &fd) && read_descriptor((int)fd, out, cap);
    } else if (spec[0] == '@') {
        got = read_named(spec + 1, out, cap);
    } else if (strncmp(spec, "env:", 4) == 0) {
        const char *value = getenv(spec + 4);
        got = value && *value && snprintf(out, cap, "%s", value) < (int)cap;
    } else {
        fprintf(stderr, "bank: a secret is named fd:N, @FILE or env:NAME\n");
        return false;
    }
    if (!got)
        fprintf(stderr, "bank: the secret named by fd:, @ or env: is missing, empty or too long\n");
    return got;
}

json_t *bank_read_json(const char *path)
{
    json_error_t error;
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!f) {
        fprintf(stderr, "bank: cannot read %s\n", path);
        return NULL;
    }
    json_t *root = json_loadf(f, JSON_REJECT_DUPLICATES, &error);
    if (f != stdin)
        fclose(f);
    if (root && json_is_object(root))
        return root;
    json_decref(root);
    fprintf(stderr, "bank: %s holds no JSON object\n", path);
    return NULL;
}

bool bank_read_setting(const char *path, const char *key, char *out, size_t cap)
{
    char line[MAX_LINE];
    size_t key_len = strlen(key);
    bool got = false;
    FILE *f = fopen(path, "re");
    while (f && !got && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, key, key_len) == 0 && line[key_len] == '=')
            got = snprintf(out, cap, "%s", line + key_len + 1) < (int)cap;
    }
    if (f)
        fclose(f);
    explicit_bzero(line, sizeof line);
    return got;
}
