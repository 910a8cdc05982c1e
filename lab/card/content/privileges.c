/* SPDX-License-Identifier: Apache-2.0 */
/* Which privileges this card grants, and who may change its content (stations 6 and 10, the card's side);
 * pure; GPCS 2.3.1 6.6.2, 9.3.5, 9.4.1, 11.1.2. Delegated management and DAP are not granted: no token or DAP
 * key is served. */
#include "card/content/install.h"
#include "card/model/registry.h"

/* Policy bits of C9/82: an ancestor with Authorized Management, any in the hierarchy, the issuer's domain. */
#define POLICY_ISSUER_ALLOWED 0xE0

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
    if ((value & ~(uint32_t)(is_sd ? PRIVILEGES_FOR_SD : PRIVILEGES_FOR_APP)) != 0)
        return SW_WRONG_DATA;
    *to = value;
    return SW_OK;
}

bool may_manage(const struct job *j)
{
    const struct app *self = j->sd->self;

    if (self == card_isd(j->card))
        return true;
    return app_has(self, PRIV_AUTHORIZED_MANAGEMENT) && self->state == APP_PERSONALIZED;
}

bool sd_accepts(const struct app *target)
{
    if (target == card_isd(target->card))
        return true;
    if (target->state != APP_PERSONALIZED)
        return false;
    return !target->sd->has_extradition_policy ||
           (target->sd->extradition_policy & POLICY_ISSUER_ALLOWED) != 0;
}
