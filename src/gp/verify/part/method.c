/* SPDX-License-Identifier: Apache-2.0 */
/* The Method component: exception handlers in front, then one method after the other, as the Descriptor says.
 * Station 4. Pure. [JCVM 6.9] */
#include <stdlib.h>

#include "gp/verify/part/part.h"

enum {
    HANDLER = 8,
    FLAG_EXTENDED = 0x8,
    FLAG_ABSTRACT = 0x4,
    HEADER = 2,
    HEADER_EXTENDED = 4,
    INDEX_BITS = 16
};

enum tsm_err part_handlers(struct cap_model *m)
{
    struct reader r = part_reader(m, CAP_METHOD);
    uint8_t count;
    struct bytes handlers;
    TRY(read_u8(&r, &count));
    TRY(read_span(&r, (size_t)count * HANDLER, &handlers));
    m->handlers = count;
    return TSM_OK;
}

static int by_value(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Bodies by offset. The cells of frames serve as room: no method is interpreted yet. */
static void sort_bodies(struct cap_model *m)
{
    m->bodies = 0;
    for (size_t i = 0; i < m->methods; i++)
        if (!m->class[m->method[i].owner].is_interface)
            m->cell[m->bodies++] = (uint32_t)m->method[i].offset << INDEX_BITS | (uint32_t)i;
    qsort(m->cell, m->bodies, sizeof m->cell[0], by_value);
    for (size_t i = 0; i < m->bodies; i++)
        m->by_offset[i] = (uint16_t)m->cell[i];
}

static enum tsm_err read_header(struct cap_model *m, struct cap_method *d)
{
    struct bytes info = m->info[CAP_METHOD];
    uint8_t first = u8_at(info, d->offset), second = u8_at(info, d->offset + 1u);
    bool abstract = (first >> 4 & FLAG_ABSTRACT) != 0;
    d->flags = first >> 4;
    d->header_len = d->flags & FLAG_EXTENDED ? HEADER_EXTENDED : HEADER;
    if (d->flags & FLAG_EXTENDED) {
        d->max_stack = second;
        d->nargs = u8_at(info, d->offset + 2u);
        d->max_locals = u8_at(info, d->offset + 3u);
    } else {
        d->max_stack = first & 15;
        d->nargs = second >> 4;
        d->max_locals = second & 15;
    }
    HOLDS(m, (d->flags & ~(FLAG_EXTENDED | FLAG_ABSTRACT)) == 0, METHOD, "flags %X are not defined",
          d->flags);
    HOLDS(m, abstract == ((d->access & ACC_ABSTRACT) != 0), METHOD,
          "header and descriptor disagree whether the method is abstract");
    HOLDS(m, abstract == (d->code_len == 0), METHOD, "an abstract method has no code, any other has");
    HOLDS(m, d->offset + (size_t)d->header_len + d->code_len <= info.len, METHOD,
          "the method ends behind the component");
    return TSM_OK;
}

static enum tsm_err arguments(struct cap_model *m, const struct cap_method *d)
{
    struct signature s;
    size_t cells;
    TRY(signature_read(m, d->type, &s));
    cells = signature_cells(&s) + (d->access & ACC_STATIC ? 0 : 1);
    HOLDS(m, (d->access & ACC_ABSTRACT) || d->nargs == cells, METHOD,
          "nargs is %u, the signature has %zu cells", d->nargs, cells);
    HOLDS(m, !(d->access & ACC_INIT) || kind_of(s.result) == TYPE_VOID, DESCRIPTOR,
          "a constructor returns a value");
    return TSM_OK;
}

/* Each handler belongs to one method. */
static enum tsm_err claim(struct cap_model *m, const struct cap_method *d, bool *claimed)
{
    HOLDS(m, (size_t)d->first_handler + d->handlers <= m->handlers, HANDLER,
          "handlers %u and on are not there", d->first_handler);
    for (size_t i = d->first_handler; i < (size_t)d->first_handler + d->handlers; i++) {
        HOLDS(m, !claimed[i], HANDLER, "handler %zu belongs to two methods", i);
        claimed[i] = true;
    }
    return TSM_OK;
}

enum tsm_err part_bodies(struct cap_model *m)
{
    size_t at = 1 + m->handlers * HANDLER;
    bool claimed[UINT8_MAX + 1] = {false};
    sort_bodies(m);
    for (size_t i = 0; i < m->bodies; i++) {
        struct cap_method *d = &m->method[m->by_offset[i]];
        model_at(m, CAP_METHOD, at);
        m->at.method = d->offset;
        HOLDS(m, d->offset == at, METHOD, "a method is described at %u, the one before ends at %zu",
              d->offset, at);
        TRY(read_header(m, d));
        TRY(arguments(m, d));
        TRY(claim(m, d, claimed));
        at += (size_t)d->header_len + d->code_len;
    }
    model_at(m, CAP_METHOD, at);
    HOLDS(m, at == m->info[CAP_METHOD].len, METHOD,
          "%zu octets behind the last method are described by nothing", m->info[CAP_METHOD].len - at);
    for (size_t i = 0; i < m->handlers; i++)
        HOLDS(m, claimed[i], HANDLER, "handler %zu belongs to no method", i);
    return TSM_OK;
}
