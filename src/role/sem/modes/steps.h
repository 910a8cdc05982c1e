/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry writes around the steps of modes/, by the rows of registry.c. Stations 6 and 11. Role. */
#ifndef TSM_ROLE_SEM_MODES_STEPS_H
#define TSM_ROLE_SEM_MODES_STEPS_H

#include "gp/delegated/token.h"
#include "role/sem/work.h"

/* The environment that the owner keeps for all, and who is listed in it. */
enum tsm_err directory_made(struct turn *t, struct tx *tx, int arg, bool certain);
enum tsm_err directory_moved(struct turn *t, struct tx *tx, int arg);
enum tsm_err directory_refused(struct turn *t, struct tx *tx, int arg);
enum tsm_err directory_written(struct turn *t, struct tx *tx, int arg);
enum tsm_err directory_deleted(struct turn *t, struct tx *tx, int arg);

/* Answers to the questions of plan_confirm; what a signed command has done for certain, or has not. */
enum tsm_err settle_counter(struct turn *t, struct tx *tx, int arg);
enum tsm_err settle_objects(struct turn *t, struct tx *tx, int arg);
enum tsm_err token_command_done(struct turn *t, struct tx *tx, const struct gp_token_command *c);
enum tsm_err token_command_not_done(struct turn *t, struct tx *tx, const struct gp_token_command *c);

/* Ends of works. */
enum tsm_err creation_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
enum tsm_err installation_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);
enum tsm_err removal_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply);

#endif
