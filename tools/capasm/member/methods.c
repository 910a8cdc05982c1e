/* SPDX-License-Identifier: Apache-2.0 */
/* The Method and Reference Location components of capasm (build tool, pure): JCVM 2.2.2 clauses 6.9 and 6.11.
 */
#include "../capasm.h"

enum {
    HANDLER_COUNT = 1, /* octets in front of the methods, and of each handler */
    HANDLER = 8,
    CATCH_AT = 6,
    FLAG_EXTENDED = 0x80,
    STOP_BIT = 0x8000
};

/* The extended header is for what does not fit a nibble. */
static bool extended(const struct method *m)
{
    return m->stack > NIBBLE_MAX || m->args > NIBBLE_MAX || m->locals > NIBBLE_MAX;
}

static size_t method_header(const struct method *m)
{
    return extended(m) ? 4 : 2;
}

static void put_header(const struct method *m, struct bytes *b)
{
    if (extended(m)) {
        put_u1(b, FLAG_EXTENDED);
        put_u1(b, m->stack);
        put_u1(b, m->args);
        put_u1(b, m->locals);
    } else {
        put_u1(b, m->stack);
        put_u1(b, (unsigned)m->args << 4 | m->locals);
    }
}

static bool in_interface(const struct package *p, const struct method *m)
{
    return p->classes[m->class_index].is_interface;
}

void methods_layout(struct package *p)
{
    size_t handlers = 0, at;

    for (size_t i = 0; i < p->method_count; i++) {
        p->methods[i].first_handler = handlers;
        handlers += p->methods[i].handler_count;
    }
    at = HANDLER_COUNT + HANDLER * handlers;
    for (size_t i = 0; i < p->method_count; i++) {
        if (in_interface(p, &p->methods[i]))
            continue;
        p->methods[i].offset = (uint16_t)at;
        at += method_header(&p->methods[i]) + p->methods[i].code_len;
    }
}

/* The stop bit stands where no later handler of the method has a range that meets this one's. */
static unsigned stop_bit(const struct method *m, size_t k)
{
    for (size_t i = k + 1; i < m->handler_count; i++)
        if (m->handlers[i].start < m->handlers[k].end && m->handlers[k].start < m->handlers[i].end)
            return 0;
    return STOP_BIT;
}

static void put_handlers(const struct package *p, struct bytes *b)
{
    const size_t count_at = b->len;
    unsigned count = 0;

    put_u1(b, 0);
    for (size_t i = 0; i < p->method_count; i++) {
        const struct method *m = &p->methods[i];
        const unsigned code = m->offset + (unsigned)method_header(m);
        for (size_t k = 0; k < m->handler_count; k++, count++) {
            put_u2(b, code + m->handlers[k].start);
            put_u2(b, (unsigned)(m->handlers[k].end - m->handlers[k].start) | stop_bit(m, k));
            put_u2(b, code + m->handlers[k].entry);
            put_u2(b, m->handlers[k].catch_index);
        }
    }
    b->data[count_at] = (uint8_t)count;
}

void methods_put(const struct package *p, struct bytes *b)
{
    put_handlers(p, b);
    for (size_t i = 0; i < p->method_count; i++) {
        const struct method *m = &p->methods[i];
        if (in_interface(p, m))
            continue;
        put_header(m, b);
        put_octets(b, m->code, m->code_len);
    }
}

/* One offset as the distance from the last, 255 meaning "and more" (6.11). */
static void put_distance(struct bytes *b, size_t here, size_t *last)
{
    size_t distance = here - *last;

    for (; distance >= UINT8_MAX; distance -= UINT8_MAX)
        put_u1(b, UINT8_MAX);
    put_u1(b, (unsigned)distance);
    *last = here;
}

/* The places of pool indices of this width; the classes that handlers catch come before the methods. */
static void put_locations(const struct package *p, struct bytes *b, size_t width)
{
    const size_t count_at = b->len;
    size_t last = 0, handler = 0;

    put_u2(b, 0);
    for (size_t i = 0; i < p->method_count; i++)
        for (size_t k = 0; k < p->methods[i].handler_count; k++, handler++)
            if (width == 2 && p->methods[i].handlers[k].catch_index != 0)
                put_distance(b, HANDLER_COUNT + HANDLER * handler + CATCH_AT, &last);
    for (size_t i = 0; i < p->method_count; i++) {
        const struct method *m = &p->methods[i];
        for (size_t k = 0; k < m->ref_count; k++)
            if (m->refs[k].width == width)
                put_distance(b, (size_t)m->offset + method_header(m) + m->refs[k].at, &last);
    }
    set_u2(b, count_at, (unsigned)(b->len - count_at - 2));
}

void methods_put_locations(const struct package *p, struct bytes *b)
{
    put_locations(p, b, 1);
    put_locations(p, b, 2);
}
