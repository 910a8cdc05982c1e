/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said with a token service provider. Station 6. Pure but for allocation. [capability Y4]
 *
 *   POST URL/tokens  {"instance", "service", "device": {kind: name}, "card": JWE to the provider's key,
 *                     "reply_to": the intake key}
 *     -> 200 {"status": "active" | "verify" | "declined", "reference", "card": JWE to reply_to, "reason"?}
 *   POST URL/tokens/REFERENCE/state  {"state": "active" | "suspended" | "deleted"}  -> 2xx
 *
 * Both carry an Idempotency-Key; the same card on the same device is the same token. The card record in the
 * answer has the token and its expiry in place of the card's.
 */
#ifndef TSM_ROLE_SP_TOKEN_MESSAGE_H
#define TSM_ROLE_SP_TOKEN_MESSAGE_H

#include "role/sp/internal.h"
#include "role/sp/token/provider.h"

enum token_status { TOKEN_ACTIVE, TOKEN_VERIFY, TOKEN_DECLINED };
enum { TOKEN_REASON_MAX = 120 };

struct token_answer {
    int status; /* enum token_status */
    char reference[TOKEN_REF_MAX + 1], card[ORDER_DATA_MAX + 1], reason[TOKEN_REASON_MAX + 1];
};
/* PEER_REFUSED with a cause for what is no such answer: a member is missing, the reference has other
 * characters than letters, digits, - and _, or the card is no JWE. */
enum tsm_err token_answer_read(struct bytes body, struct token_answer *out);

struct token_request {
    const struct order *order;
    const struct instance *instance;
    const char *card; /* JWE */
    const json_t *reply_to;
};
/* Text, owned by the caller (free); NULL without memory. */
char *token_request_text(const struct token_request *r);
char *token_state_text(const char *state);

#endif
