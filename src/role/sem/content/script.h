/* SPDX-License-Identifier: Apache-2.0 */
/* Offline scripts signed by the owner's token: GET /api/v1/script-key (what a root certifies), POST and GET
 * /api/v1/scripts. Stations 1 and 5. Role. [GPCS Amendment I; capability S16] */
#ifndef TSM_ROLE_SEM_CONTENT_SCRIPT_H
#define TSM_ROLE_SEM_CONTENT_SCRIPT_H

#include "role/sem/internal.h"

#define SCRIPT_KEY "script" /* P-256, in the owner's token; made when it is asked for first */

enum tsm_err sem_get_script_key(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_post_script(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_list_scripts(void *app, struct http_request *q, struct http_reply *reply);

#endif
