/* SPDX-License-Identifier: Apache-2.0 */
/* A new version of a load file under applications that keep their data: a row of the owner's works. Stations
 * 6 and 11. Role. [GPCS Amendment H; capability S17] */
#ifndef TSM_ROLE_SEM_CONTENT_UPGRADE_H
#define TSM_ROLE_SEM_CONTENT_UPGRADE_H

#include "order/plan.h"
#include "role/sem/internal.h"

/* Which plan a work carries out; stored as the job's step. */
enum upgrade_stage { UPGRADE_FORWARD, UPGRADE_BACK };

/* The version that is on the element, for the way back. */
struct former {
    uint8_t hash[32], *content; /* content: room of FORMER_MAX octets, made when the call is read */
    size_t len;
};
enum { FORMER_MAX = 65535 };

struct turn;
enum tsm_err upgrade_read_call(struct turn *t, struct arena *arena);
enum tsm_err upgrade_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing);
enum tsm_err upgrade_load(struct turn *t, struct tx *tx);
const struct plan *upgrade_plan(const struct turn *t);
/* Always: the element may stand in the middle of an earlier one. */
bool upgrade_may_be_open(const struct turn *t);
/* The plan failed: true where the former version can be put back, and t is made ready for that. */
bool upgrade_turn_back(struct turn *t);
enum tsm_err upgrade_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

#endif
