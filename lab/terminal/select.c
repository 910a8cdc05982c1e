/* SPDX-License-Identifier: Apache-2.0 */
/* Application selection of the terminal: PPSE, candidates by priority, SELECT. Pure but for the reader.
 * [EMV Contactless Book B 3.3] */
#include "terminal/steps.h"

#include "terminal/data/tags.h"

#include <string.h>

enum { MIN_AID = 5, PRIORITY_MASK = 0x0F, NO_PRIORITY = 16 };

static const uint8_t select_by_name[4] = {0x00, 0xA4, 0x04, 0x00};
static const char ppse_name[] = "2PAY.SYS.DDF01";

static bool read_candidate(struct term_bytes entry, struct candidate *out)
{
    struct term_bytes aid, label, priority;
    struct candidate c = {.priority = NO_PRIORITY};
    if (!term_tlv_find(entry, TAG_AID, &aid) || aid.len < MIN_AID || aid.len > TERM_MAX_AID)
        return false;
    memcpy(c.aid, aid.at, aid.len);
    c.aid_len = aid.len;
    if (term_tlv_find(entry, TAG_LABEL, &label) && label.len <= TERM_MAX_LABEL)
        for (size_t i = 0; i < label.len; i++)
            c.label[i] = label.at[i] >= ' ' && label.at[i] <= '~' ? (char)label.at[i] : '?';
    if (term_tlv_find(entry, TAG_PRIORITY, &priority) && priority.len == 1 &&
        (priority.at[0] & PRIORITY_MASK) != 0)
        c.priority = priority.at[0] & PRIORITY_MASK;
    *out = c;
    return true;
}

/* Keeps the list sorted; of equal priorities the card's order holds. */
static void insert_candidate(struct kernel *k, const struct candidate *c)
{
    size_t at = k->candidate_count++;
    while (at > 0 && k->candidates[at - 1].priority > c->priority) {
        k->candidates[at] = k->candidates[at - 1];
        at--;
    }
    k->candidates[at] = *c;
}

static bool select_ppse(struct kernel *k)
{
    struct term_bytes fci, a5, bf0c;
    struct term_tlv entry;
    struct candidate c;
    if (!term_send(k, select_by_name, ppse_name, strlen(ppse_name)))
        return false;
    if (k->sw != TERM_SW_OK)
        return term_refuse_sw(k, k->sw == TERM_SW_NOT_FOUND ? "no payment application: the card has no PPSE"
                                                            : "the PPSE cannot be selected");
    if (!term_tlv_valid(k->data) || !term_tlv_find(k->data, TAG_FCI, &fci) ||
        !term_tlv_find(fci, TAG_FCI_PROPRIETARY, &a5))
        return term_refuse(k, "the answer of the PPSE is malformed");
    if (!term_tlv_find(a5, TAG_FCI_ISSUER_DATA, &bf0c))
        return term_refuse(k, "no payment application: the PPSE has no entry");
    while (k->candidate_count < TERM_MAX_CANDIDATES && term_tlv_next(&bf0c, &entry) == TERM_GOT)
        if (entry.tag == TAG_DIRECTORY_ENTRY &&
            read_candidate((struct term_bytes){entry.value, entry.len}, &c))
            insert_candidate(k, &c);
    return k->candidate_count > 0 || term_refuse(k, "no payment application: the PPSE has no entry");
}

/* Tries the candidates in order of priority until one is selectable. */
static bool select_application(struct kernel *k)
{
    for (size_t i = 0; i < k->candidate_count; i++) {
        const struct candidate *c = &k->candidates[i];
        if (!term_send(k, select_by_name, c->aid, c->aid_len))
            return false;
        if (k->sw != TERM_SW_OK)
            continue;
        memcpy(k->out->aid, c->aid, c->aid_len);
        k->out->aid_len = c->aid_len;
        memcpy(k->out->label, c->label, sizeof c->label);
        return true;
    }
    return term_refuse_sw(k, "the application is locked or absent");
}

bool term_select(struct kernel *k)
{
    return select_ppse(k) && select_application(k);
}
