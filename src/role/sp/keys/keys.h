/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider's keys by name: taken in and given out as key blocks under keys that were agreed before; made as
 * card issuers' RSA pairs. Values are never shown; the same names stand in profiles and scripts. Two persons
 * for one act are not asked for here: who may call is who has the provider's token. Stations 1 and 2. Role.
 * [ANSI X9.143; EMV Book 2 5.1]
 */
#ifndef TSM_ROLE_SP_KEYS_KEYS_H
#define TSM_ROLE_SP_KEYS_KEYS_H

#include "role/sp/sp.h"

enum { KEYS_BODY_MAX = 4096 };

/* POST /api/v1/keys: {"name", "kbpk", "block"} takes a key in, {"name", "kind": "rsa-card", "bits"} makes a
 * pair: 201 with what may be known. GET: the list. GET /{name}: one, of a pair with its public numbers. */
enum tsm_err sp_post_key(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_list_keys(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_get_key(void *app, struct http_request *q, struct http_reply *reply);
/* POST /api/v1/keys/{name}/export: {"kbpk", "version"?, "exportability"?} gives {"block"}, for keys whose
 * block allows it. */
enum tsm_err sp_export_key(void *app, struct http_request *q, struct http_reply *reply);

#endif
