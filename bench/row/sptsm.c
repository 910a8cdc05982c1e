/* SPDX-License-Identifier: Apache-2.0 */
/* Row sptsm_read: GET of one service of the TR-03165 administration interface over TLS, among 10,000. Bench
 * only. Stations 1 and 2. */
#include <stdlib.h>
#include <string.h>

#include "bare/store/read.h"
#include "net.h"
#include "server.h"
#include "store/sql.h"

enum {
    CONNECTIONS = 16,
    SERVICES = 10000,
    READS = 20000, /* a round */
    STEP = 7919,   /* a prime: reads jump over the table */
    TOKEN_ROOM = 128,
    GOAL_RATE = 3000,
    GOAL_P99_MS = 10,
};

struct sptsm_row {
    const struct bench *b;
    struct server server;
    SSL_CTX *tls;
    char longterm[TOKEN_ROOM], token[TOKEN_ROOM];
    struct bare_read bare;
    double processor; /* of the server, over all rounds */
    double p50[ROUNDS_MAX], p99[ROUNDS_MAX];
    unsigned rounds;
};

static size_t make_service(void *self, size_t i, char *request)
{
    const struct sptsm_row *r = self;
    char body[160];
    int len = snprintf(body, sizeof body,
                       "{\"name\":\"service %zu\",\"accessAuthorizedDeviceApps\":[\"A00000021784013C0110\"],"
                       "\"spParameters\":{\"region\":\"%zu\"}}",
                       i, i % 16);
    return (size_t)snprintf(request, NET_REQUEST_MAX,
                            "POST /sptsm/1.0/services HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                            "%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                            r->token, len, body);
}

static size_t make_read(void *self, size_t i, char *request)
{
    const struct sptsm_row *r = self;
    return (size_t)snprintf(request, NET_REQUEST_MAX,
                            "GET /sptsm/1.0/services/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                            "%s\r\n\r\n",
                            r->bare.uid[i * STEP % r->bare.uids], r->token);
}

static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct sptsm_row *r = self;
    struct load load = {r->tls, r->server.api_port, CONNECTIONS, n, make_read, r, 200};
    struct load_result result;
    double before = server_processor(&r->server);
    TRY(load_run(&load, &result));
    r->processor += server_processor(&r->server) - before;
    r->p50[r->rounds] = result.p50;
    r->p99[r->rounds++] = result.p99;
    *seconds = result.seconds;
    return TSM_OK;
}

static enum tsm_err bare(void *self, size_t n, double *seconds)
{
    struct sptsm_row *r = self;
    *seconds = bare_read_run(&r->bare, n);
    return TSM_OK;
}

/* The short-term token is a JSON text. */
static enum tsm_err sign_in(struct sptsm_row *r)
{
    struct net *n = calloc(1, sizeof *n);
    char request[512];
    int status = 0, len;
    enum tsm_err e;
    NEED(n != NULL, NO_MEMORY);
    len = snprintf(request, sizeof request,
                   "POST /sptsm/1.0/auth HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                   "%s\r\nContent-Length: 0\r\n\r\n",
                   r->longterm);
    e = net_open(r->tls, r->server.api_port, n);
    if (e == TSM_OK)
        e = net_ask(n, request, (size_t)len, &status);
    if (e == TSM_OK && (status != 200 || sscanf(n->body, "\"%127[^\"]\"", r->token) != 1))
        e = FAIL(PEER_REFUSED, "the sign-in was answered with %d", status);
    net_close(n);
    free(n);
    return e;
}

static enum tsm_err make_services(struct sptsm_row *r)
{
    struct load load = {r->tls, r->server.api_port, CONNECTIONS, SERVICES, make_service, r, 200};
    struct load_result result;
    struct bare_read_sql sql = {.session = sql_table[SQL_TR_SESSION_GET].text,
                                .find = sql_table[SQL_TR_FIND].text,
                                .body = sql_table[SQL_TR_BY_ID].text};
    char path[PATH_ROOM + 32];
    TRY(load_run(&load, &result));
    snprintf(path, sizeof path, "%s/tsm.db", r->b->house);
    NEED(bare_read_open(&r->bare, path, &sql), DATABASE);
    return TSM_OK;
}

static void say(struct sptsm_row *r, const struct measured *m)
{
    struct result out = result_of("sptsm_read", "1/s", m);
    double p50 = median(r->p50, r->rounds) * 1000, p99 = median(r->p99, r->rounds) * 1000;
    out.met = out.value >= GOAL_RATE && p99 < GOAL_P99_MS;
    snprintf(out.goal, sizeof out.goal, ">= %d/s, p99 < %d ms", GOAL_RATE, GOAL_P99_MS);
    snprintf(out.how, sizeof out.how,
             "GET /sptsm/1.0/services/{id} among %zu services over TLS, %d connections kept alive, client on "
             "the same machine: p50 %.2f ms, p99 %.2f ms, %.0f us of the server's processor time a request; "
             "bare: one thread, the same statements on the same database, without HTTP, TLS and JSON",
             r->bare.uids, CONNECTIONS, p50, p99, r->processor / (double)(r->rounds * READS) * 1e6);
    report(r->b, &out);
}

static enum tsm_err with_server(struct sptsm_row *r)
{
    struct pair pair = {{ours, r}, {bare, r}, READS, false};
    struct measured m;
    char ca[PATH_ROOM + 64];
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", r->b->house);
    TRY(house_read(r->b, "token.administrator", r->longterm, sizeof r->longterm));
    TRY(net_tls(ca, &r->tls));
    TRY(sign_in(r));
    TRY(make_services(r));
    TRY(measure(r->b, &pair, &m));
    say(r, &m);
    return TSM_OK;
}

enum tsm_err row_sptsm_read(struct bench *b)
{
    struct sptsm_row *r = calloc(1, sizeof *r);
    enum tsm_err e;
    NEED(r != NULL, NO_MEMORY);
    r->b = b;
    e = server_start(b, &r->server);
    if (e == TSM_OK)
        e = with_server(r);
    server_stop(&r->server);
    SSL_CTX_free(r->tls);
    bare_read_close(&r->bare);
    free(r);
    return e;
}
