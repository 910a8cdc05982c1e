/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the owner's role share. Role. */
#ifndef TSM_ROLE_SEM_INTERNAL_H
#define TSM_ROLE_SEM_INTERNAL_H

#include "base/json.h"
#include "engine/access.h"
#include "engine/element/element.h"
#include "engine/note.h"
#include "role/sem/sem.h"

struct sem {
    struct sem_config c;
    char device_url[320]; /* where device agents find the remote agent */
};

/* The operator that asks; NOT_SIGNED_IN, NOT_ALLOWED. */
enum tsm_err sem_operator(struct sem *sem, struct http_request *q, struct caller *who);

#endif
