/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An order that waits for its customer before it activates: a code is given out and told back, or the
 * provider's hook decides. The order's job sleeps meanwhile (a restart changes nothing) and is woken by what
 * is answered, or by the end of the time; what is on the element stays as it is. Stations 2, 11 and 12. Role.
 * [capability P11]
 */
#ifndef TSM_ROLE_SP_VERIFY_VERIFY_H
#define TSM_ROLE_SP_VERIFY_VERIFY_H

#include "engine/mail/callback.h"
#include "role/sp/process.h"
#include "role/sp/verify/setting.h"

enum { VERIFY_SALT = 16, VERIFY_LETTER_MAX = 1024, VERIFY_CODE_TEXT = VERIFY_DIGITS_MAX + 1 };
#define VERIFY_WAITING "WAITING_FOR_ACTIVATION" /* the order's step while it waits */

/* A row of `verifying`. */
struct verifying {
    int64_t order, party, job, method, tries;
    time_us expires;
    uint8_t salt[VERIFY_SALT], hash[SHA256_LEN];
    size_t hash_len; /* 0: no code was given out */
    struct verify_setting setting;
};
/* NOT_FOUND where the order waits for nobody. */
enum tsm_err verifying_load(struct tx *tx, int64_t party, int64_t order, struct verifying *out);
/* {"state", "method", "tries_left", "expires"} of an order that waits, NULL of another; owned by the caller.
 */
enum tsm_err verifying_json(struct tx *tx, int64_t party, int64_t order, json_t **out);

/* What is sent for it; body: a sealed letter, or none. */
struct verify_delivery {
    enum callback_sort sort;
    struct bytes trace, body;
};
/* Stores the row (instead of the one that the order may have) and lets the delivery go. */
enum tsm_err verifying_begin(struct tx *tx, const struct verifying *v, const struct verify_delivery *d);

/* A code as it is given out: the letter to the provider is sealed until it is told, the code itself is
 * nowhere. */
struct verify_code {
    uint8_t salt[VERIFY_SALT], hash[SHA256_LEN];
    uint8_t letter[VERIFY_LETTER_MAX + SEAL_OVERHEAD];
    size_t letter_len;
};
/* A new code for an order; outside of transactions. */
enum tsm_err verify_code_make(struct vault_party *vault, const struct order *o, const struct verifying *v,
                              struct verify_code *out);
/* Stores it for v->order and lets the provider's callback tell it. */
enum tsm_err verify_code_give(struct tx *tx, const struct verifying *v, const struct verify_code *code,
                              struct bytes trace);
enum tsm_err verify_code_hash(struct vault_party *vault, const uint8_t salt[VERIFY_SALT], const char *code,
                              uint8_t hash[SHA256_LEN]);
/* Wakes the order: the customer is known, or (reason) is not. The row goes. In the caller's commit. */
enum tsm_err verify_settle(struct tx *tx, const struct verifying *v, const char *refusal);

/* The step of a deploy, in the shape of struct step. */
bool needs_no_verification(const struct turn *t);
enum tsm_err ask_customer(struct turn *t, json_t **question);
enum tsm_err begin_waiting(struct turn *t, struct tx *tx);
enum tsm_err keep_verified(struct turn *t, struct tx *tx, const json_t *reply);
/* The service's setting for a deploy; with the turn's rows. */
enum tsm_err verify_turn_load(struct turn *t, struct tx *tx);

/* Addresses: PUT, GET, DELETE of a service's setting; POST of what the customer or the provider says. */
enum tsm_err verify_put_setting(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err verify_get_setting(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err verify_delete_setting(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err verify_post_answer(void *app, struct http_request *q, struct http_reply *reply);

#endif
