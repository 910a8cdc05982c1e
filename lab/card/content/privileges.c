/* SPDX-License-Identifier: Apache-2.0 */
/* Which privileges this card grants and to whom, and which content a domain takes, keeps or lets go (stations
 * 6 and 10, the card's side); pure; GPCS 2.3.1 6.6.2, 9.1.3, 9.3.5, 9.4.1, 11.1.2. */
#include "card/content/install.h"
#include "card/delegated/authority.h"
#include "card/model/registry.h"

/* Policy bits of C9/82, 83 and 87 as public clients use them (GlobalPlatform's configurations, not checked
 * against a text). */
#define POLICY_ANCESTOR  0x80 /* a domain above with Authorized Management */
#define POLICY_HIERARCHY 0x40 /* any domain of the hierarchy with Authorized Management */
#define POLICY_ISSUER    0x20
#define POLICY_DELEGATED 0x08 /* a domain with Delegated Management */

/* Pairs of which the second makes no sense beside, or without, the first (Table 6-1, 6.6.2). */
static bool consistent(uint32_t value)
{
    uint32_t not_delegated = PRIV_AUTHORIZED_MANAGEMENT | PRIV_TOKEN_VERIFICATION | PRIV_RECEIPT;

    if ((value & PRIV_DELEGATED_MANAGEMENT) != 0 && (value & not_delegated) != 0)
        return false;
    return (value & PRIV_MANDATED_DAP) == 0 || (value & PRIV_DAP) != 0;
}

uint16_t privileges_read(const struct field *f, bool is_sd, uint32_t *to)
{
    uint32_t value;

    if (f->len != 1 && f->len != PRIVILEGES_LEN)
        return SW_WRONG_DATA;
    value = (uint32_t)lab_number(f->at, f->len);
    if (f->len == 1) {
        value <<= 16;
        if (is_sd)
            value |= PRIV_TRUSTED_PATH; /* Table 6-2 */
    }
    if (((value & PRIV_SECURITY_DOMAIN) != 0) != is_sd)
        return SW_WRONG_DATA;
    if ((value & ~(uint32_t)(is_sd ? PRIVILEGES_FOR_SD : PRIVILEGES_FOR_APP)) != 0 || !consistent(value))
        return SW_WRONG_DATA;
    *to = value;
    return SW_OK;
}

/* 9.1.3.1, 9.1.3.6: one verifier of tokens and one maker of receipts in a sub-hierarchy. */
static bool alone_in_hierarchy(const struct card *c, const struct app *owner, uint32_t gained, uint32_t which)
{
    return (gained & which) == 0 || (gained & PRIV_AUTHORIZED_MANAGEMENT) != 0 ||
           authority_holder(c, owner, which) == NULL;
}

uint16_t privileges_free(const struct card *c, const struct app *owner, uint32_t gained)
{
    uint32_t of_one = gained & PRIVILEGES_OF_ONE;

    return app_has(card_isd(c), of_one) && alone_in_hierarchy(c, owner, gained, PRIV_TOKEN_VERIFICATION) &&
                   alone_in_hierarchy(c, owner, gained, PRIV_RECEIPT)
               ? SW_OK
               : SW_CONDITIONS_NOT_SATISFIED;
}

void privileges_move(struct app *a, uint32_t value)
{
    uint32_t gained = value & ~a->privileges & PRIVILEGES_OF_ONE;
    uint32_t lost = a->privileges & ~value & PRIVILEGES_OF_ONE;
    struct app *isd = card_isd(a->card);

    isd->privileges = (isd->privileges & ~gained) | lost;
    a->privileges = value;
}

static bool obeys(const struct policy *p, const struct app *domain, const struct app *asking)
{
    bool authorized = app_has(asking, PRIV_AUTHORIZED_MANAGEMENT);

    if (!p->given)
        return true;
    return ((p->who & POLICY_ANCESTOR) != 0 && authorized && app_is_under(domain, asking)) ||
           ((p->who & POLICY_HIERARCHY) != 0 && authorized) ||
           ((p->who & POLICY_ISSUER) != 0 && asking == card_isd(asking->card)) ||
           ((p->who & POLICY_DELEGATED) != 0 && app_has(asking, PRIV_DELEGATED_MANAGEMENT));
}

bool sd_accepts(const struct app *target, const struct app *asking)
{
    if (target == asking)
        return true;
    if (!app_same_tree(target, asking))
        return false;
    if (target == card_isd(target->card))
        return true;
    return target->state == APP_PERSONALIZED && obeys(&target->sd->accept_content, target, asking);
}

bool sd_lets_go(const struct app *owner, const struct app *asking)
{
    return owner == asking ||
           (app_is_under(owner, asking) && obeys(&owner->sd->accept_leaving, owner, asking));
}

bool sd_lets_delete(const struct app *owner, const struct app *asking)
{
    return app_has(asking, PRIV_GLOBAL_DELETE) || owner == asking ||
           (app_is_under(owner, asking) && obeys(&owner->sd->accept_deletion, owner, asking));
}
