/* SPDX-License-Identifier: Apache-2.0 */
/* Telling a provider: one JSON event to its address, with an idempotency key. Station 12. Edge. [W3C Trace
 * Context 3.2]
 */
#include "link/callback.h"

#include <stdio.h>
#include <string.h>

enum { TRACE_DIGITS = 32, TRACEPARENT_ROOM = 56 };

enum tsm_err callback_deliver(struct http_client *client, const struct callback *c,
                              struct callback_answer *out)
{
    struct http_call call = {.method = "POST",
                             .url = c->url,
                             .content_type = "application/json",
                             .body = bytes_of_text(c->json),
                             .trust = c->trust,
                             .n_fields = 1,
                             .fields = {{"Idempotency-Key", c->key}}};
    struct http_answer answer;
    char traceparent[TRACEPARENT_ROOM];
    enum tsm_err e;
    *out = (struct callback_answer){0};
    if (strlen(c->trace) == TRACE_DIGITS) {
        /* The parent span has no id of its own here: the last half of the trace stands for it. */
        snprintf(traceparent, sizeof traceparent, "00-%s-%s-01", c->trace, c->trace + TRACE_DIGITS / 2);
        call.fields[call.n_fields].name = "traceparent";
        call.fields[call.n_fields++].value = traceparent;
    }
    TRY(http_client_call(client, &call, &answer));
    e = http_answer_class(answer.status);
    *out = (struct callback_answer){answer.status, answer.retry_after_s};
    http_answer_drop(&answer);
    return e;
}
