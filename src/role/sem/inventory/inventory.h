/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's inventory as the role sees it: its addresses. Stations 1 and 4. Role. [capabilities S1, S2, S9,
 * S13] */
#ifndef TSM_ROLE_SEM_INVENTORY_INVENTORY_H
#define TSM_ROLE_SEM_INVENTORY_INVENTORY_H

#include "role/sem/internal.h"

/* The element of {ref} in the path, by its id or any of its names; NOT_FOUND for another owner's. */
struct element_ref {
    int64_t owner;
    char text[IDENT_MAX + 1];
};
enum tsm_err element_ref_read(struct sem *sem, struct http_request *q, struct element_ref *out);
enum tsm_err element_ref_find(struct tx *tx, const struct element_ref *ref, struct element *out);

enum tsm_err sem_import(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_get_import_key(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_list_elements(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_get_element(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_change_element(void *app, struct http_request *q, struct http_reply *reply);

/* The same judgement for who only looks: no session is opened, nothing is written. */
enum tsm_err sem_look_eligibility(void *self, struct tx *tx, const struct partner_call *call, json_t **reply);

/* An element's successor, two rows of one element, who may come onto the owner's elements. */
enum tsm_err sem_renew_element(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_merge_elements(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sem_put_access(void *app, struct http_request *q, struct http_reply *reply);

enum {
    IMPORT_BODY_MAX = 64 << 20,
    IMPORT_BATCH = 500,
    IMPORT_REFUSED_SHOWN = 100,
    ELEMENTS_SHOWN_MAX = 200,
    RENEWAL_PROVIDERS_MAX = 64
};

#endif
