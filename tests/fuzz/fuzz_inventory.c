/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: inventory files. Whatever the octets, each form ends, and every object is given once. */
#include "fuzz.h"

#include <stdlib.h>

#include "role/sem/inventory/line.h"
#include "role/sem/inventory/source.h"

const char *const fuzz_seeds[] = {
    "7B226963636964223A22383934393030303030303030303030303031372270726F66696C65223A226C61622D75696363227D0A",
    "69636369642C70726F66696C650A383934393030303030303030303030303031372C6C61622D756963630A",
    "5B7B226963636964223A2238393439303030303030303030303030303137227D2C207B2261223A225D7D227D5D",
    NULL,
};

static void one_form(struct bytes text, enum source_form form)
{
    struct import_line line;
    struct source s;
    size_t left = text.len + 1;
    source_open(&s, form, text);
    for (;;) {
        json_t *o;
        enum tsm_err e = source_next(&s, &o);
        if (e == TSM_OK)
            (void)import_line_read(o, &line);
        json_decref(o);
        if (e == TSM_NOT_FOUND || s.broken)
            return;
        if (s.rest.len >= left) /* nothing was taken: it would go on for ever */
            abort();
        left = s.rest.len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    one_form(BYTES_OF(data, size), SOURCE_NDJSON);
    one_form(BYTES_OF(data, size), SOURCE_CSV);
    one_form(BYTES_OF(data, size), SOURCE_LIST);
    return 0;
}
