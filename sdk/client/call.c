/* SPDX-License-Identifier: Apache-2.0 */
/* One request to the back end, and what became of it in error categories. Edge.
 * [TR-03165 4.2.3.14, 4.2.4.4, docs/tsm-api.md] */
#include "client/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process/elements.h"
#include "wire/answer.h"
#include "wire/names.h"
#include "wire/object/wipe.h"

enum {
    HTTP_OK = 200,
    HTTP_ACCEPTED = 202,
    HTTP_REDIRECT = 300,
    HTTP_CLIENT_ERROR = 400,
    HTTP_UNAUTHORIZED = 401,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
    HTTP_TOO_MANY = 429,
    HTTP_SERVER_ERROR = 500,
};

/* The host of the base address, as the messages of the guideline name it. */
static int host_of(const struct tsm_api *api, const char **at)
{
    *at = api->base_url + strlen("https://");
    return (int)strcspn(*at, ":/");
}

/* The handset and getToken are asked for each request; a token that would break the header is none. */
static struct tsm_api_status get_token(struct tsm_api *api, char *token)
{
    if (api->device_is_sound && !api->device_is_sound(api->device_self))
        return status_of(TSM_API_DEVICE_INTEGRITY_CHECK_FAILED,
                         "device does not fulfil integrity conditions of the TSM");
    pthread_mutex_lock(&api->lock);
    struct tsm_api_access_token t = api->token;
    bool has = api->has_token;
    pthread_mutex_unlock(&api->lock);
    bool got = has ? t.get_token(t.self, token, TSM_API_MAX_TOKEN) : api->app_token != NULL;
    if (got && !has)
        snprintf(token, TSM_API_MAX_TOKEN + 1, "%s", api->app_token);
    token[TSM_API_MAX_TOKEN] = '\0';
    return got && token[0] && !strpbrk(token, " \r\n\t")
               ? STATUS_FINE
               : status_of(TSM_API_NOT_AUTHENTICATED, "could not retrieve access token");
}

enum https_end call_exchange(struct tsm_api *api, struct https *line, const struct https_request *r,
                             const char *what, struct https_answer *out)
{
    struct https_answer got = {0};
    log_say(&api->log, TSM_API_LOG_DEBUG, TSM_API_LOG_NETWORK, "%s", what);
    enum https_end end = https_send(line, r, &got);
    if (end == HTTPS_ANSWERED)
        log_say(&api->log, TSM_API_LOG_DEBUG, TSM_API_LOG_NETWORK, "%s: %ld, %zu bytes", what, got.status,
                got.len);
    else
        log_say(&api->log, end == HTTPS_STOPPED ? TSM_API_LOG_DEBUG : TSM_API_LOG_WARNING,
                TSM_API_LOG_NETWORK, "%s: %s", what, https_error(line));
    *out = got;
    return end;
}

static struct tsm_api_status status_of_end(const struct tsm_api *api, const struct https *line,
                                           enum https_end end)
{
    const char *host;
    int n = host_of(api, &host);
    switch (end) {
    case HTTPS_STOPPED:
        return status_of(TSM_API_EXECUTION_INTERRUPTED, "the app has closed its client");
    case HTTPS_TOO_LONG:
        return status_of(TSM_API_INTERNAL_ERROR, "host '%.*s': %s", n, host, https_error(line));
    case HTTPS_ANSWERED:
    case HTTPS_NO_CONNECTION:
    case HTTPS_LOST:
        break;
    }
    return status_of(TSM_API_NETWORK_CONNECTION_ERROR, "host '%.*s': %s", n, host, https_error(line));
}

/* What an answer without words of its own means. */
static struct tsm_api_status status_of_http(const struct tsm_api *api, long http)
{
    const char *host;
    int n = host_of(api, &host);
    if (http == HTTP_UNAUTHORIZED)
        return status_of(TSM_API_NOT_AUTHENTICATED, "the access token was refused");
    if (http == HTTP_FORBIDDEN)
        return status_of(TSM_API_UNAUTHORIZED, "app not authorized");
    if (http == HTTP_NOT_FOUND)
        return status_of(TSM_API_NOT_FOUND, "host '%.*s' does not have this resource", n, host);
    if (http >= HTTP_REDIRECT && http < HTTP_CLIENT_ERROR)
        return status_of(TSM_API_TSM_NOT_AVAILABLE,
                         "host '%.*s' answers with a redirection, which is refused", n, host);
    if (http >= HTTP_SERVER_ERROR || http == HTTP_TOO_MANY)
        return status_of(TSM_API_TSM_NOT_AVAILABLE, "host '%.*s' answers with status %ld", n, host, http);
    return status_of(TSM_API_INTERNAL_ERROR, "host '%.*s' answers with status %ld", n, host, http);
}

static struct tsm_api_status judge(const struct tsm_api *api, const struct https_answer *a)
{
    struct tsm_api_status s;
    if (a->status == HTTP_OK || a->status == HTTP_ACCEPTED)
        return STATUS_FINE;
    if (a->status >= HTTP_CLIENT_ERROR && answer_status(BYTES_OF(a->at, a->len), &s) == TSM_OK &&
        s.execution_status != TSM_API_SUCCESS)
        return s;
    return status_of_http(api, a->status);
}

/* What is sent of a call. */
struct sending {
    const char *path, *text;
    enum https_end end;
};

/* The request's name in the log: its path without the query. */
static struct tsm_api_status send_text(struct tsm_api *api, struct https *line, struct sending *send,
                                       struct https_answer *out)
{
    char url[HTTPS_MAX_URL], what[TSM_API_MAX_LOG_TEXT], token[TSM_API_MAX_TOKEN + 1] = "";
    struct tsm_api_status s = get_token(api, token);
    snprintf(url, sizeof url, "%s/%s", api->base_url, send->path);
    snprintf(what, sizeof what, "%s %.*s", send->text ? "POST" : "GET", (int)strcspn(send->path, "?"),
             send->path);
    if (s.execution_status == TSM_API_SUCCESS) {
        send->end = call_exchange(api, line, &(struct https_request){url, send->text, token}, what, out);
        s = send->end == HTTPS_ANSWERED ? judge(api, out) : status_of_end(api, line, send->end);
    }
    explicit_bzero(token, sizeof token);
    return s;
}

struct tsm_api_status call_send(struct tsm_api *api, struct https *line, const struct call *c,
                                struct https_answer *out, enum https_end *end)
{
    struct https_answer got = {0};
    struct tsm_api_status s;
    char *text = c->body ? json_text_once(c->body) : NULL;
    struct sending send = {c->path, text, HTTPS_NO_CONNECTION};
    if (c->body && !text)
        s = status_of(TSM_API_INTERNAL_ERROR, "memory is exhausted");
    else
        s = send_text(api, line, &send, &got);
    text_wipe(text); /* personalisation data */
    if (end)
        *end = send.end;
    if (s.execution_status != TSM_API_SUCCESS)
        https_answer_clear(&got);
    *out = got;
    return s;
}

bool call_may_retry(const struct tsm_api_status *s, enum https_end end)
{
    int e = s->execution_status;
    if (end == HTTPS_ANSWERED)
        return e == TSM_API_TSM_NOT_AVAILABLE || e == TSM_API_OVERLOAD_PROTECTION ||
               e == TSM_API_UNDER_MAINTENANCE;
    return e == TSM_API_NETWORK_CONNECTION_ERROR;
}

void call_instances(struct tsm_api *api, struct https *line, const char *service_id,
                    struct tsm_api_instances_result *out)
{
    struct component components[TSM_API_MAX_READERS];
    struct https_answer answer = {0};
    json_t *body = request_service(service_id, NULL);
    size_t n = elements_describe(api, components);
    struct tsm_api_status s = status_of(TSM_API_INTERNAL_ERROR, "memory is exhausted");
    if (body && request_add_device(body, api->caller_id, components, n))
        s = call_send(api, line, &(struct call){"getServiceInstances", body}, &answer, NULL);
    if (s.execution_status == TSM_API_SUCCESS &&
        answer_instances(BYTES_OF(answer.at, answer.len), out) != TSM_OK)
        s = status_of(TSM_API_INTERNAL_ERROR, "the answer is not understood: %s", err_cause());
    if (s.execution_status != TSM_API_SUCCESS)
        answer_failed_instances(&s, out);
    https_answer_clear(&answer);
    json_decref(body);
}
