/* SPDX-License-Identifier: Apache-2.0 */
/* The Contactless Registry Service application: GET STATUS and SET STATUS over the contactless registry
 * (stations 7 and 10, the card's side); pure; GPCS Amendment C 3.11. */
#include "card/applet/applet.h"

#include "card/command/command.h"
#include "card/contactless/contactless.h"
#include "common/tlv.h"

#include <string.h>

#define P1_APPLICATIONS 0x40
#define P2_NEXT         0x01
#define P1_AVAILABILITY 0x01
#define P1_PRIORITY     0x02
#define GET_DATA_INFO   0x00A5

#define TAG_ENTRY         0x61
#define TAG_AID           0x4F
#define TAG_STATE         0x9F70
#define TAG_UPDATES       0x80
#define TAG_PRIORITY      0x81 /* coding not shown by any public program: here the place in the order from 0 */
#define TAG_CREL_LIST     0xA4
#define TAG_DISCRETIONARY 0xA6
#define TAG_FAMILY        0x87
#define TAG_DISPLAY       0x88
#define TAG_LIST          0x5C
#define TAG_FAILED        0xA1
#define TAG_FCI           0x6F
#define TAG_NAME          0x84
#define TAG_PROPRIETARY   0xA5
#define TAG_VERSION       0x9F08
#define SW_PARTLY_DONE    0x6320
#define LISTING_PART      256

static const uint8_t version[] = {0x01, 0x00};

/* What it shows is the registry's; it has nothing of its own. */
static bool crs_create(struct app *a)
{
    (void)a;
    return true;
}

static void crs_destroy(struct app *a)
{
    (void)a;
}

static void put_information(const struct app *a, struct out *o)
{
    size_t mark = out_open(o, TAG_PROPRIETARY);

    out_tlv(o, TAG_VERSION, version, sizeof version);
    out_tag(o, TAG_UPDATES);
    out_number(o, 2, 1);
    out_number(o, a->card->contactless_updates, 2);
    out_close(o, mark);
}

static uint16_t crs_select(struct app *a, struct job *j)
{
    size_t mark = out_open(j->reply, TAG_FCI);

    listing_end(a->card, a);
    out_tlv(j->reply, TAG_NAME, a->aid.value, a->aid.len);
    put_information(a, j->reply);
    out_close(j->reply, mark);
    return SW_OK;
}

/* ---- GET STATUS ---- */

static bool wanted(const struct tlv *list, bool has_list, uint32_t tag)
{
    for (size_t i = 0; has_list && i < list->len; i++) {
        uint32_t t = list->value[i];

        if ((t & 0x1F) == 0x1F && i + 1 < list->len)
            t = t << 8 | list->value[++i];
        if (t == tag)
            return true;
    }
    return !has_list || tag == TAG_AID || tag == TAG_STATE;
}

static void put_small(struct out *o, uint32_t tag, uint32_t value, size_t width)
{
    out_tag(o, tag);
    out_number(o, width, 1);
    out_number(o, value, width);
}

static void put_listeners(const struct contactless *e, struct out *o)
{
    size_t mark = out_open(o, TAG_CREL_LIST);

    for (size_t i = 0; i < e->listener_count; i++)
        out_tlv(o, TAG_AID, e->listeners[i].value, e->listeners[i].len);
    out_close(o, mark);
}

static void put_entry(const struct app *a, size_t place, const struct tlv *list, bool has_list, struct out *o)
{
    const struct contactless *e = &a->contactless;
    size_t mark = out_open(o, TAG_ENTRY);

    out_tlv(o, TAG_AID, a->aid.value, a->aid.len);
    put_small(o, TAG_STATE, (uint32_t)a->state << 8 | e->state, 2);
    if (wanted(list, has_list, TAG_UPDATES))
        put_small(o, TAG_UPDATES, e->updates, 2);
    if (wanted(list, has_list, TAG_PRIORITY))
        put_small(o, TAG_PRIORITY, (uint32_t)place, 1);
    if (wanted(list, has_list, TAG_CREL_LIST) && e->listener_count > 0)
        put_listeners(e, o);
    if (wanted(list, has_list, TAG_DISCRETIONARY) && e->discretionary_len > 0)
        out_tlv(o, TAG_DISCRETIONARY, e->discretionary, e->discretionary_len);
    if (wanted(list, has_list, TAG_FAMILY) && e->has_family)
        put_small(o, TAG_FAMILY, e->family, 1);
    if (wanted(list, has_list, TAG_DISPLAY))
        put_small(o, TAG_DISPLAY, e->display, 1);
    out_close(o, mark);
}

/* The whole listing into the card's buffer. */
static uint16_t build(struct app *crs, const struct capdu *cmd)
{
    struct card *c = crs->card;
    struct app *order[CL_MAX_ORDER];
    size_t count = cl_order(c, order);
    struct tlv name, list = {0};
    struct out o;
    bool has_list;

    if (!tlv_is_sequence(cmd->data, cmd->lc) || !tlv_find(cmd->data, cmd->lc, TAG_AID, &name) ||
        name.len > AID_MAX)
        return SW_WRONG_DATA;
    has_list = tlv_find(cmd->data, cmd->lc, TAG_LIST, &list);
    out_init(&o, c->listing, sizeof c->listing);
    for (size_t i = 0; i < count; i++)
        if (aid_starts_with(&order[i]->aid, name.value, name.len))
            put_entry(order[i], i, &list, has_list, &o);
    c->listing_len = o.len;
    c->listing_at = 0;
    return o.full ? SW_NO_MEMORY : o.len == 0 ? SW_REFERENCE_NOT_FOUND : SW_OK;
}

static uint16_t get_status(struct app *a, struct job *j)
{
    struct card *c = a->card;
    size_t part;
    uint16_t sw = SW_OK;

    if (j->cmd.p1 != P1_APPLICATIONS || (j->cmd.p2 & ~P2_NEXT) != 0)
        return SW_WRONG_P1P2;
    if ((j->cmd.p2 & P2_NEXT) == 0) {
        c->listing_of = NULL; /* there is one listing on the card */
        sw = build(a, &j->cmd);
    } else if (c->listing_of != a) {
        sw = SW_CONDITIONS_NOT_SATISFIED;
    }
    if (sw != SW_OK)
        return sw;
    part = c->listing_len - c->listing_at < LISTING_PART ? c->listing_len - c->listing_at : LISTING_PART;
    out_bytes(j->reply, c->listing + c->listing_at, part);
    c->listing_at += part;
    c->listing_of = c->listing_at < c->listing_len ? a : NULL;
    return c->listing_of != NULL ? SW_MORE_DATA : SW_OK;
}

/* ---- SET STATUS ---- */

static bool set_availability(struct app *a, uint8_t p2)
{
    return cl_set_state(a, (enum cl_state)p2);
}

enum priority { ASSIGN_HIGHEST = 0x01, ASSIGN_LOWEST = 0x81, ASSIGN_VOLATILE = 0x02, RESET_VOLATILE = 0x82 };

static bool set_priority(struct app *a, uint8_t p2)
{
    if (!a->contactless.takes_part)
        return false;
    switch ((enum priority)p2) {
    case ASSIGN_HIGHEST:
        cl_first(a);
        return true;
    case ASSIGN_LOWEST:
        cl_last(a);
        return true;
    case ASSIGN_VOLATILE:
        if (!cl_answers(a))
            return false;
        cl_volatile_first(a);
        return true;
    case RESET_VOLATILE:
    default:
        cl_end_volatile(a->card);
        return true;
    }
}

static bool parameters_known(const struct capdu *cmd)
{
    if (cmd->p1 == P1_AVAILABILITY)
        return cmd->p2 == CL_ACTIVATED || cmd->p2 == CL_DEACTIVATED;
    return cmd->p1 == P1_PRIORITY && (cmd->p2 == ASSIGN_HIGHEST || cmd->p2 == ASSIGN_LOWEST ||
                                      cmd->p2 == ASSIGN_VOLATILE || cmd->p2 == RESET_VOLATILE);
}

/* Each application for itself: those that could not be set are listed in A1 with the warning 6320. */
static uint16_t set_status(struct app *crs, struct job *j)
{
    uint16_t sw = SW_OK;
    struct tlv t = {0};
    size_t mark;

    if (!parameters_known(&j->cmd))
        return SW_WRONG_P1P2;
    if (j->cmd.lc == 0 || !tlv_is_sequence(j->cmd.data, j->cmd.lc))
        return SW_WRONG_DATA;
    mark = out_open(j->reply, TAG_FAILED);
    while (t.end < j->cmd.lc && tlv_read(j->cmd.data, j->cmd.lc, t.end, &t)) {
        struct aid aid;
        struct app *a =
            t.tag == TAG_AID && aid_set(&aid, t.value, t.len) ? registry_app(crs->card, &aid) : NULL;

        if (a != NULL && a != crs &&
            (j->cmd.p1 == P1_AVAILABILITY ? set_availability : set_priority)(a, j->cmd.p2))
            continue;
        out_tlv(j->reply, TAG_AID, t.value, t.len);
        sw = SW_PARTLY_DONE;
    }
    out_close(j->reply, mark);
    if (sw == SW_OK)
        j->reply->len = 0;
    return sw;
}

static uint16_t crs_process(struct app *a, struct job *j)
{
    if ((j->cmd.cla & CLA_GP) == 0 || (j->cmd.cla & CLA_SECURE) != 0)
        return SW_CLA_NOT_SUPPORTED;
    switch (j->cmd.ins) {
    case INS_GET_STATUS:
        return get_status(a, j);
    case INS_SET_STATUS:
        return set_status(a, j);
    case INS_GET_DATA:
        if ((j->cmd.p1 << 8 | j->cmd.p2) != GET_DATA_INFO)
            return SW_WRONG_P1P2;
        put_information(a, j->reply);
        return SW_OK;
    default:
        return SW_INS_NOT_SUPPORTED;
    }
}

const struct native_ops crs_ops = {
    .name = "crs",
    .create = crs_create,
    .destroy = crs_destroy,
    .select = crs_select,
    .process = crs_process,
};
