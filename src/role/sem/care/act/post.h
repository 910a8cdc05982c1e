/* SPDX-License-Identifier: Apache-2.0 */
/* How every address that asks for an act works. Station 1. Role. */
#ifndef TSM_ROLE_SEM_CARE_ACT_POST_H
#define TSM_ROLE_SEM_CARE_ACT_POST_H

#include "role/sem/care/act/act.h"
#include "role/sem/inventory/inventory.h"

struct posted {
    char aid[ACT_AID_TEXT + 1], domain[ACT_AID_TEXT + 1], reason[ACT_REASON_MAX + 1], confirm[IDENT_MAX + 1];
    bool secure, same_kvn, assign;
    int64_t kvn, deadline_s;
    json_t *repairs; /* borrowed from the body */
};

/* accept: judges and writes before the act is added, `ask` may be changed; after: with its id. Both may be
 * NULL. */
struct act_post {
    struct sem *sem;
    enum act_kind kind;
    enum tsm_err (*accept)(struct tx *tx, struct act_post *p);
    enum tsm_err (*after)(struct tx *tx, struct act_post *p);
    int64_t about; /* another act that the path names */
    struct element_ref ref;
    struct element el;
    json_t *body, *ask; /* owned while it runs */
    struct posted posted;
    int64_t id;
    json_t *answer;
};
/* 202 with the act. */
enum tsm_err care_post(struct act_post *p, struct http_request *q, struct http_reply *reply);
/* {id} of the path; NOT_FOUND where it is no number. */
enum tsm_err care_id_param(struct http_request *q, int64_t *id);

#endif
