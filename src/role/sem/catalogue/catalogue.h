/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of profiles as the role sees it: its addresses, and the act that finds an element's profile.
 * Stations 1 and 4. Role. [capability S2] */
#ifndef TSM_ROLE_SEM_CATALOGUE_CATALOGUE_H
#define TSM_ROLE_SEM_CATALOGUE_CATALOGUE_H

#include "role/sem/internal.h"

enum tsm_err sem_list_profiles(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_get_profile(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_profile(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_put_profile(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_retire_profile(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_list_components(void *app, struct http_request *q, struct http_reply *reply);
/* Asks a live element what it is: an act, 202. */
enum tsm_err sem_post_identify(void *app, struct http_request *q, struct http_reply *reply);

#endif
