/* SPDX-License-Identifier: Apache-2.0 */
/* The Remote Agent of GP SERAM: HTTP on one side, a port on the other. Station 9. Edge. [GP SERAM 2.0.0
 * /handshake, /remoteManagement] */
#include "link/seram/seram.h"

#include <stdlib.h>
#include <string.h>

static enum tsm_err session_of(const struct http_request *request, char id[SERAM_SESSION_MAX + 1])
{
    enum tsm_err e = http_query_param(request, "sessionId", id, SERAM_SESSION_MAX + 1);
    if (e == TSM_MISSING_FIELD || e == TSM_DUPLICATE_TAG)
        return e;
    if (e != TSM_OK || !id[0] ||
        id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")])
        return FAIL(NOT_FOUND, "there is no such session");
    return TSM_OK;
}

/* A session that has ended is as unknown to the agent as one that never was. */
static enum tsm_err as_unknown(enum tsm_err e)
{
    return e == TSM_EXPIRED ? TSM_NOT_FOUND : e;
}

/*
 * The messages name no batch, and where a channel does not protect answers two batches can be answered alike.
 * So a cookie names the batch: a repeated report comes with the cookie of the batch before. [HTTP REST
 * Binding: "may use another HTTP mechanism to reinforce the HTTP session"; agents should keep cookies, RFC
 * 6265]
 */
static const char cookie_name[] = "batch=";

static int64_t batch_of(const struct http_request *request)
{
    const char *cookie = http_header(request, "Cookie");
    while (cookie && *cookie) {
        if (!strncmp(cookie, cookie_name, sizeof cookie_name - 1))
            return strtoll(cookie + sizeof cookie_name - 1, NULL, 10);
        cookie += strcspn(cookie, ";");
        cookie += strspn(cookie, "; ");
    }
    return 0;
}

static enum tsm_err tell_batch(struct http_reply *reply, int64_t batch)
{
    return batch ? http_reply_header(reply, "Set-Cookie", "%s%lld; Path=/gp/seram; Secure; HttpOnly",
                                     cookie_name, (long long)batch)
                 : TSM_OK;
}

static enum tsm_err on_handshake(void *app, struct http_request *request, struct http_reply *reply)
{
    const struct seram_port *port = app;
    char session[SERAM_SESSION_MAX + 1], *json;
    struct seram_handshake h;
    enum tsm_err e;
    TRY(session_of(request, session));
    e = seram_handshake_read(request->body, &h);
    if (e == TSM_OK)
        e = port->handshake(port->self, session, h.elements, h.n);
    if (e == TSM_UNSUPPORTED) {
        http_reply_refusal(reply, 406, err_cause());
        return TSM_OK;
    }
    TRY(as_unknown(e));
    TRY(seram_choice_write(&json));
    return http_reply_text(reply, 200, "application/json", json);
}

/* One block for the answers that came and the commands that go, and the name of these. */
struct stores {
    uint8_t *at; /* owned */
    struct writer answers, commands;
    int64_t batch;
};

static enum tsm_err stores_new(size_t body, struct stores *out)
{
    struct stores s = {.at = malloc(body / 2 + SERAM_STORE)};
    struct writer all = {s.at, 0, body / 2 + SERAM_STORE};
    NEED(s.at, NO_MEMORY);
    s.answers.cap = body / 2;
    s.commands.cap = SERAM_STORE;
    if (write_slot(&all, body / 2, &s.answers.at) != TSM_OK ||
        write_slot(&all, SERAM_STORE, &s.commands.at) != TSM_OK) {
        free(s.at);
        return TSM_NO_ROOM;
    }
    *out = s;
    return TSM_OK;
}

static enum tsm_err exchange(const struct seram_port *port, const struct http_request *request,
                             struct stores *stores, char **json)
{
    char session[SERAM_SESSION_MAX + 1];
    struct seram_report report;
    struct seram_order order;
    unsigned wait = port->wait_ms && port->wait_ms < SERAM_WAIT_MS ? port->wait_ms : SERAM_WAIT_MS;
    TRY(session_of(request, session));
    TRY(seram_report_read(request->body, stores->answers, &report));
    report.batch = batch_of(request);
    seram_order_init(&order, stores->commands);
    TRY(as_unknown(port->report(port->self, session, &report, &order, wait)));
    stores->batch = order.batch;
    return seram_order_write(&order, json);
}

static enum tsm_err on_report(void *app, struct http_request *request, struct http_reply *reply)
{
    struct stores stores;
    char *json = NULL;
    enum tsm_err e;
    TRY(stores_new(request->body.len, &stores));
    e = exchange(app, request, &stores, &json);
    free(stores.at);
    TRY(e);
    e = tell_batch(reply, stores.batch);
    if (e != TSM_OK) {
        free(json);
        return e;
    }
    return http_reply_text(reply, 200, "application/json", json);
}

const struct http_route seram_routes[] = {
    {"POST", "/gp/seram/handshake", on_handshake, SERAM_BODY_MAX, "application/json"},
    {"POST", "/gp/seram/remoteManagement", on_report, SERAM_BODY_MAX, "application/json"},
    {NULL, NULL, NULL, 0, NULL},
};
