/* SPDX-License-Identifier: Apache-2.0 */
/* One turn of an act: what its kind decides, and what all kinds share. Stations 5 to 12. Role. */
#ifndef TSM_ROLE_SEM_CARE_ACT_TURN_H
#define TSM_ROLE_SEM_CARE_ACT_TURN_H

#include "role/sem/care/act/act.h"
#include "role/sem/keys.h"

struct care_turn;
struct rule_set;

/*
 * A kind of act as a table row. It has phases, each a plan talked through with the element. `load` reads rows
 * and fills the facts; `choose` takes the plan and the keys of t->phase; `ended` is called in the commit when
 * the phase's plan is done (failed false) or failed: it moves t->phase, or leaves t->over true with t->result
 * or t->failed set. `before` is called in the commit in which the first command of a phase leaves.
 */
struct care_kind {
    enum tsm_err (*load)(struct care_turn *t, struct tx *tx);
    enum tsm_err (*choose)(struct care_turn *t);
    enum tsm_err (*before)(struct care_turn *t, struct tx *tx); /* may be NULL */
    enum tsm_err (*ended)(struct care_turn *t, struct tx *tx, bool failed);
    void (*heard)(struct care_turn *t, const struct plan_step *step, size_t command,
                  const struct step_answer *answer); /* may be NULL */
    void (*stepped)(struct care_turn *t); /* an answer was read and the plan goes on; may be NULL */
    enum tsm_err (*prepare)(struct care_turn *t, const struct plan_step *step,
                            const struct channel *channel); /* may be NULL */
};
extern const struct care_kind care_audit, care_repair, care_status, care_rotate, care_rules, care_contactless;
extern const struct care_kind care_identify; /* role/sem/catalogue */

enum { CARE_KEY_BODY_MAX = 256 };

struct care_turn {
    struct sem *sem;
    const struct job *job;
    const struct care_kind *kind;
    struct act act;
    struct element el;
    json_t *progress; /* {phase, talk, memory}: owned */
    json_t *memory;   /* what the kind keeps between turns, borrowed from progress */
    int64_t phase;
    struct talk talk;
    struct talk_state state;
    struct plan_facts facts;
    struct care_facts care;
    struct held_keys now, next; /* the key set that opens the domain; a rotation's new one */
    int64_t domain;             /* whose keys they are: el.id, or a supplementary domain's row */
    uint8_t domain_aid[16];
    size_t domain_aid_len;
    int64_t tar;
    uint8_t key_body[CARE_KEY_BODY_MAX];
    struct rule_set *rules; /* owned */
    enum talk_event event;
    bool read; /* an answer was read in this turn */
    bool held; /* of an unlock: its holder had locked the application before the owner did */
    bool raw;  /* the phase speaks plain commands to an application, outside any channel: choose sets it */
    json_t *payload;   /* of a raw phase: owned */
    json_t *answers;   /* to it: borrowed from the reply */
    bool over, failed; /* out of `ended` */
    json_t *result;    /* of the act; taken over by its end */
};

/* Begins a phase anew, in the commit. */
void care_phase(struct care_turn *t, int64_t phase);
/* Over, well, with this result (taken over). */
void care_over(struct care_turn *t, json_t *result);
/* Over, with t->talk.failure as the reason. */
void care_fail(struct care_turn *t);

#endif
