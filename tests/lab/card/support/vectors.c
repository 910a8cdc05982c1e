/* SPDX-License-Identifier: Apache-2.0 */
/* The published vectors of the folder TSM_VECTORS (default ../shared/vectors beside the source tree) for the
 * tests of the laboratory's card; edge (reads files). */
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_PATH 1024

json_t *vectors_load(const char *name)
{
    const char *folder = getenv("TSM_VECTORS");
    const char *root = getenv("TSM_SOURCE_ROOT");
    char path[MAX_PATH];

    if (folder != NULL)
        snprintf(path, sizeof path, "%s/%s", folder, name);
    else
        snprintf(path, sizeof path, "%s/../shared/vectors/%s", root == NULL ? "." : root, name);
    return json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

size_t bytes_of(const json_t *object, const char *key, uint8_t *to, size_t cap)
{
    size_t n = 0;

    if (!lab_hex_read(text_of(object, key), to, cap, &n))
        fail_msg("%s is not hex or too long", key);
    return n;
}

struct sym_key key_of(const json_t *object, const char *key, uint8_t type)
{
    struct sym_key k = {.type = type};

    k.len = (uint8_t)bytes_of(object, key, k.value, sizeof k.value);
    return k;
}

size_t each_of_kind(const json_t *file, const char *kind, void (*check)(const json_t *vector))
{
    size_t index, count = 0;
    json_t *vector;

    json_array_foreach(json_object_get(file, "vectors"), index, vector)
    {
        if (strcmp(text_of(vector, "kind"), kind) != 0)
            continue;
        check(vector);
        count++;
    }
    return count;
}
