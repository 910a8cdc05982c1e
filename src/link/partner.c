/* SPDX-License-Identifier: Apache-2.0 */
/* Partner messages as JSON over mutual TLS: one route in, one call out. Station 6. Edge. [W3C Trace
 * Context 3.2] */
#include "link/partner.h"

#include <stdio.h>
#include <string.h>

enum { URL_MAX = 1024, TRACE_AT = 3, TRACE_DIGITS = 32, TRACEPARENT_LEN = 55 };

static bool is_verb(const char *text)
{
    return text[0] && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")];
}

static enum tsm_err check_key(const char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < n; i++)
        if (key[i] <= ' ' || key[i] > '~')
            n = 0;
    if (!n || n > PARTNER_KEY_MAX)
        return FAIL_FIELD(BAD_VALUE, "Idempotency-Key", "the key must have 1 to %d visible characters",
                          PARTNER_KEY_MAX);
    return TSM_OK;
}

static enum tsm_err check_json(struct bytes body)
{
    json_t *v;
    bool object;
    TRY(json_read(body, &v));
    object = json_is_object(v);
    json_decref(v);
    if (!object)
        return FAIL(BAD_FORM, "a JSON object is asked for");
    return TSM_OK;
}

/* "00-<32 hex digits>-<16>-<2>"; anything else is no trace, as the standard wants it. */
static void read_trace(const struct http_request *request, char trace[PARTNER_TRACE])
{
    const char *parent = http_header(request, "traceparent");
    if (!parent || strlen(parent) != TRACEPARENT_LEN || strncmp(parent, "00-", TRACE_AT) != 0 ||
        strspn(parent + TRACE_AT, "0123456789abcdef") != TRACE_DIGITS)
        return;
    snprintf(trace, PARTNER_TRACE, "%.*s", TRACE_DIGITS, parent + TRACE_AT);
}

static enum tsm_err on_message(void *app, struct http_request *request, struct http_reply *reply)
{
    const struct partner_port *port = app;
    struct partner_message m = {.peer_name = request->peer_name,
                                .peer_fingerprint = request->peer_fingerprint,
                                .json = request->body};
    char verb[PARTNER_VERB_MAX + 1], *answer = NULL;
    if (!request->peer_fingerprint[0])
        return FAIL(NOT_ALLOWED, "a partner must show its certificate");
    TRY(http_path_param(request, "verb", verb, sizeof verb));
    if (!is_verb(verb))
        return FAIL(NOT_FOUND, "there is no such verb");
    m.verb = verb;
    TRY(http_header_once(request, "Idempotency-Key", &m.key));
    TRY(check_key(m.key));
    TRY(check_json(request->body));
    read_trace(request, m.trace);
    memcpy(reply->trace, m.trace, sizeof reply->trace);
    TRY(port->received(port->self, &m, &answer));
    if (answer)
        return http_reply_text(reply, 200, "application/json", answer);
    reply->status = 202;
    return TSM_OK;
}

const struct http_route partner_routes[] = {
    {"POST", "/partner/v1/{verb}", on_message, PARTNER_BODY_MAX, "application/json"},
    {NULL, NULL, NULL, 0, NULL},
};

enum tsm_err partner_send(void *self, const char *url, const char *verb, const char *key, const char *json)
{
    char full[URL_MAX];
    struct http_answer answer;
    int n = snprintf(full, sizeof full, "%s/partner/v1/%s", url, verb);
    struct http_call call = {.method = "POST",
                             .url = full,
                             .content_type = "application/json",
                             .body = bytes_of_text(json),
                             .n_fields = 1,
                             .fields = {{"Idempotency-Key", key}}};
    enum tsm_err e;
    NEED(n > 0 && (size_t)n < sizeof full, TOO_LONG);
    NEED(is_verb(verb), BAD_VALUE);
    TRY(check_key(key));
    TRY(http_client_call(self, &call, &answer));
    e = http_answer_class(answer.status);
    http_answer_drop(&answer);
    return e;
}
