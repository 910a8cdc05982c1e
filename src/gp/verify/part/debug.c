/* SPDX-License-Identifier: Apache-2.0 */
/* The Debug component: never loaded, walked to its end with its indexes. Station 4. Pure. [JCVM 6.14; the
 * layout could be compared with public readers only] */
#include "gp/verify/part/part.h"

enum { FIELD_REST = 2 + 4, METHOD_REST = 2 + 2 + 1 + 2, VARIABLE = 9, LINE = 6, REF = 2 };

struct debug {
    struct cap_model *m;
    struct reader r;
    uint16_t strings;
};

/* An index of the string table. */
static enum tsm_err name(struct debug *d)
{
    uint16_t index;
    model_at(d->m, CAP_DEBUG, part_offset(d->m, CAP_DEBUG, &d->r));
    TRY(read_u16(&d->r, &index));
    HOLDS(d->m, index < d->strings, DEBUG, "string %u of %u", index, d->strings);
    return TSM_OK;
}

static enum tsm_err skip(struct debug *d, size_t len)
{
    struct bytes skipped;
    return read_span(&d->r, len, &skipped);
}

static enum tsm_err method(struct debug *d)
{
    uint16_t variables, lines;
    TRY(name(d));
    TRY(name(d));
    TRY(skip(d, METHOD_REST)); /* access, location, header size, body size */
    TRY(read_u16(&d->r, &variables));
    TRY(read_u16(&d->r, &lines));
    for (uint16_t i = 0; i < variables; i++) {
        TRY(skip(d, 1));
        TRY(name(d));
        TRY(name(d));
        TRY(skip(d, VARIABLE - 1 - 2 * REF));
    }
    return skip(d, (size_t)lines * LINE);
}

static enum tsm_err one_class(struct debug *d)
{
    uint16_t fields, methods;
    uint8_t interfaces;
    TRY(name(d));
    TRY(skip(d, REF + REF)); /* access, location */
    TRY(name(d));            /* parent */
    TRY(name(d));            /* source file */
    TRY(read_u8(&d->r, &interfaces));
    TRY(read_u16(&d->r, &fields));
    TRY(read_u16(&d->r, &methods));
    for (uint8_t i = 0; i < interfaces; i++)
        TRY(name(d));
    for (uint16_t i = 0; i < fields; i++) {
        TRY(name(d));
        TRY(name(d));
        TRY(skip(d, FIELD_REST));
    }
    for (uint16_t i = 0; i < methods; i++)
        TRY(method(d));
    return TSM_OK;
}

enum tsm_err part_debug(struct cap_model *m)
{
    struct debug d = {.m = m, .r = part_reader(m, CAP_DEBUG)};
    uint16_t len, classes;
    if (d.r.left.len == 0)
        return TSM_OK;
    TRY(read_u16(&d.r, &d.strings));
    for (uint16_t i = 0; i < d.strings; i++) {
        TRY(read_u16(&d.r, &len));
        TRY(skip(&d, len));
    }
    TRY(name(&d));
    TRY(read_u16(&d.r, &classes));
    for (uint16_t i = 0; i < classes; i++)
        TRY(one_class(&d));
    return read_end(&d.r);
}
