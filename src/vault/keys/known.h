/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that everybody knows: test keys of standards, products and textbooks, and card keys that anybody can
 * derive from them. A production configuration takes none of them in. Station 1. Edge. [capability S19]
 */
#ifndef TSM_VAULT_KNOWN_H
#define TSM_VAULT_KNOWN_H

#include "gp/keys/diversify.h"
#include "vault/keys/keyset.h"

/* The rules by their names, as refusals tell them. */
#define RULE_KEY_KNOWN   "KEY-KNOWN"   /* a published key */
#define RULE_KEY_DERIVED "KEY-DERIVED" /* derived from a published master by the card's own data */
#define RULE_KVN_FF      "KVN-FF" /* the initial key set of a card, which its maker knows [GPCS 11.8.2] */

enum { KNOWN_KVN_INITIAL = 0xFF };

/*
 * KEY_REFUSED with the rule, the key's role and the published key's name as cause, when a key of the set is
 * known or the set has the initial version. `kdd`: the diversification data of the card
 * (GP_DIVERSIFICATION_LEN), or empty: then derived keys are not looked for. No key is told.
 */
enum tsm_err keyset_refuse_known(const struct keyset *k, struct crypto *c, struct bytes kdd);
/* A master by its check value alone, as a token tells it: the published key's name, NULL when it is none. */
const char *known_master(struct crypto *c, enum cipher_alg alg, const uint8_t kcv[GP_KCV_LEN]);

#endif
