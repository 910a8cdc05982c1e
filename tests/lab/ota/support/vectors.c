/* SPDX-License-Identifier: Apache-2.0 */
/* The OTA vector file, read with jansson, and small conveniences for tests with octet strings. */
#include "vectors.h"

#include "common/bytes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

json_t *vectors_load(void)
{
    char path[PATH_MAX];
    const char *folder = getenv("TSM_VECTORS");
    const char *root = getenv("TSM_SOURCE_ROOT");
    if (folder)
        snprintf(path, sizeof path, "%s/vectors-ota.json", folder);
    else
        snprintf(path, sizeof path, "%s/../shared/vectors/vectors-ota.json", root ? root : ".");
    return json_load_file(path, 0, NULL);
}

json_t *vectors_or_skip(void)
{
    json_t *v = vectors_load();
    if (!v)
        skip();
    return v;
}

struct octets octets_from_hex(const char *hex)
{
    struct octets o = {0};
    if (!lab_hex_read(hex, o.at, sizeof o.at, &o.len))
        fail_msg("not hexadecimal: %s", hex);
    return o;
}

const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text)
        fail_msg("no member %s", name);
    return text;
}

struct octets octets_of(const json_t *object, const char *name)
{
    return octets_from_hex(text_of(object, name));
}
