/* SPDX-License-Identifier: Apache-2.0 */
/* An order on its way: a table of steps, each a question to a partner or a talk with the secure element.
 * Stations 4 to 12. Role. */
#ifndef TSM_ROLE_SP_PROCESS_H
#define TSM_ROLE_SP_PROCESS_H

#include "gp/attestation/attestation.h"
#include "link/talk/talk.h"
#include "role/sp/internal.h"
#include "vault/keys/keyset.h"
#include "vault/operation/perso.h"

enum { PERSO_ROOM = 8192, DGIS_MAX = 24, SIGNING_ROOM = 160 };

struct turn;
struct verifying;
struct verify_code;
struct issuer_turn; /* issuer/inside.h */
struct step {
    const char *name, *text;
    int station;
    const struct plan *plan; /* a talk; NULL: a question */
    enum partner_verb verb;
    unsigned modes;    /* of management, modes/managed.h; 0: all */
    unsigned commands; /* it belongs to this one of order/life/commands.h; 0: to all */
    int round;         /* so many steps end here that are done for each part of the content; 0: none */
    bool (*absent)(const struct turn *t);   /* the service has nothing for this step; may be NULL */
    bool (*needless)(const struct turn *t); /* done by an earlier order; may be NULL */
    enum tsm_err (*body)(struct turn *t, json_t **question); /* before the commit; owned by the caller */
    enum tsm_err (*begin)(struct turn *t,
                          struct tx *tx); /* instead of a question: waits for a person, who fails
                                             without harm; sets when the job looks again */
    enum tsm_err (*read)(struct turn *t, const json_t *reply); /* before the commit; may be NULL */
    enum tsm_err (*keep)(struct turn *t, struct tx *tx, const json_t *reply); /* in the commit; may be NULL */
    int event;    /* enum instance_event when the step is done, -1: none */
    bool changes; /* from here on the secure element may have been changed */
    bool removes; /* it takes the former content away */
    bool late;    /* a question whose answer brings what must not be lost: kept also after the order's end */
};
struct process {
    const struct step *steps;
    size_t n;
};
/* The steps of an operation, and where an order with these service commands begins. */
const struct process *process_of(enum operation op);
size_t first_step_of(enum operation op, unsigned commands);
/* The one step of a terminate that finds nothing on the secure element. */
extern const struct process process_discard;
/* What happens to the instance when the last step is done. */
int last_event_of(enum operation op);

/* One turn of an order's job. Spans live in the job's arena. */
struct turn {
    struct sp *sp;
    struct job *job;
    struct order order;
    struct instance instance;
    struct vault_party *vault;
    const struct process *process;
    json_t *progress, *reply, *question,
        *flavor; /* flavor: body of the chosen one, NULL before station 4 is done */
    int64_t owner, asks;
    struct se_profile profile;
    struct plan_facts facts;
    struct talk talk;
    struct talk_state state;
    enum talk_event event;
    struct failure failure;
    struct played *played; /* a personalisation script, prep/played.h; NULL: none */
    char token_provider[SERVICE_MAX + 1], token_ref[REF_MAX + 1]; /* of the instance; "": it has none */
    struct issuer_turn *issuer;                                   /* a change after issuance; NULL: none */
    struct talk_agreed agreed;                                    /* SCP11 into a new domain */
    const char *verification;             /* of the customer before activation, JSON; NULL: none */
    struct verifying *verifying;          /* begins in this turn */
    struct verify_code *code;             /* made in this turn */
    bool expired;                         /* nobody came in time */
    bool failed, done, changed, own_live; /* own_live: the domain has the provider's own keys for certain */
    bool once_more;                       /* what was asked is asked again: its answer was lost */
    /* rows read for this turn */
    int64_t domain_tar, flavor_id, mode, hand_over;
    char version[VERSION_TAG_MAX + 1]; /* tag of the chosen flavor */
    bool dap;                          /* the domain verifies load files */
    bool keys_settled;                 /* no key set of the domain is on its way: the provider manages it */
    uint8_t domain_aid[16], blob[PLAN_DOMAINS][SEALED_KEYSET_MAX];
    size_t domain_aid_len;
    /* made in this turn */
    uint8_t new_blob[2][SEALED_KEYSET_MAX], keys_body[160], dap_field[SIGNING_ROOM], perso[PERSO_ROOM],
        dedup[32];
    uint8_t attestation[ATTESTATION_MAX], kdd[10]; /* kdd: of own keys that are diversified */
    size_t new_len[2], dedup_len;
    int64_t new_id[2];
    struct plan_dgi dgis[DGIS_MAX];
    struct kept_key kept; /* the card's own key pair, sealed */
    bool prepared;
};

/* The step in hand takes the former content away. */
static inline bool turn_removes(const struct turn *t)
{
    return (size_t)t->job->step < t->process->n && t->process->steps[t->job->step].removes;
}
/* Loads all that a turn needs, reads progress and answer. */
enum tsm_err turn_load(struct turn *t);
/* The flavor's applications that the provider installs for itself. */
enum tsm_err turn_applications(struct turn *t);
/* The talk of the step in hand made ready. */
enum tsm_err turn_talk(struct turn *t);
void turn_drop(struct turn *t);
/* Card data opened and judged by themselves: what may be known of them. */
enum tsm_err perso_card(struct turn *t, struct bytes data, struct card_facts *out);
/* The card data opened and judged before anything changes on the card; what is wrong fails the order, the
 * field named. Station 5. */
enum tsm_err perso_judge(struct turn *t);
/* The order's card data, empty where it has none, and the flavor's profile or script; borrowed from the turn.
 */
enum tsm_err perso_material(struct turn *t, struct bytes *data, struct bytes *body);
/* What they say of the application: a profile, or a script's members of one. */
enum tsm_err perso_profile(struct turn *t, struct bytes body, struct emv_profile *out);
/* CONFLICT for a card that is on the element already, beside what the vault says of it. */
enum tsm_err perso_judge_data(struct turn *t, struct bytes data);
/* The card data opened, judged and turned into groupings. Station 5. */
enum tsm_err perso_make(struct turn *t, const struct channel *channel);
/* PPSE entry of the application. */
enum tsm_err ppse_make(struct turn *t, const struct channel *channel);

/* The next owner becomes the one that is asked; false when there is none. */
bool next_owner(struct turn *t);
/* Steps that an earlier, failed deployment has done. */
bool has_domain(const struct turn *t);
bool has_own_keys(const struct turn *t);
/* It is there, and its keys are or can be: not one that an earlier order left before it heard of them. */
bool is_domain_of_use(const struct turn *t);
/* What partners are asked, and what their answers change. */
enum tsm_err ask_eligibility(struct turn *t, json_t **question);
enum tsm_err ask_space(struct turn *t, json_t **question);
enum tsm_err ask_domain(struct turn *t, json_t **question);
enum tsm_err ask_install(struct turn *t, json_t **question);
enum tsm_err ask_remove(struct turn *t, json_t **question);
enum tsm_err read_eligibility(struct turn *t, const json_t *reply);
enum tsm_err read_reach(struct turn *t, const json_t *reply);
enum tsm_err keep_reach(struct turn *t, struct tx *tx, const json_t *reply);
enum tsm_err keep_flavor(struct turn *t, struct tx *tx, const json_t *reply);
enum tsm_err read_domain(struct turn *t, const json_t *reply);
enum tsm_err keep_domain(struct turn *t, struct tx *tx, const json_t *reply);
enum tsm_err keep_own_keys(struct turn *t, struct tx *tx, const json_t *reply);
enum tsm_err keep_personalised(struct turn *t, struct tx *tx, const json_t *reply);

#endif
