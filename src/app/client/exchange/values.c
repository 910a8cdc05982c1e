/* SPDX-License-Identifier: Apache-2.0 */
/* Values of --with NAME=VALUE that are read from files. Edge. */
#include "app/client/exchange/values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_FILE_MAX = 65536 };

const char *value_given(const struct client_args *a, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < a->n_with; i++)
        if (!strncmp(a->with[i], name, n) && a->with[i][n] == '=')
            return a->with[i] + n + 1;
    return "";
}

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = f ? malloc(VALUE_FILE_MAX + 1) : NULL;
    size_t n = text ? fread(text, 1, VALUE_FILE_MAX, f) : 0;
    if (!f)
        fprintf(stderr, "tsm: %.200s: %s\n", path, strerror(errno));
    if (f)
        fclose(f);
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        n--;
    if (text)
        text[n] = 0;
    return text;
}

char *value_text(const char *value)
{
    return value[0] == '@' ? file_text(value + 1) : strdup(value);
}

static bool is_known(const char *with, const char *const *known)
{
    for (; *known; known++)
        if (!strncmp(with, *known, strlen(*known)) && with[strlen(*known)] == '=')
            return true;
    return false;
}

bool values_known(const struct client_args *a, const char *const *known)
{
    for (size_t i = 0; i < a->n_with; i++)
        if (!is_known(a->with[i], known)) {
            fprintf(stderr, "tsm: --with %.40s is not known here\n", a->with[i]);
            return false;
        }
    return true;
}
