/* SPDX-License-Identifier: Apache-2.0 */
/* Octets from hex text and the published vector files, for the unit tests. Test code; reads files. */
#include "vectors.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"

void vprint_message(const char *const format, va_list args) __attribute__((format(printf, 1, 0)));

enum { PATH_ROOM = 1024, NAME_ROOM = 64 };

struct octets octets_of(const char *hex)
{
    static char packed[2 * OCTETS_MAX + 1];
    struct octets o = {0};
    size_t n = 0;
    for (; *hex && n < sizeof packed - 1; hex++)
        if (!isspace((unsigned char)*hex))
            packed[n++] = *hex;
    packed[n] = 0;
    if (*hex || hex_read(packed, o.at, sizeof o.at, &o.len) != TSM_OK)
        fail_msg("no hex text of at most %d octets: %.64s...", OCTETS_MAX, packed);
    return o;
}

void assert_hex_at(struct bytes got, const char *hex, const char *file, int line)
{
    static char text[2 * OCTETS_MAX + 1];
    struct octets want = octets_of(hex);
    if (bytes_equal(got, octets_bytes(&want)))
        return;
    if (got.len <= OCTETS_MAX)
        print_error("got  %s\nwant %s\n", hex_text(got, text), hex);
    else
        print_error("got %zu octets, want %zu\n", got.len, want.len);
    _fail(file, line);
}

void assert_err_at(enum tsm_err got, enum tsm_err want, const char *file, int line)
{
    if (got == want)
        return;
    print_error("got %s (%s), want %s\n", err_name(got), err_cause(), err_name(want));
    _fail(file, line);
}

/* cmocka 1.1.5 writes a skipped test as "not ok", which a TAP reader counts as a failure; its message
 * function is replaced for that one line. */
void vprint_message(const char *const format, va_list args)
{
    if (strcmp(format, "not ok %u # SKIP %s\n") == 0)
        vprintf("ok %u # SKIP %s\n", args);
    else
        vprintf(format, args);
}

bool vectors_load(const char *file, struct vectors *v)
{
    const char *folder = getenv("TSM_VECTORS"), *root = getenv("TSM_SOURCE_ROOT");
    char path[PATH_ROOM];
    json_error_t why;
    if (folder)
        snprintf(path, sizeof path, "%s/%s", folder, file);
    else
        snprintf(path, sizeof path, "%s/../shared/vectors/%s", root ? root : ".", file);
    if (access(path, R_OK) != 0)
        return false;
    v->document = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (!v->document) {
        fprintf(stderr, "%s: line %d: %s\n", file, why.line, why.text);
        abort();
    }
    return true;
}

struct vectors vectors_open(const char *file)
{
    struct vectors v = {NULL};
    if (!vectors_load(file, &v)) {
        print_message("# %s is not there\n", file);
        skip();
    }
    return v;
}

void vectors_close(struct vectors *v)
{
    json_decref(v->document);
    v->document = NULL;
}

json_t *vectors_next(const struct vectors *v, const char *list, const char *kind, size_t *at)
{
    json_t *all = json_object_get(v->document, list);
    if (!json_is_array(all))
        fail_msg("the document has no list \"%s\"", list);
    while (*at < json_array_size(all)) {
        json_t *one = json_array_get(all, (*at)++);
        const char *is = json_string_value(json_object_get(one, "kind"));
        if (!kind || (is && strcmp(is, kind) == 0))
            return one;
    }
    return NULL;
}

size_t vectors_count(const struct vectors *v, const char *list, const char *kind)
{
    size_t n = 0, at = 0;
    while (vectors_next(v, list, kind, &at))
        n++;
    return n;
}

const json_t *vector_member(const json_t *object, const char *name)
{
    char part[NAME_ROOM];
    const char *dot = strchr(name, '.');
    if (!dot)
        return json_object_get(object, name);
    snprintf(part, sizeof part, "%.*s", (int)(dot - name), name);
    return vector_member(json_object_get(object, part), dot + 1);
}

const char *vector_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(vector_member(object, name));
    if (!text)
        fail_msg("the vector has no text \"%s\"", name);
    return text;
}

struct octets vector_octets(const json_t *object, const char *name)
{
    return octets_of(vector_text(object, name));
}

long long vector_number(const json_t *object, const char *name)
{
    const json_t *number = vector_member(object, name);
    if (!json_is_integer(number))
        fail_msg("the vector has no number \"%s\"", name);
    return json_integer_value(number);
}

bool vector_has(const json_t *object, const char *name)
{
    return vector_member(object, name) != NULL;
}
