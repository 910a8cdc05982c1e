/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of payment applications as a contactless reader sees it: entries in the order of the
 * contactless registry (stations 7 and 10, the card's side); pure; EMV Contactless Book B 3.3, GPCS Amendment
 * C. */
#include "card/contactless/directory.h"

#include "card/contactless/contactless.h"

#include <string.h>

#define TAG_DIRECTORY 0xBF0C
#define TAG_ENTRY     0x61
#define TAG_AID       0x4F
#define TAG_PRIORITY  0x87 /* application priority indicator: b4-b1, 1 is the highest [EMV Book 1 12.2.3] */
#define PRIORITY_MASK 0x0F
#define PRIORITY_LAST 15
#define MAX_ENTRIES   32

struct entry {
    const uint8_t *at;
    size_t len;
    const struct app *app; /* NULL: not on this card, or never took part */
    size_t place;          /* in the order of the registry */
};

struct entries {
    struct entry list[MAX_ENTRIES];
    size_t count;
};

/* The application an entry names; a directory may name it by the beginning of its AID. */
static const struct app *find_app(struct app *const *order, size_t count, const struct tlv *name,
                                  size_t *place)
{
    for (*place = 0; *place < count; ++*place)
        if (aid_starts_with(&order[*place]->aid, name->value, name->len))
            return order[*place];
    return NULL;
}

static bool listed(const struct entries *e, const struct app *a)
{
    for (size_t i = 0; i < e->count; i++)
        if (a != NULL && e->list[i].app == a)
            return true;
    return false;
}

/* Keeps the order of the registry; entries of others stay behind in their own order. */
static void insert(struct entries *e, const struct entry *new)
{
    size_t at = e->count;

    if (e->count == MAX_ENTRIES || listed(e, new->app))
        return;
    for (; at > 0 && e->list[at - 1].place > new->place; at--)
        e->list[at] = e->list[at - 1];
    e->list[at] = *new;
    e->count++;
}

static void collect(struct entries *e, struct app *const *order, size_t count, const uint8_t *at, size_t n)
{
    struct tlv t = {0}, name;

    while (t.end < n && tlv_read(at, n, t.end, &t)) {
        struct entry new = {.at = t.value, .len = t.len};

        if (t.tag != TAG_ENTRY || !tlv_find(t.value, t.len, TAG_AID, &name))
            continue;
        new.app = find_app(order, count, &name, &new.place);
        if (new.app == NULL || cl_answers(new.app))
            insert(e, &new);
    }
}

/* The entry as it is, but for the priority indicator: readers go by it rather than by the order. */
static void put_entry(const struct entry *e, size_t place, struct out *o)
{
    size_t mark = out_open(o, TAG_ENTRY);
    struct tlv t = {0};

    while (t.end < e->len && tlv_read(e->at, e->len, t.end, &t)) {
        if (t.tag == TAG_PRIORITY && t.len == 1) {
            uint8_t indicator = (uint8_t)((t.value[0] & (0xFFU - PRIORITY_MASK)) |
                                          (place < PRIORITY_LAST ? place : PRIORITY_LAST));

            out_tlv(o, TAG_PRIORITY, &indicator, 1);
        } else {
            out_tlv(o, t.tag, t.value, t.len);
        }
    }
    out_close(o, mark);
}

/* Everything in the personalised template but the directory itself. */
static void put_others(const uint8_t *personalised, size_t n, struct out *o)
{
    struct tlv t = {0};

    while (t.end < n && tlv_read(personalised, n, t.end, &t))
        if (t.tag != TAG_DIRECTORY)
            out_tlv(o, t.tag, t.value, t.len);
}

void directory_write(const struct card *c, const uint8_t *personalised, size_t n, struct out *o)
{
    struct app *order[CL_MAX_ORDER];
    size_t count = cl_order(c, order), mark;
    struct entries e = {.count = 0};
    struct tlv t;

    if (count == 0) {
        out_bytes(o, personalised, n);
        return;
    }
    if (tlv_find(personalised, n, TAG_DIRECTORY, &t))
        collect(&e, order, count, t.value, t.len);
    for (size_t i = 0; i < count; i++) {
        const struct contactless *own = &order[i]->contactless;

        if (tlv_find(own->discretionary, own->discretionary_len, TAG_DIRECTORY, &t))
            collect(&e, order, count, t.value, t.len);
    }
    put_others(personalised, n, o);
    mark = out_open(o, TAG_DIRECTORY);
    for (size_t i = 0; i < e.count; i++)
        put_entry(&e.list[i], i + 1, o);
    out_close(o, mark);
}
