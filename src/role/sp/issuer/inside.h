/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a change after issuance share in one turn. Role. Inside sp/issuer only. */
#ifndef TSM_ROLE_SP_ISSUER_INSIDE_H
#define TSM_ROLE_SP_ISSUER_INSIDE_H

#include "emv/perso/profile.h"
#include "role/sp/issuer/issuer.h"

/* Lives in the job's arena. */
struct issuer_turn {
    struct bytes what, data, body; /* the order's changes, its card data, the personalisation profile */
    struct emv_profile *profile;
    struct changes changes;
    struct change_script script;
    struct issuer_facts facts;
    uint8_t balance[CHANGE_BALANCE];
    size_t balance_len;
    uint8_t room[CHANGES_MAX * ISSUER_COMMAND_MAX];
};

#endif
