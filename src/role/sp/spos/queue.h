/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process results on their way to the provider's online system (SPOS). Station 12. Role. [BSI TR-03165 4.3]
 *
 * A result is a row, written in the transaction that ends its process, and stays until the SPOS has taken it.
 * One job (JOB_CALLBACK, sort CALLBACK_RESULTS) a SposConfig empties its queue. Order: results of one service
 * instance come in the order in which they happened, since the SPOS follows the instance's state by them; of
 * different instances one that is refused lets the others pass. A receiver that is away holds its whole
 * queue, and no other receiver's. In effect once: each carries the same Idempotency-Key however often it is
 * sent.
 */
#ifndef TSM_ROLE_SP_SPOS_QUEUE_H
#define TSM_ROLE_SP_SPOS_QUEUE_H

#include "engine/engine.h"
#include "role/sp/internal.h"

/* Stored numbers; append only. */
enum spos_state { SPOS_WAITS, SPOS_WAS_TAKEN, SPOS_GIVEN_UP, SPOS_STATES };
extern const char *const spos_state_words[SPOS_STATES + 1];

enum {
    SPOS_BATCH = 16,  /* results of one turn */
    SPOS_TURN_S = 20, /* no new one is begun later in a turn: the lease must outlive the last call */
    SPOS_KEEP_S = 3650 * 86400, /* the job itself has no deadline of its own */
    SPOS_ERROR_MAX = 200,
    SPOS_LIST_MAX = 100
};

/* A result that is ready: `body` is a ProcessResult. */
struct spos_letter {
    int64_t party, config, instance; /* instance 0: none */
    struct bytes trace;              /* of the order; BYTES_NONE where there is none */
    const char *body;
};
/* Writes the row and sees to it that somebody carries it; in the caller's transaction. */
enum tsm_err spos_post(struct tx *tx, const struct spos_letter *letter);
/* The carrier of this receiver, if it has one: wakes it; else makes one. `again`: forgets its delay. */
enum tsm_err spos_wake(struct tx *tx, int64_t party, int64_t config, bool again);

/* What a party sees of its own. GET /api/v1/spos: the receivers; .../results: the provider's results; POST
 * .../retry: every receiver of the party is tried at once. */
enum tsm_err sp_get_spos(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_list_spos_results(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_post_spos_retry(void *app, struct http_request *q, struct http_reply *reply);

#endif
