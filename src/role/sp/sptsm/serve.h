/* SPDX-License-Identifier: Apache-2.0 */
/* The administration interface of TR-03165 as the listener sees it. Station 1. Role. [TR-03165 4.1.1] */
#ifndef TSM_ROLE_SP_SPTSM_SERVE_H
#define TSM_ROLE_SP_SPTSM_SERVE_H

#include "http/server.h"

#define SPTSM_BASE "/sptsm/1.0/"
enum { SPTSM_BODY_MAX = 16 * 1024 * 1024 }; /* beyond it the listener answers without reading */

/* Every method and path below the base address; app: struct sp. */
enum tsm_err sptsm_handle(void *app, struct http_request *q, struct http_reply *reply);
/* What the listener refuses there, as a GeneralError; 404 has no body. */
enum tsm_err sptsm_tell(const struct http_refusal *why, struct http_reply *reply);

#endif
