/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges: opaque bytes to a secure element and back, queued with the party that owns the link; one at a
 * time per element, and a conversation keeps others out by a lease. Stations 8 and 9. Edge. [DESIGN 4, rule
 * 1]
 */
#ifndef TSM_ENGINE_ELEMENT_EXCHANGE_H
#define TSM_ENGINE_ELEMENT_EXCHANGE_H

#include "engine/element/element.h"
#include "engine/partner.h"

enum {
    CONVERSATION_LEASE_S = 120, /* beside the time that the answer may take */
    EXCHANGE_PAYLOAD_MAX = 65,
    HOLDER_MAX = 64
};

/* The steps of an exchange job: from EXCHANGE_UNDER_WAY on an answer can be its own. */
enum { EXCHANGE_NEW, EXCHANGE_UNDER_WAY, EXCHANGE_REPEATED };

/* The body of an exchange job. */
struct exchange {
    int64_t call; /* the partner message that asked */
    const char *msisdn, *holder;
    const json_t *payload; /* hex strings; empty: only listen */
    int64_t answer_s;
    int concat;
    bool firm; /* goes on with what was begun: never withdrawn */
};
/* Reads a job's body; spans are borrowed from *document, which the caller drops. */
enum tsm_err exchange_read(struct bytes body, struct exchange *out, json_t **document);

/* {lost: true, reason}: no answer came. NULL when memory is exhausted. */
json_t *exchange_lost(const char *reason);
/* How an exchange ends: {answers}, exchange_lost or {failure}. */
struct exchange_end {
    int64_t job, se, call;
    json_t *reply; /* taken over */
};
/* Ends it and lets the next one of the element begin. */
enum tsm_err exchange_finish(struct partners *p, struct tx *tx, const struct exchange_end *end);
/* Gives the element to its next waiting exchange, and the hold with it: one of the conversation that is open,
 * else the oldest. Called whenever an exchange or a conversation ends. */
enum tsm_err job_promote(struct tx *tx, int64_t se);
/* The same for elements that are free again because a conversation's lease ran out; *all false: there are
 * more. */
enum tsm_err exchange_sweep(struct tx *tx, bool *all);
/* The rows for SEND_SCRIPT, BEGIN_CONVERSATION, END_CONVERSATION and WITHDRAW. */
enum tsm_err exchange_answer_partners(struct partners *p);

#endif
