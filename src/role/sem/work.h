/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's work for a provider as a job: create a domain, load and install, remove. Stations 5 to 11.
 * Role. */
#ifndef TSM_ROLE_SEM_WORK_H
#define TSM_ROLE_SEM_WORK_H

#include "engine/exchange.h"
#include "link/talk/talk.h"
#include "role/sem/internal.h"

struct asked {
    json_t *se; /* borrowed from a document that is gone after json_decref: read at once */
    char service[PROFILE_NAME_MAX + 1], session[40];
    int64_t bytes, session_until;
};

/* Answers a call with an object (taken over) or with a failure. */
enum tsm_err sem_reply(struct sem *sem, struct tx *tx, int64_t call, json_t *o);
enum tsm_err sem_refuse(struct sem *sem, struct tx *tx, int64_t call, const struct failure *f);

/* Partner verbs. */
enum tsm_err sem_check_eligibility(void *self, struct tx *tx, const struct partner_call *call);
enum tsm_err sem_book_space(void *self, struct tx *tx, const struct partner_call *call);
enum tsm_err sem_release_space(void *self, struct tx *tx, const struct partner_call *call);
enum tsm_err sem_accept_work(void *self, struct tx *tx, const struct partner_call *call);

/* The security domain that a work is about. */
struct domain {
    int64_t id, tar, holder, state;
    uint8_t aid[16];
    size_t aid_len;
};
/* The provider's domain of this AID; DOMAIN_PLANNED and a free TAR where there is none yet. UNIQUE for
 * another provider's. */
enum tsm_err domain_take(struct tx *tx, const struct element *el, int64_t holder, struct bytes aid,
                         struct domain *out);
/* The row of out->aid; NOT_FOUND. */
enum tsm_err domain_known(struct tx *tx, const struct element *el, struct domain *out);
/* Its first key set, made once and kept until the hand-over. */
enum tsm_err domain_first_keys(struct sem *sem, struct tx *tx, const struct element *el,
                               const struct domain *d);

/* One turn of a work. */
struct turn {
    struct sem *sem;
    json_t *body; /* what the provider asked */
    int64_t call, verb, created;
    struct element el;
    struct domain domain;
    struct plan_facts facts;
    struct talk talk;
    struct talk_state state;
    uint8_t isd_blob[SEALED_KEYSET_MAX], first_blob[SEALED_KEYSET_MAX], keys_body[256];
    size_t first_len;
    int64_t first_id;
    enum talk_event event;
    bool read; /* an answer was read in this turn */
};
/* What the registry says after the work is done, and what the provider is answered. */
enum tsm_err work_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

#endif
