/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An act: one piece of the owner's care for one of its elements. A row from the moment it is asked for, a job
 * (JOB_CARE) until it is over, then told to the owner. Stations 3, 11 and 12. Role. [capabilities S10 to S15]
 */
#ifndef TSM_ROLE_SEM_CARE_ACT_ACT_H
#define TSM_ROLE_SEM_CARE_ACT_ACT_H

#include "engine/element/block.h"
#include "engine/element/exchange.h"
#include "link/talk/talk.h"
#include "order/care/plan_care.h"
#include "role/sem/internal.h"

enum {
    ACT_DEADLINE_S = 86400,
    ACT_DEADLINE_MAX_S = 30 * 86400,
    ACT_SESSION_MAX = 39,
    ACT_REASON_MAX = 200,
    ACT_AID_TEXT = 2 * 16,
    EVENT_DEADLINE_S = 86400,
};

/* What an act is about; the numbers are stored. */
enum act_kind {
    ACT_AUDIT,
    ACT_REPAIR,
    ACT_LOCK,
    ACT_UNLOCK,
    ACT_TERMINATE,
    ACT_ROTATE,
    ACT_RULES,
    ACT_CONTACTLESS,
    ACT_IDENTIFY, /* role/sem/catalogue/identify.c */
    ACT_KINDS
};
const char *act_kind_word(int64_t kind);

enum act_state { ACT_RUNNING, ACT_DONE, ACT_FAILED };
const char *act_state_word(int64_t state);

struct act {
    int64_t id, owner, se, kind, campaign, state;
    char session[ACT_SESSION_MAX + 1];
    uint8_t trace[TRACE_LEN];
    time_us created, updated, deadline;
    json_t *ask; /* owned: act_drop */
};
void act_drop(struct act *a);

/* Adds an act with its job, its device session where one is needed, and its audit leaf. `ask` is borrowed.
 * CONFLICT while another act is running on the element, unless the kind goes before all others. */
struct act_new {
    const struct element *el;
    enum act_kind kind;
    int64_t campaign;
    time_us deadline; /* 0: ACT_DEADLINE_S from now */
    const json_t *ask;
};
enum tsm_err act_add(struct sem *sem, struct tx *tx, const struct act_new *n, int64_t *id);
/* NOT_FOUND where the owner has no such act. */
enum tsm_err act_load(struct tx *tx, int64_t owner, int64_t id, struct act *out);
/* {act, kind, se, state, created, updated, result?, failure?, seram?, timeline}; owned by the caller. */
enum tsm_err act_json(struct sem *sem, struct tx *tx, int64_t owner, int64_t id, json_t **out);

/* The end: state, audit leaf, campaign, device session, the owner's callback. `result` is taken over; `f` is
 * NULL where all went well. */
struct act_end {
    const struct element *el;
    json_t *result;
    const struct failure *f;
};
enum tsm_err act_finish(struct sem *sem, struct tx *tx, const struct act *a, const struct act_end *end);
/* Tells a party's callback address; `event` is taken over. */
enum tsm_err care_tell(struct tx *tx, int64_t party, struct bytes trace, json_t *event);
/* The element's name in calls and answers: {"iccid": ..} or {"seid": ..}; NULL when memory is exhausted. */
json_t *care_se_json(const struct element *el);
/* Leaf of an act: {"act", "se", ...}. */
enum tsm_err care_leaf(struct tx *tx, const struct act *a, const char *what);

#endif
