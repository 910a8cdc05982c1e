/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of the owner's care. Station 1. Role. */
#ifndef TSM_ROLE_SEM_CARE_API_H
#define TSM_ROLE_SEM_CARE_API_H

#include "engine/engine.h"
#include "role/sem/internal.h"

enum { CAMPAIGN_BODY_MAX = 4 << 20 }; /* a list of names */

/* Acts on one element. */
enum tsm_err care_post_audit(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_repair(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_lock(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_unlock(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_terminate(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_rotation(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_get_act(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_list_acts(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_get_keys(void *app, struct http_request *q, struct http_reply *reply);

/* Campaigns. */
enum tsm_err care_post_campaign(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_list_campaigns(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_get_campaign(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_list_members(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_campaign_state(void *app, struct http_request *q, struct http_reply *reply);

/* Access rules, contactless order. */
enum tsm_err care_get_rules(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_rules(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_list_templates(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_put_template(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_delete_template(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err care_post_contactless(void *app, struct http_request *q, struct http_reply *reply);

#endif
