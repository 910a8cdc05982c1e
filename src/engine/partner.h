/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partner messages: every call between parties is a row, delivered in the sender's transaction where the
 * peer's roles run in this process, else carried by JOB_MESSAGE over mutual TLS. Replies come back the same
 * way and make the waiting job ready. Station 6. Edge.
 */
#ifndef TSM_ENGINE_PARTNER_H
#define TSM_ENGINE_PARTNER_H

#include "engine/job.h"
#include "order/outcome.h"

struct partners;

/* A call as its receiver sees it. */
struct partner_call {
    int64_t party, peer; /* who receives, who asks */
    enum partner_verb verb;
    const char *key; /* the asker's idempotency key: the same key from the same peer is the same call */
    struct bytes trace;
    const char *body; /* JSON */
    int64_t id;       /* the incoming row: what partner_reply answers */
};

/* One row a verb: accept stores what the call asks for, in the transaction that stores the call. It may reply
 * at once. An error that may be retried undoes all; any other is the reply, and what accept wrote before it
 * stays. */
struct partner_row {
    enum partner_verb verb;
    enum tsm_err (*accept)(void *self, struct tx *tx, const struct partner_call *call);
    void *self;
};

/* The same for a verb that changes nothing: its reply at once, owned by the caller. For who waits for it and
 * whose peer's roles run in this process. */
struct partner_look {
    enum partner_verb verb;
    enum tsm_err (*look)(void *self, struct tx *tx, const struct partner_call *call, json_t **reply);
    void *self;
};

/* Carries one message to another process: POST body to url/partner/v1/verb. From link/. */
typedef enum tsm_err (*partner_post)(void *self, const char *url, const char *verb, const char *key,
                                     const char *json);

struct partners_config {
    struct store *store;
    partner_post post; /* NULL: no other process is known */
    void *post_self;
};
enum { PARTNER_ROWS_MAX = 32, PARTNER_TIMEOUT_S = 86400, MESSAGE_KEY_MAX = 128 };

enum tsm_err partners_new(const struct partners_config *config, struct partners **out);
void partners_free(struct partners *p);
enum tsm_err partners_add(struct partners *p, const struct partner_row *row);
enum tsm_err partners_add_look(struct partners *p, const struct partner_look *look);
/* Asks without a message. UNSUPPORTED where the peer's roles run elsewhere, or no role looks for this verb.
 */
enum tsm_err partner_look(struct partners *p, struct tx *tx, const struct partner_call *call, json_t **reply);
/* Replies to this verb make the job that asked ready once more, also when it is over: what happened on the
 * card is written down, whatever became of the order [DESIGN 4, rule 7]. */
enum tsm_err partners_want_late(struct partners *p, enum partner_verb verb);

/* Asks a peer in the caller's transaction; the reply (JSON) becomes the answer of `job`, 0: nobody waits. The
 * same (party, peer, key) asks once. */
struct partner_ask {
    int64_t party, peer, job;
    enum partner_verb verb;
    const char *key, *body;
    struct bytes trace;
};
enum tsm_err partner_ask(struct partners *p, struct tx *tx, const struct partner_ask *ask);
/* Answers an accepted call, at once or later; a second answer to the same call changes nothing. */
enum tsm_err partner_reply(struct partners *p, struct tx *tx, int64_t call, const char *body);
/* The same with an object that is taken over; NO_MEMORY for NULL. */
enum tsm_err partner_reply_json(struct partners *p, struct tx *tx, int64_t call, json_t *o);
/* The same with {"failure": {owner, reason, next_action}}. */
enum tsm_err partner_refuse(struct partners *p, struct tx *tx, int64_t call, const struct failure *f);

/* A message that came over the wire from an authenticated peer; idempotent by key. NOT_FOUND where the
 * receiver's roles do not run here, or a reply that was never asked for. */
struct partner_wire {
    const char *from, *to; /* party names */
    const char *verb, *key, *body;
    struct bytes trace;
};
enum tsm_err partner_receive(struct partners *p, struct tx *tx, const struct partner_wire *w);

/* The engine's row for JOB_MESSAGE: a question that the peer will never take becomes a failure for its asker.
 */
enum tsm_err partner_message_work(void *self, struct job *job);
enum tsm_err partner_message_commit(void *self, struct tx *tx, struct job *job);

#endif
