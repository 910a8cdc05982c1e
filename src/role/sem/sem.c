/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's role as app sees it: addresses, engine row, partner verbs. Role. */
#include "role/sem/sem.h"

#include <stdlib.h>

#include "role/sem/work.h"

const struct http_route sem_routes[] = {
    {"POST", "/api/v1/secure-elements", sem_import, IMPORT_BODY_MAX,
     "application/x-ndjson, application/json, text/csv"},
    {"GET", "/api/v1/secure-elements/{ref}", sem_get_element, 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

enum tsm_err sem_new(const struct sem_config *config, struct sem **out)
{
    struct sem *sem = calloc(1, sizeof *sem);
    NEED(sem != NULL, NO_MEMORY);
    sem->c = *config;
    *out = sem;
    return TSM_OK;
}

void sem_free(struct sem *sem)
{
    free(sem);
}

enum tsm_err sem_answer_partners(struct sem *sem)
{
    static const struct {
        enum partner_verb verb;
        enum tsm_err (*accept)(void *self, struct tx *tx, const struct partner_call *call);
    } rows[] = {
        {VERB_CHECK_ELIGIBILITY, sem_check_eligibility}, {VERB_BOOK_SPACE, sem_book_space},
        {VERB_RELEASE_SPACE, sem_release_space},         {VERB_CREATE_DOMAIN, sem_accept_work},
        {VERB_LOAD_AND_INSTALL, sem_accept_work},        {VERB_REMOVE, sem_accept_work},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        TRY(partners_add(sem->c.partners, &(struct partner_row){rows[i].verb, rows[i].accept, sem}));
    return TSM_OK;
}
