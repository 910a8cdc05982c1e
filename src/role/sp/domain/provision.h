/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provider's own keys of its domain as the flavor's featureConfig asks, from the provider's masters.
 * Stations 4 to 6. Role. [TR-03165 3.4, 4.1.4.6; GPCS Amendment D 4.1.5]
 *
 *   1 BASIC_DIVERSIFIED_CREATE  from the master keyIndex over random diversification data, which go into the
 *                               attestation token: who has the master opens the domain
 *   2 BASIC_CREATE              from the key keyIndex without such data (ten zero octets stand for them): the
 *                               same on every element
 *   0, 3 BASIC_RANDOM_CREATE    random: nobody has them but this vault
 *
 * A master never leaves its token, so that mode 2 derives, too.
 */
#ifndef TSM_ROLE_SP_DOMAIN_PROVISION_H
#define TSM_ROLE_SP_DOMAIN_PROVISION_H

#include "gp/attestation/attestation.h"
#include "role/sp/process.h"
#include "vault/keys/handover.h"

/* Before anything changes on the element: is the key of the flavor there, and can the element take what is
 * made of it? A failure of the order else, with what is missing. */
enum tsm_err provision_judge(struct turn *t);
/* Makes the key set; KEY_MISSING, KEY_REFUSED, TOKEN_FAILED. */
enum tsm_err provision_keys(struct turn *t, const struct keyset_form *form, struct keyset_target to);
/* Its row, with the domain's. */
enum tsm_err provision_keep(struct turn *t, struct tx *tx, int64_t domain);
enum tsm_err provision_forget(struct tx *tx, int64_t domain);
/* Master key index and diversification data of the order's domain; CONFLICT where its keys were not
 * diversified. The span lives in the job's arena. */
enum tsm_err provision_attest(struct turn *t, struct attestation *says);

#endif
