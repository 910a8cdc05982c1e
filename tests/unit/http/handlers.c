/* SPDX-License-Identifier: Apache-2.0 */
/* The routes that the HTTP tests serve. */
#include "handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void gate_await(struct gate *g, unsigned inside)
{
    pthread_mutex_lock(&g->lock);
    while (g->inside < inside)
        pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

void gate_open(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

static enum tsm_err wait_handler(void *app, struct http_request *request, struct http_reply *reply)
{
    struct gate *g = app;
    (void)request;
    pthread_mutex_lock(&g->lock);
    g->inside++;
    pthread_cond_broadcast(&g->changed);
    while (!g->open)
        pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
    return http_reply_json(reply, 200, json_pack("{sb}", "waited", 1));
}

static enum tsm_err echo(void *app, struct http_request *request, struct http_reply *reply)
{
    char *body = calloc(1, request->body.len + 1);
    (void)app;
    NEED(body, NO_MEMORY);
    if (request->body.len)
        memcpy(body, request->body.at, request->body.len);
    TRY(http_reply_text(reply, 200, "text/plain", body));
    reply->size = request->body.len;
    return TSM_OK;
}

static enum tsm_err taken(void *app, struct http_request *request, struct http_reply *reply)
{
    (void)app;
    return http_reply_json(reply, 200, json_pack("{sI}", "octets", (json_int_t)request->body.len));
}

static enum tsm_err order(void *app, struct http_request *request, struct http_reply *reply)
{
    char id[32], state[16] = "";
    int64_t limit;
    (void)app;
    TRY(http_path_param(request, "id", id, sizeof id));
    if (http_query_param(request, "state", state, sizeof state) != TSM_OK)
        state[0] = 0;
    TRY(http_query_number(request, "limit", (struct http_range){1, 100, 20}, &limit));
    TRY(http_reply_header(reply, "Location", "/orders/%s", id));
    return http_reply_json(reply, 200,
                           json_pack("{sssssI}", "id", id, "state", state, "limit", (json_int_t)limit));
}

static enum tsm_err json_echo(void *app, struct http_request *request, struct http_reply *reply)
{
    json_t *in;
    (void)app;
    TRY(json_read(request->body, &in));
    return http_reply_json(reply, 200, in);
}

static enum tsm_err failing(void *app, struct http_request *request, struct http_reply *reply)
{
    (void)app;
    (void)request;
    snprintf(reply->trace, sizeof reply->trace, "%032d", 7);
    return FAIL_FIELD(BAD_VALUE, "se.iccid", "the ICCID ends in a wrong check digit");
}

static enum tsm_err signed_in(void *app, struct http_request *request, struct http_reply *reply)
{
    const char *token;
    (void)app;
    TRY(http_bearer(request, &token));
    return http_reply_text(reply, 200, "text/plain", strdup(token));
}

static enum tsm_err who(void *app, struct http_request *request, struct http_reply *reply)
{
    (void)app;
    return http_reply_json(reply, 200,
                           json_pack("{ssssss}", "name", request->peer_name, "fingerprint",
                                     request->peer_fingerprint, "address", request->peer_address));
}

static enum tsm_err nothing(void *app, struct http_request *request, struct http_reply *reply)
{
    (void)app;
    (void)request;
    (void)reply;
    return TSM_OK;
}

static enum tsm_err big(void *app, struct http_request *request, struct http_reply *reply)
{
    size_t n = (size_t)8 << 20;
    char *body = malloc(n + 1);
    (void)app;
    (void)request;
    NEED(body, NO_MEMORY);
    memset(body, 'x', n);
    body[n] = 0;
    return http_reply_text(reply, 200, "text/plain", body);
}

const struct http_route handler_table[] = {
    {"POST", "/echo", echo, 0, NULL},
    {"POST", "/taken", taken, 0, NULL},
    {"POST", "/small", echo, 16, NULL},
    {"POST", "/json", json_echo, 0, "application/json, application/x-ndjson"},
    {"GET", "/orders/{id}", order, 0, NULL},
    {"DELETE", "/orders/{id}", nothing, 0, NULL},
    {"GET", "/failing", failing, 0, NULL},
    {"GET", "/token", signed_in, 0, NULL},
    {"GET", "/who", who, 0, NULL},
    {"GET", "/wait", wait_handler, 0, NULL},
    {"GET", "/big", big, 0, NULL},
    {"POST", "/plain/small", echo, 16, NULL},
    {"GET", "/plain/failing", failing, 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

static enum tsm_err tell_plainly(const struct http_refusal *why, struct http_reply *reply)
{
    char text[256];
    snprintf(text, sizeof text, "%d%s: %s", why->status, why->head ? "" : " unread", why->detail);
    return http_reply_text(reply, why->status, "text/plain", strdup(text));
}

const struct http_manner handler_manners[] = {{"/plain/", tell_plainly}, {NULL, NULL}};
