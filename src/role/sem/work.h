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
/* CONFLICT for another provider's. */
enum tsm_err domain_of_holder(const struct domain *d, int64_t holder);
/* The provider's domain of this AID; DOMAIN_PLANNED and a free TAR where there is none yet. CONFLICT for
 * another provider's. */
enum tsm_err domain_take(struct tx *tx, const struct element *el, int64_t holder, struct bytes aid,
                         struct domain *out);
/* The row of out->aid; NOT_FOUND. */
enum tsm_err domain_known(struct tx *tx, const struct element *el, struct domain *out);
/* Its first key set, made once and kept until the hand-over. */
enum tsm_err domain_first_keys(struct sem *sem, struct tx *tx, const struct element *el,
                               const struct domain *d);

/* The rows of a domain that is gone, with keys and booking. */
enum tsm_err domain_forget(struct tx *tx, const struct element *el, const struct domain *d);

/* One turn of a work. */
struct turn {
    struct sem *sem;
    json_t *body; /* what the provider asked */
    int64_t call, verb, created;
    struct element el;
    struct domain domain;
    int64_t executable; /* row of the package, 0: none */
    bool foreign;       /* package or an application is another domain's */
    struct plan_facts facts;
    struct talk talk;
    struct talk_state state;
    uint8_t isd_blob[SEALED_KEYSET_MAX], first_blob[SEALED_KEYSET_MAX], keys_body[256];
    size_t first_len;
    int64_t first_id;
    enum talk_event event;
    bool read; /* an answer was read in this turn */
};
/* The call or the stored body of a work: verb, domain, content. The content lies in the arena. */
enum tsm_err turn_read(struct turn *t, struct bytes body, struct arena *arena);
/* Whose package and applications are: t->executable, t->foreign, and the facts' not_ours. */
enum tsm_err registry_load(struct turn *t, struct tx *tx);
/* Before a step's first command leaves, when the step is done, when the card refused it. */
enum tsm_err registry_before(struct turn *t, struct tx *tx);
enum tsm_err registry_after(struct turn *t, struct tx *tx);
enum tsm_err registry_refused(struct turn *t, struct tx *tx);
/* The keys leave as a JWE that only the provider's vault opens, and the owner's copy is gone in the same
 * commit. */
enum tsm_err domain_hand_over(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
/* What the registry says after the work is done, and what the provider is answered. */
enum tsm_err work_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

#endif
