/* SPDX-License-Identifier: Apache-2.0 */
/* GET STATUS: the registry as far as a domain may see it, in TLV or in the old LV form, as many entries in an
 * answer as it holds (station 10, the card's side); pure; GPCS 2.3.1 9.6.5, 11.4. */
#include "card/command/command.h"
#include "card/channel/secure.h"
#include "card/model/registry.h"
#include "common/tlv.h"

#include <string.h>

#define P1_ISSUER        0x80
#define P1_APPLICATIONS  0x40
#define P1_FILES         0x20
#define P1_FILES_MODULES 0x10
#define P1_RFU           0x0F
#define P2_NEXT          0x01
#define P2_TLV           0x02

#define TAG_ENTRY      0xE3
#define TAG_AID        0x4F
#define TAG_STATE      0x9F70
#define TAG_PRIVILEGES 0xC5
#define TAG_IMPLICIT   0xCF
#define TAG_FILE       0xC4
#define TAG_VERSION    0xCE
#define TAG_MODULE     0x84
#define TAG_DOMAIN     0xCC
#define TAG_LIST       0x5C

/* What to list and how. */
struct query {
    const struct job *j;
    uint8_t p1;
    bool tlv;
    const uint8_t *prefix;
    size_t prefix_len;
    const uint8_t *tags; /* contents of 5C */
    size_t tags_len;
    bool has_tags;
};

/* 5C is a concatenation of tags of one or two bytes. */
static bool wanted(const struct query *q, uint32_t tag, bool by_default)
{
    if (!q->has_tags)
        return by_default;
    for (size_t i = 0; i < q->tags_len; i++) {
        uint32_t t = q->tags[i];

        if ((t & 0x1F) == 0x1F && i + 1 < q->tags_len)
            t = t << 8 | q->tags[++i];
        if (t == tag)
            return true;
    }
    return false;
}

static void put(const struct query *q, struct out *o, uint32_t tag, const struct aid *value)
{
    if (wanted(q, tag, tag == TAG_AID || tag == TAG_MODULE || tag == TAG_DOMAIN || tag == TAG_FILE))
        out_tlv(o, tag, value->value, value->len);
}

static void put_number(const struct query *q, struct out *o, uint32_t tag, uint32_t value)
{
    size_t width = tag == TAG_PRIVILEGES ? PRIVILEGES_LEN : tag == TAG_VERSION ? 2 : 1;

    if (!wanted(q, tag, tag != TAG_VERSION))
        return;
    out_tag(o, tag);
    out_number(o, width, 1);
    out_number(o, value, width);
}

/* Table 11-36, or AID length, AID, state, first privilege byte. */
static void list_app(const struct query *q, struct out *o, const struct app *a)
{
    size_t entry;

    if (!q->tlv) {
        out_number(o, a->aid.len, 1);
        out_bytes(o, a->aid.value, a->aid.len);
        out_number(o, a->state, 1);
        out_number(o, a->privileges >> 16, 1);
        return;
    }
    entry = out_open(o, TAG_ENTRY);
    put(q, o, TAG_AID, &a->aid);
    put_number(q, o, TAG_STATE, a->state);
    put_number(q, o, TAG_PRIVILEGES, a->privileges);
    for (size_t i = 0; i < a->implicit_count; i++)
        put_number(q, o, TAG_IMPLICIT, a->implicit[i]);
    if (a->elf != NULL)
        put(q, o, TAG_FILE, &a->elf->aid);
    /* A domain extradited to itself is its own (7.2). */
    if (a != card_isd(a->card))
        put(q, o, TAG_DOMAIN, a->owner != NULL ? &a->owner->aid : &a->aid);
    out_close(o, entry);
}

/* Table 11-37; the old form has a privilege byte of zero and, with modules, their number and their AIDs. */
static void list_elf(const struct query *q, struct out *o, const struct elf *e)
{
    bool modules = q->p1 == P1_FILES_MODULES;
    size_t entry;

    if (!q->tlv) {
        out_number(o, e->aid.len, 1);
        out_bytes(o, e->aid.value, e->aid.len);
        out_number(o, ELF_LOADED << 8, 2);
        if (modules)
            out_number(o, e->module_count, 1);
        for (size_t i = 0; modules && i < e->module_count; i++) {
            out_number(o, e->modules[i].len, 1);
            out_bytes(o, e->modules[i].value, e->modules[i].len);
        }
        return;
    }
    entry = out_open(o, TAG_ENTRY);
    put(q, o, TAG_AID, &e->aid);
    put_number(q, o, TAG_STATE, ELF_LOADED);
    put_number(q, o, TAG_VERSION, (uint32_t)lab_number(e->version, 2));
    for (size_t i = 0; modules && i < e->module_count; i++)
        put(q, o, TAG_MODULE, &e->modules[i]);
    put(q, o, TAG_DOMAIN, &e->owner->aid);
    out_close(o, entry);
}

static bool visible(const struct query *q, const struct aid *aid, const struct app *owner)
{
    const struct app *asking = q->j->sd->self;

    if (!aid_starts_with(aid, q->prefix, q->prefix_len))
        return false;
    return app_has(asking, PRIV_GLOBAL_REGISTRY) || app_is_under(owner, asking);
}

static bool build(const struct query *q, struct card *c)
{
    struct out o;

    out_init(&o, c->listing, sizeof c->listing);
    if (q->p1 == P1_ISSUER)
        list_app(q, &o, card_isd(c));
    for (size_t i = 1; q->p1 == P1_APPLICATIONS && i < c->app_count; i++)
        if (!c->apps[i]->upgrading && visible(q, &c->apps[i]->aid, c->apps[i]))
            list_app(q, &o, c->apps[i]);
    for (size_t i = 0; (q->p1 == P1_FILES || q->p1 == P1_FILES_MODULES) && i < c->elf_count; i++)
        if (!c->elfs[i]->upgrading && visible(q, &c->elfs[i]->aid, c->elfs[i]->owner))
            list_elf(q, &o, c->elfs[i]);
    c->listing_len = o.len;
    c->listing_at = 0;
    return !o.full;
}

static bool read_criteria(const struct capdu *cmd, struct query *q)
{
    struct tlv t;

    if (q->p1 == P1_ISSUER && cmd->lc == 0)
        return true;
    if (!tlv_is_sequence(cmd->data, cmd->lc) || !tlv_read(cmd->data, cmd->lc, 0, &t) || t.tag != TAG_AID ||
        t.len > AID_MAX)
        return false;
    q->prefix = t.value;
    q->prefix_len = t.len;
    /* A list that names nothing is none. */
    q->has_tags = tlv_find(cmd->data, cmd->lc, TAG_LIST, &t) && t.len > 0;
    q->tags = t.value;
    q->tags_len = q->has_tags ? t.len : 0;
    return true;
}

static uint16_t first(struct job *j, uint8_t p1)
{
    struct query q = {.j = j, .p1 = p1, .tlv = (j->cmd.p2 & P2_TLV) != 0};

    if (q.tlv && j->card->quirks.legacy_status)
        return SW_WRONG_P1P2;
    /* Only the issuer's domain or one with Global Registry may ask for the card itself. */
    if (q.p1 == P1_ISSUER && j->sd->self != card_isd(j->card) && !app_has(j->sd->self, PRIV_GLOBAL_REGISTRY))
        return SW_WRONG_P1P2;
    if (!read_criteria(&j->cmd, &q))
        return SW_WRONG_DATA;
    if (j->card->quirks.no_version && (p1 == P1_FILES || p1 == P1_FILES_MODULES) &&
        wanted(&q, TAG_VERSION, false))
        return SW_REFERENCE_NOT_FOUND; /* "an error status may be returned" [11.4.2.3] */
    if (!build(&q, j->card))
        return SW_UNKNOWN;
    return j->card->listing_len == 0 ? SW_REFERENCE_NOT_FOUND : SW_OK;
}

/* Length of the entry that stands at the left, in the form it was written in; 0 behind the last one. */
static size_t entry_len(const uint8_t *at, size_t n, bool tlv, bool modules)
{
    struct tlv t;
    size_t len, count;

    if (n == 0)
        return 0;
    if (tlv)
        return tlv_read(at, n, 0, &t) ? t.end : n;
    len = 1U + at[0] + 2U;
    if (!modules || len >= n)
        return len;
    for (count = at[len++]; count > 0 && len < n; count--)
        len += 1U + at[len];
    return len;
}

/* "Next occurrence(s)" [11.4.2.2]: an answer ends behind an entry. One that is longer than an answer is cut,
 * and with the quirk each that does not fit is, which several products do. */
static size_t next_part(const struct job *j, uint8_t p1, size_t room)
{
    const struct card *c = j->card;
    const uint8_t *at = c->listing + c->listing_at;
    size_t left = c->listing_len - c->listing_at, part = 0, len;

    if (left <= room)
        return left;
    if (c->quirks.split_status)
        return room;
    while ((len = entry_len(at + part, left - part, (j->cmd.p2 & P2_TLV) != 0, p1 == P1_FILES_MODULES)) > 0 &&
           len <= room - part)
        part += len;
    return part == 0 ? room : part;
}

uint16_t sd_get_status(struct job *j)
{
    struct card *c = j->card;
    uint8_t p1 = j->cmd.p1 & (uint8_t)~P1_RFU, form = p1 | (j->cmd.p2 & P2_TLV);
    size_t part;
    uint16_t sw = SW_OK;

    if (p1 != P1_ISSUER && p1 != P1_APPLICATIONS && p1 != P1_FILES && p1 != P1_FILES_MODULES)
        return SW_WRONG_P1P2;
    if ((j->cmd.p2 & P2_NEXT) == 0) {
        c->listing_of = NULL;
        sw = first(j, p1);
    } else if (p1 == P1_ISSUER) {
        sw = SW_WRONG_P1P2;
    } else if (c->listing_of != j->ch || c->listing_form != form) {
        sw = SW_CONDITIONS_NOT_SATISFIED; /* the next of what nobody has asked for [11.4.2.2] */
    }
    if (sw != SW_OK)
        return sw;
    part = next_part(j, p1, secure_room(&j->ch->session));
    out_bytes(j->reply, c->listing + c->listing_at, part);
    c->listing_at += part;
    c->listing_form = form;
    c->listing_of = c->listing_at < c->listing_len ? j->ch : NULL;
    return c->listing_of != NULL ? SW_MORE_DATA : SW_OK;
}
