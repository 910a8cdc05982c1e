/* SPDX-License-Identifier: Apache-2.0 */
/* What the addresses of modes/ share: a work begun by a request, an element's name. Station 1. Role. */
#ifndef TSM_ROLE_SEM_MODES_DESK_H
#define TSM_ROLE_SEM_MODES_DESK_H

#include "engine/element/element.h"
#include "role/sem/modes/modes.h"

/* {"iccid": ".."} or whatever name it has. */
json_t *element_name(const struct element *el);
/* Members that are none of `names` (ended by NULL) are refused by name: a quota misspelt would be none.
 * UNKNOWN_FIELD. */
enum tsm_err members_known(const json_t *ask, const char *const *names);
/* Reads the body, begins the work, answers 202. */
enum tsm_err work_post(struct sem *sem, struct http_request *q, struct http_reply *reply, int64_t verb);

enum tsm_err sem_post_tokens(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_receipts(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_get_token_key(void *app, struct http_request *q, struct http_reply *reply);

#endif
