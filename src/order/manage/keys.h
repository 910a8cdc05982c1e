/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of delegated management and of DAP on their way into a card: the owner's token and receipt keys in
 * the issuer's domain, a provider's DAP key in its own. Station 5. Pure. [GPCS 9.1.3, 11.1.9, 11.8] */
#ifndef TSM_ORDER_MANAGE_KEYS_H
#define TSM_ORDER_MANAGE_KEYS_H

#include "order/plan_script.h"

/* Key versions that a card looks for; the identifier is 1. */
enum { KVN_TOKEN = 0x70, KVN_RECEIPT = 0x71, KVN_DAP = 0x73 };

/* PUT KEY of facts.token_key, receipt_key, dap_key. */
enum tsm_err build_token_key(const struct plan_facts *f, int arg, struct script *out);
enum tsm_err build_receipt_key(const struct plan_facts *f, int arg, struct script *out);
enum tsm_err build_dap_key(const struct plan_facts *f, int arg, struct script *out);

/* By the key information of the domain that executes. That a key of this version is there says nothing of
 * whose it is: a card that has one of somebody else's refuses PUT KEY. */
enum verdict judge_token_key(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_receipt_key(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
enum verdict judge_dap_key(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);

/* The card is prepared, or the domain's mode knows no tokens. */
bool prepared_or_no_tokens(const struct plan_facts *f, int arg);
bool no_dap(const struct plan_facts *f, int arg);

#endif
