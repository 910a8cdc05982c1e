/* SPDX-License-Identifier: Apache-2.0 */
/* Which names an element has, and which of several elements a service goes to: the decision table. Station
 * 4. Pure. [TR-03165 4.2.5.1; GPCS Appendix H.6] */
#include <stdio.h>
#include <string.h>

#include "order/card/component.h"
#include "role/sp/tsmapi/find/element.h"

enum { CPLC_HEX = 84, CPLC_HEAD_HEX = 6, CUID_HEX = 20 };

/* The value of a CPLC, with or without tag and length; NULL where it is none. */
static const char *cplc_value(const char *object)
{
    size_t n = strlen(object);
    if (n == CPLC_HEX + CPLC_HEAD_HEX && !strncmp(object, "9F7F2A", CPLC_HEAD_HEX))
        return object + CPLC_HEAD_HEX;
    return n == CPLC_HEX ? object : NULL;
}

/* The card's unique identifier, as registries often have it: fabricator, type, batch and serial number of the
 * chip, in hex. */
static void cuid_of(const char *cplc, char out[CUID_HEX + 1])
{
    static const struct {
        size_t at, n;
    } parts[] = {{0, 8}, {32, 4}, {24, 8}};
    size_t to = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        memcpy(out + to, cplc + parts[i].at, parts[i].n);
        to += parts[i].n;
    }
    out[to] = 0;
}

static void add(struct ident out[IDENTS_MAX], size_t *n, int64_t kind, const char *ref)
{
    if (!ref || !*ref || *n == IDENTS_MAX || strlen(ref) > IDENT_MAX)
        return;
    out[*n].kind = kind;
    snprintf(out[*n].ref, sizeof out[*n].ref, "%s", ref);
    ++*n;
}

size_t component_idents(const struct component *c, struct ident out[IDENTS_MAX])
{
    const char *cplc = cplc_value(c->cplc);
    char cuid[CUID_HEX + 1] = "";
    size_t n = 0;
    if (cplc)
        cuid_of(cplc, cuid);
    add(out, &n, SE_BY_SEID, c->seid);
    add(out, &n, SE_BY_EID, c->eid);
    add(out, &n, SE_BY_CPLC, cplc);
    add(out, &n, SE_BY_SEID, cuid);
    add(out, &n, SE_BY_ICCID, c->iccid);
    return n;
}

/* What is built into the handset stays with it: first. A card that changes handsets comes last. */
static const enum component_type preferred[] = {COMPONENT_ESE, COMPONENT_EUICC, COMPONENT_REMOVABLE_EUICC,
                                                COMPONENT_UICC};

static size_t rank_of(int64_t type)
{
    size_t i = 0;
    while (i < sizeof preferred / sizeof preferred[0] && (int64_t)preferred[i] != type)
        i++;
    return i;
}

/* Of one kind, the owner's name of the element decides: it is the same whatever the handset calls it. */
static bool goes_before(const struct shown_element *a, const struct shown_element *b)
{
    size_t x = rank_of(a->type), y = rank_of(b->type);
    return x != y ? x < y : strcmp(a->element, b->element) < 0;
}

int element_choose(const struct shown_element *list, size_t n)
{
    int best = -1;
    for (size_t i = 0; i < n; i++)
        if (list[i].eligible && (best < 0 || goes_before(&list[i], &list[best])))
            best = (int)i;
    return best;
}
