/* SPDX-License-Identifier: Apache-2.0 */
/* The instance that an order is about: by its id, or by service and element; made by the first deploy.
 * Station
 * 2. Role. [TR-03165 3.2.2] */
#ifndef TSM_ROLE_SP_LIFE_SUBJECT_H
#define TSM_ROLE_SP_LIFE_SUBJECT_H

#include "role/sp/internal.h"

struct subject {
    int64_t instance;   /* that is named; 0: none */
    int64_t by_element; /* that of an element which is named another way than when it was deployed; 0: none */
    int64_t service;    /* found */
};

/* Sets the order's instance, and its service and element where they were not said. NOT_FOUND, the field
 * service named where that is it. */
enum tsm_err subject_find(struct tx *tx, struct subject *s, struct order *o);
/* A service by its name, or by the id that the administration interface gave it; NOT_FOUND, the field service
 * named. */
enum tsm_err subject_service(struct tx *tx, int64_t party, const char *word, int64_t *id);
/* How an order names a service: by its name, or by its id where the name is longer than an order's is: a name
 * that is cut is no name of anything, and may end within a character. */
enum tsm_err subject_service_word(struct tx *tx, int64_t service, const char *name,
                                  char out[SERVICE_MAX + 1]);
/* ORPHANED, WRONG_STATE, BAD_VALUE as order/life/commands.h; NOT_FOUND (field version), NOT_ELIGIBLE for the
 * version. *state is the instance's, also then. */
enum tsm_err subject_judge(struct tx *tx, const struct subject *s, const struct order *o, int64_t *state);

#endif
