/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's work for a provider as a job: create a domain, load and install, remove. Stations 5 to 11.
 * Role. */
#ifndef TSM_ROLE_SEM_WORK_H
#define TSM_ROLE_SEM_WORK_H

#include "engine/element/exchange.h"
#include "link/talk/talk.h"
#include "role/sem/care/services/rules.h"
#include "role/sem/content/gate.h"
#include "role/sem/content/own/own.h"
#include "role/sem/content/upgrade.h"
#include "role/sem/internal.h"
#include "role/sem/keys.h"
#include "role/sem/modes/delegated/delegation.h"
#include "role/sem/modes/keys.h"
#include "role/sem/modes/modes.h"

/* What a booking is for: the AID of a domain in hex, or a word of the owner's. */
enum { BOOKING_REF_MAX = 64 };

struct asked {
    json_t *se; /* borrowed from a document that is gone after json_decref: read at once */
    char service[PROFILE_NAME_MAX + 1];
    char ref[BOOKING_REF_MAX + 1];
    int64_t bytes, seconds;
};
/* Bytes that bookings hold on an element, without those of one provider under this reference. */
enum tsm_err space_booked(struct tx *tx, int64_t se, int64_t provider, const char *ref, int64_t *bytes);

/* Partner verbs. */
enum tsm_err sem_check_eligibility(void *self, struct tx *tx, const struct partner_call *call);
enum tsm_err sem_book_space(void *self, struct tx *tx, const struct partner_call *call);
enum tsm_err sem_release_space(void *self, struct tx *tx, const struct partner_call *call);
enum tsm_err sem_accept_work(void *self, struct tx *tx, const struct partner_call *call);

/* The security domain that a work is about. */
struct domain {
    int64_t id, tar, holder, state, mode, parent;
    int64_t privileges, nonvolatile, volatile_room, dap, delegates, hand_over;
    uint8_t aid[16], parent_aid[16];
    size_t aid_len, parent_len; /* parent_len 0: below the issuer's */
};
/* CONFLICT for another provider's. */
enum tsm_err domain_of_holder(const struct domain *d, int64_t holder);
/* The provider's domain of d->aid; DOMAIN_PLANNED, a free TAR and the terms that stand in *d where there is
 * none yet. CONFLICT for another provider's, or where the terms of one that stands are others. */
enum tsm_err domain_take(struct tx *tx, const struct element *el, int64_t holder, struct domain *d);
/* Mode, privileges, quota, DAP, delegation and hand-over as they stand in *d. */
enum tsm_err domain_set_terms(struct tx *tx, const struct domain *d);
/* The row of out->aid; NOT_FOUND. */
enum tsm_err domain_known(struct tx *tx, const struct element *el, struct domain *out);
/* Its first key set, made once and kept until the hand-over. */
enum tsm_err domain_first_keys(struct sem *sem, struct tx *tx, const struct element *el,
                               const struct domain *d);

/* What space for a domain is booked under. */
const char *domain_ref(const struct domain *d, char out[BOOKING_REF_MAX + 1]);

/* The rows of a domain that is gone, with keys and booking. */
enum tsm_err domain_forget(struct tx *tx, const struct element *el, const struct domain *d);

/* One turn of a work. */
struct turn {
    struct sem *sem;
    json_t *body; /* what the provider asked */
    json_t *ask;  /* the same while it is judged: members that the job is to know are added here */
    struct bytes trace;
    struct bytes told; /* by the card in the last step, in the arena of the turn */
    struct arena *arena;
    bool lost;          /* a receipt did not come */
    struct bytes ended; /* the result as it is kept */
    int64_t call, verb, created;
    struct element el;
    struct domain domain;
    const struct work *work;
    int64_t executable; /* row of the package, 0: none */
    bool foreign;       /* package or an application is another domain's */
    uint8_t package_domain[16], code_aid[16];
    int64_t code_domain; /* of the load file of a directory */
    int64_t parent;      /* row of the domain above a new one */
    bool begun;
    struct plan_facts facts;
    struct talk talk;
    struct talk_state state;
    struct held_keys issuer;
    struct rule_set rules; /* access rules that go with the applications */
    uint8_t first_blob[SEALED_KEYSET_MAX], keys_body[256];
    size_t first_len;
    int64_t first_id;
    enum talk_event event;
    bool read;      /* an answer was read in this turn */
    json_t *result; /* of a work of the owner's own: what he reads of it later */
    struct delegated_card delegation;
    uint8_t token_field[SIGNING_FIELD_MAX], receipt_field[RECEIPT_FIELD_MAX], directory[DIRECTORY_ROOM];
    size_t token_field_len, directory_len;
    struct moved moved;
    struct made_keys made;
    struct settlement settlement;
    struct gate gate; /* what was judged of a load file in this turn */
    int64_t stage;    /* step of the job, as its work has it */
    struct former former;
    struct own_file own;
};
/* The call or the stored body of a work: verb, domain, content. The content lies in the arena. */
enum tsm_err turn_read(struct turn *t, struct bytes body, struct arena *arena);
/* A call or an own wish judged and stored as a job (*job 0: there was nothing to do); t->sem and t->verb are
 * set. `ask` gets members. */
enum tsm_err work_accept(struct turn *t, struct tx *tx, const struct partner_call *call, json_t *ask,
                         int64_t *job);
/* Rows, keys, state and talk of a turn whose body was read. */
enum tsm_err work_turn_load(struct turn *t, struct job *job);
/* Rows of modes/works.c. */
enum tsm_err load_file_read_member(struct turn *t, struct arena *arena); /* {package, hash, content, dap} */
enum tsm_err content_read(struct turn *t, struct arena *arena); /* and more: not the last of its domain */
/* [{instance, module, privileges, parameters, unselectable}] of the call. */
enum tsm_err applications_read(struct turn *t, struct arena *arena);
enum tsm_err creation_read(struct turn *t, struct arena *arena);
enum tsm_err creation_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err installation_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err removal_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
/* The handed-over domain that the call names; WRONG_STATE, CONFLICT. */
enum tsm_err domain_of_provider(struct turn *t, struct tx *tx, int64_t provider);
/* Whose package and applications are: t->executable, t->foreign, and the facts' not_ours. */
enum tsm_err registry_load(struct turn *t, struct tx *tx);
/* Before a step's first command leaves, when the step is done, when the card refused it. */
enum tsm_err registry_before(struct turn *t, struct tx *tx);
enum tsm_err registry_after(struct turn *t, struct tx *tx);
enum tsm_err registry_refused(struct turn *t, struct tx *tx);
/* The keys leave as a JWE that only the provider's vault opens, and the owner's copy is gone in the same
 * commit. */
enum tsm_err domain_hand_over(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
/* What follows a work that is done, its usage row and audit leaf, and what the provider is answered. */
enum tsm_err work_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

#endif
