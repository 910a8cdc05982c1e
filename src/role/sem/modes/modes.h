/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's works as a table, and those that it does of its own accord: domains, extradition, preparation
 * of cards, directories that providers share. Stations 5 to 11. Role. [capabilities S4 to S8] */
#ifndef TSM_ROLE_SEM_MODES_MODES_H
#define TSM_ROLE_SEM_MODES_MODES_H

#include "order/plan.h"
#include "role/sem/internal.h"

enum { DIRECTORY_ROOM = 1024, WORK_DEADLINE_S = 86400, SET_UP_ANEW_MAX = 3 };

/* Beside the partner verbs; numbers are stored. */
enum owner_work { WORK_PREPARE = 100, WORK_CREATE_DOMAIN, WORK_REMOVE_DOMAIN, WORK_EXTRADITE };

struct turn;
/* How one kind of work is read, judged, planned and ended; members that may be NULL say so. */
struct work {
    int64_t verb;
    const char *word;
    bool no_domain; /* the call names none */
    /* What the call says beside element and domain; may be NULL. */
    enum tsm_err (*read)(struct turn *t, struct arena *arena);
    /* In the transaction of the call: may it be done, and what must be known before its first command.
     * *nothing: there is nothing to do. */
    enum tsm_err (*judge)(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
    enum tsm_err (*load)(struct turn *t, struct tx *tx);  /* at the beginning of each turn; may be NULL */
    const struct plan *(*plan)(const struct turn *t);     /* NULL: nothing is said to the card */
    enum tsm_err (*act)(struct turn *t, struct job *job); /* then this is the work */
    bool (*was_begun)(const struct turn *t);              /* by an earlier work; may be NULL */
    /* After a refusal: true where another plan (of t->stage) mends what was done; may be NULL. */
    bool (*turn_back)(struct turn *t);
    enum tsm_err (*done)(struct turn *t, struct tx *tx, const struct job *job,
                         json_t **reply); /* may be NULL */
};
/* NULL for a number that is none. */
const struct work *work_of(int64_t verb);
/* A work of the owner's own, judged and stored; its answer is read by GET /api/v1/works/{id}. `ask` is
 * borrowed and gets members; it names the element as calls do. */
struct work_new {
    int64_t owner, verb;
    json_t *ask;
};
enum tsm_err work_begin(struct sem *sem, struct tx *tx, const struct work_new *w, json_t **answer);

/* What is moved and where, of an extradition. */
struct moved {
    uint8_t aid[16], to[16];
    size_t aid_len, to_len;
    int64_t domain; /* row of the new domain; the element's for the issuer's */
    int64_t row;    /* of a domain that moves, 0: it is none */
    bool load_file;
};

/* Rows of the table in modes/: LIST_APPLICATION, PREPARE, EXTRADITE, domains of the owner's making. */
enum tsm_err directory_read(struct turn *t, struct arena *arena);
enum tsm_err directory_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err directory_load(struct turn *t, struct tx *tx);
enum tsm_err directory_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
json_t *privileges_json(int64_t privileges);
/* Confidential hand-over: certificates for the provider, its groupings for the card, the card's answer. */
void confidential_heard(struct turn *t, const struct plan_step *step, const struct step_answer *answer);
enum tsm_err confidential_hand_over(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
enum tsm_err set_up_read(struct turn *t, struct arena *arena);
enum tsm_err set_up_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
/* An earlier order may have brought keys whose answer nobody heard. */
bool set_up_may_be_done(const struct turn *t);
/* Such keys go with their domain, which is made anew: true, at most SET_UP_ANEW_MAX times a work. */
bool set_up_turn_back(struct turn *t);
enum tsm_err set_up_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
enum tsm_err prepare_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err terms_read(struct turn *t, struct arena *arena);
enum tsm_err owners_domain_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err owners_domain_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
enum tsm_err owners_removal_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err extradite_read(struct turn *t, struct arena *arena);
enum tsm_err extradite_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err extradite_load(struct turn *t, struct tx *tx);
enum tsm_err extradite_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

/* Addresses of operators. */
enum tsm_err sem_post_prepare(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_domain(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_list_domains(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_delete_domain(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_extradition(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_list_tokens(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_booking(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_list_bookings(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_commit_booking(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_delete_booking(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_get_work(void *app, struct http_request *q, struct http_reply *reply);

#endif
