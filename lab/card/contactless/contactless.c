/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless registry: which applications answer a reader and in which order (station 10, the card's
 * side); pure; GPCS Amendment C (contactless services). */
#include "card/contactless/contactless.h"

#include <string.h>

#define TAG_DISPLAY_CONTROL 0x7F20
#define TAG_CREL_LIST       0xA4
#define TAG_DISCRETIONARY   0xA6
#define TAG_FAMILY          0x87
#define TAG_DISPLAY         0x88
#define TAG_AID             0x4F

static bool read_listeners(const struct tlv *list, struct contactless *e)
{
    struct tlv t = {0};

    while (t.end < list->len) {
        if (!tlv_read(list->value, list->len, t.end, &t) || t.tag != TAG_AID ||
            e->listener_count == CL_MAX_LISTENERS ||
            !aid_set(&e->listeners[e->listener_count], t.value, t.len))
            return false;
        e->listener_count++;
    }
    return true;
}

static bool read_user_object(const struct tlv *t, struct contactless *e)
{
    switch (t->tag) {
    case TAG_FAMILY:
        e->has_family = true;
        e->family = t->len > 0 ? t->value[t->len - 1] : 0;
        return t->len == 1 || t->len == 2;
    case TAG_DISPLAY:
        e->display = t->len > 0 ? t->value[0] : 0;
        return t->len == 1;
    case TAG_CREL_LIST:
        return read_listeners(t, e);
    case TAG_DISCRETIONARY:
        if (t->len > CL_MAX_DISCRETIONARY)
            return false;
        e->discretionary_len = (uint8_t)t->len;
        memcpy(e->discretionary, t->value, t->len);
        return true;
    default:
        return true; /* groups, policies and what a phone shows play no role in this laboratory */
    }
}

bool cl_parameters_read(const struct tlv *t, struct cl_parameters *p)
{
    struct tlv object = {0};

    p->given = true;
    if (t->tag == TAG_CL_PROTOCOL)
        return tlv_is_sequence(t->value, t->len); /* no radio here that would have parameters */
    while (object.end < t->len)
        if (!tlv_read(t->value, t->len, object.end, &object) || !read_user_object(&object, &p->entry))
            return false;
    return true;
}

/* Counters of the registry: clients see by them that they have to read again. */
static void note_change(struct app *a)
{
    a->contactless.updates++;
    a->card->contactless_updates++;
}

void cl_apply(struct app *a, const struct cl_parameters *p)
{
    struct contactless old = a->contactless;

    if (!p->given)
        return;
    a->contactless = p->entry;
    a->contactless.takes_part = true;
    a->contactless.state = old.takes_part ? old.state : CL_DEACTIVATED;
    a->contactless.rank = old.rank;
    a->contactless.updates = old.updates;
    if (!old.takes_part)
        cl_last(a);
    else
        note_change(a);
}

bool cl_answers(const struct app *a)
{
    if (app_is_locked(a) || a->upgrading || a->state == APP_INSTALLED)
        return false;
    return !a->contactless.takes_part || a->contactless.state == CL_ACTIVATED;
}

bool cl_set_state(struct app *a, enum cl_state state)
{
    if (a->sd != NULL || a->state == APP_INSTALLED || a->upgrading ||
        a->contactless.state == CL_NON_ACTIVATABLE || (state == CL_ACTIVATED && app_is_locked(a)))
        return false;
    if (!a->contactless.takes_part)
        cl_last(a);
    a->contactless.takes_part = true;
    if (a->contactless.state == state)
        return true;
    a->contactless.state = (uint8_t)state;
    note_change(a);
    return true;
}

/* The lowest and the highest rank that are in use. */
static void rank_limits(const struct card *c, int32_t *low, int32_t *high)
{
    *low = *high = 0;
    for (size_t i = 0; i < c->app_count; i++) {
        const struct contactless *e = &c->apps[i]->contactless;

        if (!e->takes_part)
            continue;
        *low = e->rank < *low ? e->rank : *low;
        *high = e->rank > *high ? e->rank : *high;
    }
}

void cl_first(struct app *a)
{
    int32_t low, high;

    rank_limits(a->card, &low, &high);
    a->contactless.rank = low - 1;
    note_change(a);
}

void cl_last(struct app *a)
{
    int32_t low, high;

    rank_limits(a->card, &low, &high);
    a->contactless.rank = high + 1;
    note_change(a);
}

void cl_end_volatile(struct card *c)
{
    for (size_t i = 0; i < c->app_count; i++)
        c->apps[i]->contactless.volatile_first = false;
}

void cl_volatile_first(struct app *a)
{
    cl_end_volatile(a->card);
    a->contactless.volatile_first = true;
    note_change(a);
}

static bool goes_before(const struct app *a, const struct app *b)
{
    if (a->contactless.volatile_first != b->contactless.volatile_first)
        return a->contactless.volatile_first;
    return a->contactless.rank < b->contactless.rank;
}

size_t cl_order(const struct card *c, struct app *order[CL_MAX_ORDER])
{
    size_t count = 0;

    for (size_t i = 0; i < c->app_count; i++) {
        struct app *a = c->apps[i];
        size_t at = count;

        if (!a->contactless.takes_part)
            continue;
        for (; at > 0 && goes_before(a, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = a;
        count++;
    }
    return count;
}
