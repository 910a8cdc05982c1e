/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the payment vectors for the tests of the bank and the terminal. */
#include "rows.h"

#include "handset/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void vprint_message(const char *const format, va_list args) __attribute__((format(printf, 1, 0)));

/* cmocka 1.1.5 prints a skipped test as "not ok", which a TAP reader takes for a failure: this stands in for
 * its printing function and mends that line. */
void vprint_message(const char *const format, va_list args)
{
    bool skipped = strcmp(format, "not ok %u # SKIP %s\n") == 0;
    vprintf(skipped ? "ok %u # SKIP %s\n" : format, args);
}

static json_t *load(void)
{
    char path[ROW_MAX];
    const char *folder = getenv("TSM_VECTORS"), *root = getenv("TSM_SOURCE_ROOT");
    if (folder)
        snprintf(path, sizeof path, "%s/vectors-payments.json", folder);
    else
        snprintf(path, sizeof path, "%s/../shared/vectors/vectors-payments.json", root ? root : ".");
    return json_load_file(path, 0, NULL);
}

size_t rows_each(const char *kind, row_check *each)
{
    size_t i, count = 0;
    const json_t *row;
    json_t *all = load();
    if (!all)
        skip();
    json_array_foreach(json_object_get(all, "vectors"), i, row)
    {
        if (strcmp(row_text(row, "kind"), kind) != 0)
            continue;
        each(json_object_get(row, "inputs"), json_object_get(row, "expected"), row_text(row, "name"));
        count++;
    }
    json_decref(all);
    return count;
}

const char *row_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    assert_non_null(text);
    return text;
}

size_t row_hex(const json_t *object, const char *member, uint8_t *out, size_t cap)
{
    ssize_t n = hs_hex_read(row_text(object, member), out, cap);
    assert_true(n >= 0);
    return (size_t)n;
}
