/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that a work makes in its turn, since the token is slow: a new domain's first set derived from the
 * owner's master, DAP blocks of the owner as verification authority. Stations 5 and 6. Role. [GPCS 9.2.1,
 * B.6; capability S7] */
#ifndef TSM_ROLE_SEM_MODES_KEYS_H
#define TSM_ROLE_SEM_MODES_KEYS_H

#include "gp/delegated/dap.h"
#include "order/plan.h"
#include "role/sem/internal.h"

#define VAULT_KEY_DOMAIN_MASTER "domain-master" /* AES-128: first keys of domains, diversified */
#define VAULT_KEY_DAP_AUTHORITY "dap-authority" /* signs load files for domains with Mandated DAP */

enum { DAP_BLOCK_ROOM = 128, DAP_BLOCKS_ROOM = 512, DAP_FIELD_MAX = 160 };

/* Made in this turn, to be stored with its commit before anything leaves. */
struct made_keys {
    bool first, block;
    uint8_t authority[16], own[DAP_BLOCK_ROOM], all[DAP_BLOCKS_ROOM], field[DAP_FIELD_MAX];
    size_t authority_len, own_len; /* authority_len 0: no domain of the element mandates DAP */
};

struct turn;
/* What the database has; then, outside of it, what is missing; then, in the commit. BUSY where another turn
 * was faster: this one is repeated. */
enum tsm_err made_keys_load(struct turn *t, struct tx *tx);
enum tsm_err made_keys_make(struct turn *t);
enum tsm_err made_keys_keep(struct turn *t, struct tx *tx);
/* The body of AUTHORITY_KEY. */
enum tsm_err authority_prepare(struct turn *t, const struct plan_step *step);

#endif
