/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of requests to the back end. Pure but for allocation. [docs/tsm-api.md, TR-03165 4.2.5] */
#ifndef OPENTSM_SDK_REQUEST_H
#define OPENTSM_SDK_REQUEST_H

#include "opentsm_tsm_api.h"
#include "wire/object/memory.h"

enum { OBJECT_MAX = 256 }; /* octets of a data object that is read from an element */

/* What an element tells of itself; len 0: it does not tell. */
struct data_object {
    uint8_t at[OBJECT_MAX];
    size_t len;
};

/* One secure component of the handset. */
struct component {
    char reader[TSM_API_MAX_NAME + 1];
    enum tsm_api_access access;
    struct data_object cplc, recognition, capabilities; /* whole data objects 9F7F, 66, 67 */
    struct tsm_api_identity identity;
};

/* All: a new reference with the members that the request has beside `device`; NULL when memory is exhausted
 * or a text is no UTF-8. */
json_t *request_service(const char *service_id, const char *version); /* version may be NULL */
json_t *request_deployment(const struct tsm_api_deployment *d);
json_t *request_suspension(const char *service_instance_id, bool suspension_control);
json_t *request_instance(const char *service_instance_id, const char *new_version); /* may be NULL */

/* Adds `device`; false when memory is exhausted. */
bool request_add_device(json_t *body, const char *caller_id, const struct component *components, size_t n);

#endif
