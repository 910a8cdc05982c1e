/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner keeps of a card that it delegates: its receipt key, the counter of confirmations, tokens and
 * what became of them. Stations 6 and 11. Role. [GPCS 9.1.3, C.4, C.5; capabilities S5, S6] */
#ifndef TSM_ROLE_SEM_MODES_DELEGATED_DELEGATION_H
#define TSM_ROLE_SEM_MODES_DELEGATED_DELEGATION_H

#include "gp/delegated/receipt.h"
#include "role/sem/internal.h"
#include "vault/operation/delegated.h"

enum {
    SIGNING_FIELD_MAX = 512, /* PUT KEY of a public key of 2048 bits */
    RECEIPT_FIELD_MAX = 64,
    SD_UNIQUE_MAX = 64,
    TOKENS_MAX = 8,           /* commands of one question */
    TOKEN_COMMAND_MAX = 1024, /* octets of one */
};

/* Numbers are stored. */
#define TOKEN_STATES(X)                                                                      \
    X(GIVEN, "given", "no receipt has come yet")                                             \
    X(CONFIRMED, "confirmed", "the receipt was right")                                       \
    X(LOST, "lost", "the answer was lost: to be settled by the card's registry")             \
    X(SETTLED_DONE, "settled-done", "the card's registry says that it was done")             \
    X(SETTLED_NOT_DONE, "settled-not-done", "the card's registry says that it was not done") \
    X(REFUSED, "refused", "the card refused the token")                                      \
    X(REJECTED, "rejected", "the receipt was not accepted")
enum token_state {
#define X(name, word, text) TOKEN_##name,
    TOKEN_STATES(X)
#undef X
        TOKEN_STATE_COUNT
};
const char *token_state_word(int64_t state);

/* The row of a card. */
struct delegated_card {
    bool known, ready; /* ready: the card has both keys */
    int64_t receipt_id, last;
    uint8_t blob[SEALED_KEYSET_MAX], unique[SD_UNIQUE_MAX];
    size_t blob_len, unique_len;
};
/* *out.known false where the card has none. */
enum tsm_err delegation_load(struct tx *tx, int64_t se, struct delegated_card *out);
/* Makes the row with a fresh receipt key where there is none. */
enum tsm_err delegation_take(struct sem *sem, struct tx *tx, const struct element *el);
static inline struct sealed_keyset delegation_key(const struct delegated_card *d)
{
    return (struct sealed_keyset){(uint64_t)d->receipt_id, BYTES_OF(d->blob, d->blob_len)};
}

/* What was read by the questions that settle lost receipts. */
enum { CONFIRM_OBJECTS = 1 + PLAN_APPLICATIONS_MAX }; /* load file, applications: plan_confirm */
struct settlement {
    bool counter_told, asked[CONFIRM_OBJECTS], there[CONFIRM_OBJECTS];
    uint16_t counter;
};

struct channel;
struct turn;
struct plan_step;
struct step_answer;
/* GENERATE_TOKEN: judged when it is asked, signed in a job's turn, since tokens take their time. */
enum tsm_err tokens_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err tokens_sign(struct turn *t, struct job *job);
enum tsm_err tokens_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
/* VERIFY_RECEIPT: answered at once unless the card must be asked what became of a command. */
enum tsm_err sem_verify_receipt(void *self, struct tx *tx, const struct partner_call *call);
/* The same for any caller; *answer NULL: a job answers. */
enum tsm_err receipts_verify(struct sem *sem, struct tx *tx, const struct partner_call *call, json_t *ask,
                             json_t **answer);
enum tsm_err settle_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err settle_load(struct turn *t, struct tx *tx);
void settle_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer);
enum tsm_err settle_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

/* The keys of delegation on their way into the card: bodies of the steps that put them. */
enum tsm_err delegation_prepare(struct turn *t, const struct plan_step *step, const struct channel *channel);

/* Something that the owner should look at now: timeline, audit leaf. `text` names no secret. */
struct alarm {
    int64_t party, se;
    struct bytes trace;
    const char *what, *text; /* what: "token-refused" */
};
enum tsm_err alarm_raise(struct tx *tx, const struct alarm *a);

#endif
