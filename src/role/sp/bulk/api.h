/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a provider's campaigns: /api/v1/campaigns for a provider's token. Station 1. Role. */
#ifndef TSM_ROLE_SP_BULK_API_H
#define TSM_ROLE_SP_BULK_API_H

#include "http/server.h"

/* POST: 202 and the campaign; the selection is made before it is answered. */
enum tsm_err bulk_post(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err bulk_list(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err bulk_get(void *app, struct http_request *q, struct http_reply *reply);
/* Its instances, ?after=ID&state=planned|running|done|failed. */
enum tsm_err bulk_members(void *app, struct http_request *q, struct http_reply *reply);
/* POST /{id}/pause, resume, stop. */
enum tsm_err bulk_hand(void *app, struct http_request *q, struct http_reply *reply);

#endif
