/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of JSON documents are overwritten before they are freed. Pure but for allocation. */
#include "wire/object/wipe.h"

#include <stdlib.h>
#include <string.h>

static void wipe_texts(json_t *v)
{
    const char *name;
    json_t *item;
    size_t i;
    if (v->refcount > 1)
        return;
    if (json_is_string(v)) /* jansson's own copy, which nobody else sees any more */
        explicit_bzero((char *)(uintptr_t)json_string_value(v), json_string_length(v));
    else if (json_is_array(v))
        json_array_foreach(v, i, item) wipe_texts(item);
    else if (json_is_object(v))
        json_object_foreach(v, name, item) wipe_texts(item);
}

void json_wipe(json_t *owned)
{
    if (owned)
        wipe_texts(owned);
    json_decref(owned);
}

char *json_text_once(const json_t *value)
{
    size_t n = json_dumpb(value, NULL, 0, JSON_COMPACT);
    char *text = n ? malloc(n + 1) : NULL;
    if (text) {
        json_dumpb(value, text, n, JSON_COMPACT);
        text[n] = '\0';
    }
    return text;
}

void text_wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}
