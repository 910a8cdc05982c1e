/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges: opaque bytes to a secure element and back, queued with the party that owns the link; one at a
 * time per element, and a conversation keeps others out by a lease. Stations 8 and 9. Edge. [DESIGN 4, rule
 * 1]
 */
#ifndef TSM_ENGINE_EXCHANGE_H
#define TSM_ENGINE_EXCHANGE_H

#include "engine/element.h"
#include "engine/partner.h"

enum { CONVERSATION_LEASE_S = 120, EXCHANGE_PAYLOAD_MAX = 65, HOLDER_MAX = 64 };

/* The body of an exchange job. */
struct exchange {
    int64_t call; /* the partner message that asked */
    const char *msisdn, *session, *holder;
    const json_t *payload; /* hex strings; empty: only listen */
    int64_t answer_s;
    int concat;
};
/* Reads a job's body; spans are borrowed from *document, which the caller drops. */
enum tsm_err exchange_read(struct bytes body, struct exchange *out, json_t **document);

/* Ends an exchange with its reply ({answers} or {lost, reason} or {failure}) and lets the next one of the
 * element begin. */
enum tsm_err exchange_finish(struct partners *p, struct tx *tx, int64_t job, int64_t se, int64_t call,
                             json_t *reply);
/* Waiting exchanges whose element is free again because a conversation's lease ran out. */
enum tsm_err exchange_sweep(struct tx *tx);
/* The rows for SEND_SCRIPT, BEGIN_CONVERSATION and END_CONVERSATION. */
enum tsm_err exchange_answer_partners(struct partners *p);

#endif
