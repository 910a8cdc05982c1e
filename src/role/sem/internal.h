/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the owner's role share. Role. */
#ifndef TSM_ROLE_SEM_INTERNAL_H
#define TSM_ROLE_SEM_INTERNAL_H

#include "base/json.h"
#include "engine/access.h"
#include "engine/element.h"
#include "engine/note.h"
#include "role/sem/sem.h"

struct sem {
    struct sem_config c;
};

enum tsm_err sem_import(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_get_element(void *app, struct http_request *q, struct http_reply *reply);

#endif
