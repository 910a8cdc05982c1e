/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the back end, with the app's token, and what became of it in error categories. Edge.
 * [TR-03165 4.2.3.14, 4.2.4.4, docs/tsm-api.md] */
#ifndef OPENTSM_SDK_CALL_H
#define OPENTSM_SDK_CALL_H

#include "client/client.h"

struct call {
    const char *path;   /* behind the base address, with its query */
    const json_t *body; /* of a POST; NULL: GET */
};

/*
 * Sends it and logs it. execution_status 0 and *out (cleared by the caller) for an answer 200 or 202; else
 * the error: the one that the back end names, or 1, 2, 3, 5 as the answer or its absence allows. *end (may be
 * NULL) says how far the request came.
 */
struct tsm_api_status call_send(struct tsm_api *api, struct https *line, const struct call *c,
                                struct https_answer *out, enum https_end *end);

/* Sends a text to an address and logs it as `what`; for the exchange, which has no token. */
enum https_end call_exchange(struct tsm_api *api, struct https *line, const struct https_request *r,
                             const char *what, struct https_answer *out);

/* Whether the same call may succeed in a moment. */
bool call_may_retry(const struct tsm_api_status *s, enum https_end end);

/* Asks getServiceInstances; for callers that have checked service_id. */
void call_instances(struct tsm_api *api, struct https *line, const char *service_id,
                    struct tsm_api_instances_result *out);

#endif
