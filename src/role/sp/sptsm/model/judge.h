/* SPDX-License-Identifier: Apache-2.0 */
/* A body that a provider sends against the attribute tables: what becomes of the entity, what it refers to,
 * or the one error. Station 2. Role, without I/O. [TR-03165 4.1.4, 4.1.5.2] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_JUDGE_H
#define TSM_ROLE_SP_SPTSM_MODEL_JUDGE_H

#include "role/sp/sptsm/model/entity.h"
#include "role/sp/sptsm/model/refusal.h"

enum { TR_PATH_MAX = 120 };

struct judging {
    enum tr_kind kind;
    bool create;                      /* POST; else PUT */
    bool linking;                     /* what is mandatory may become empty: links are taken away */
    const char *published_by;         /* id of a published flavor that holds the entity; NULL: none */
    const char *assigned[TR_SOURCES]; /* for automatic attributes, on create */
    struct refusal *refusal;
};

/*
 * The entity after the request: on create from what is given and assigned, on PUT the old one changed where
 * something is given. Attributes stand in the order of the table, all of them. *out is owned by the caller.
 * BAD_VALUE with the refusal set; NO_MEMORY.
 */
enum tsm_err judge_body(const struct judging *j, const json_t *given, const json_t *old, json_t **out);

/* Calls `each` for every id that the entity refers to, until it fails. */
typedef enum tsm_err (*judge_reference)(void *self, enum tr_kind kind, const char *uid);
enum tsm_err judge_references(enum tr_kind kind, const json_t *entity, judge_reference each, void *self);

#endif
