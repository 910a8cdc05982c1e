/* SPDX-License-Identifier: Apache-2.0 */
/* The Access Rule Application Master's rules change: store, delete, update the refresh tag (station 7, the
 * card's side); pure; GP Secure Element Access Control v1.1 (GPD_SPE_013) 5.1. */
#include "card/access/aram.h"

#include <string.h>

#define TAG_STORE          0xF0
#define TAG_DELETE         0xF1
#define TAG_UPDATE_REFRESH 0xF2
#define SW_RULE_EXISTS     0x6381
#define SW_UNKNOWN_OBJECT  0x6382
#define SW_DO_UNSUPPORTED  0x6981

static void cut_out(struct aram *m, size_t from, size_t to)
{
    memmove(m->rules + from, m->rules + to, m->len - to);
    m->len -= to - from;
}

bool aram_same(const struct tlv *a, const struct tlv *b)
{
    return a->tag == b->tag && a->len == b->len && (a->len == 0 || memcmp(a->value, b->value, a->len) == 0);
}

/* How much of a rule a deletion names. */
enum match { MATCH_ALL, MATCH_AID, MATCH_REFERENCE, MATCH_RULE };

static bool matches(const struct access_rule *r, const struct access_rule *wanted, enum match how)
{
    switch (how) {
    case MATCH_ALL:
        return true;
    case MATCH_AID:
        return aram_same(&r->aid, &wanted->aid);
    case MATCH_REFERENCE:
        return aram_same(&r->ref, &wanted->ref);
    case MATCH_RULE:
    default:
        return aram_same(&r->ref, &wanted->ref) && aram_same(&r->access, &wanted->access);
    }
}

/* Takes out the rules that match; returns how many there were. */
static size_t remove_rules(struct aram *m, const struct access_rule *wanted, enum match how)
{
    size_t from = 0, removed = 0;
    struct access_rule r;
    struct tlv t;
    bool unknown = false;

    while (from < m->len && tlv_read(m->rules, m->len, from, &t) && access_rule_read(&t, &r, &unknown)) {
        if (matches(&r, wanted, how)) {
            cut_out(m, from, t.end);
            removed++;
        } else {
            from = t.end;
        }
    }
    return removed;
}

/* A rule for the same reference is replaced; the warning says so. */
static uint16_t store(struct aram *m, const struct tlv *command)
{
    struct access_rule r;
    bool unknown = false;
    struct tlv t;
    size_t whole;
    bool existed;

    if (!tlv_read(command->value, command->len, 0, &t) || t.tag != TAG_REF_AR_DO || t.end != command->len ||
        !access_rule_read(&t, &r, &unknown))
        return SW_WRONG_DATA;
    whole = t.end;
    if (whole > sizeof m->rules - m->len)
        return SW_NO_MEMORY;
    existed = remove_rules(m, &r, MATCH_REFERENCE) > 0;
    memcpy(m->rules + m->len, command->value, whole);
    m->len += whole;
    m->refresh++;
    return unknown ? SW_UNKNOWN_OBJECT : existed ? SW_RULE_EXISTS : SW_OK;
}

static uint16_t delete (struct aram *m, const struct tlv *command)
{
    struct access_rule wanted = {0};
    enum match how = MATCH_ALL;
    bool unknown = false, sound = true;
    struct tlv t;

    if (command->len > 0) {
        if (!tlv_read(command->value, command->len, 0, &t) || t.end != command->len)
            return SW_WRONG_DATA;
        how = t.tag == TAG_REF_DO ? MATCH_REFERENCE : t.tag == TAG_REF_AR_DO ? MATCH_RULE : MATCH_AID;
        if (how == MATCH_REFERENCE)
            sound = access_reference_read(&t, &wanted, &unknown);
        else if (how == MATCH_RULE)
            sound = access_rule_read(&t, &wanted, &unknown);
        else
            wanted.aid = t;
        if (!sound || (how == MATCH_AID && t.tag != TAG_AID_REF_DO && t.tag != TAG_AID_REF_IMPLICIT))
            return SW_WRONG_DATA;
    }
    if (remove_rules(m, &wanted, how) == 0 && how != MATCH_ALL)
        return SW_REFERENCE_NOT_FOUND;
    m->refresh++;
    return SW_OK;
}

static uint16_t run(struct aram *m)
{
    struct tlv t;

    if (!tlv_read(m->command, m->command_len, 0, &t) || t.end != m->command_len)
        return SW_WRONG_DATA;
    switch (t.tag) {
    case TAG_STORE:
        return store(m, &t);
    case TAG_DELETE:
        return delete (m, &t);
    case TAG_UPDATE_REFRESH:
        m->refresh++;
        return t.len == 0 ? SW_OK : SW_WRONG_DATA;
    default:
        return SW_DO_UNSUPPORTED;
    }
}

/* The command may come in several blocks; it runs with the last one. */
uint16_t aram_store(struct app *a, const struct store_data *s)
{
    struct aram *m = a->native_data;
    uint16_t sw;

    if ((s->p1 & STORE_STRUCTURE) == STORE_STRUCTURE_DGI)
        return SW_WRONG_P1P2;
    if (s->first)
        m->command_len = 0;
    if (s->len > sizeof m->command - m->command_len)
        return SW_NO_MEMORY;
    if (s->len > 0)
        memcpy(m->command + m->command_len, s->data, s->len);
    m->command_len += s->len;
    if ((s->p1 & STORE_LAST) == 0)
        return SW_OK;
    sw = run(m);
    m->command_len = 0;
    return sw;
}
