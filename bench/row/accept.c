/* SPDX-License-Identifier: Apache-2.0 */
/* Row orders_accept: POST /api/v1/orders over TLS from many connections at once, each order durable when it
 * is answered. Bench only. Stations 1 to 3. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bare/store/accept.h"
#include "fleet.h"
#include "net.h"
#include "server.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"

enum {
    CONNECTIONS = 32,
    ORDERS = 10000,  /* a round */
    DATA_MAX = 1024, /* a card's data as compact JWE */
    GOAL_RATE = 5000,
    GOAL_P99_MS = 10,
    GOAL_FLUSHES = 5000,
};

struct accept_row {
    const struct bench *b;
    struct server server;
    SSL_CTX *tls;
    char token[128], data[DATA_MAX];
    size_t next; /* the next element: each order is for another */
    struct bare_accept bare;
    double processor, units, commits; /* of the server, over all rounds */
    double p50[ROUNDS_MAX], p99[ROUNDS_MAX];
    unsigned rounds;
};

static size_t make_order(void *self, size_t i, char *request)
{
    const struct accept_row *r = self;
    char body[DATA_MAX + 256], iccid[ICCID_ROOM];
    int len = snprintf(
        body, sizeof body,
        "{\"operation\":\"deploy\",\"service\":\"demo-payment\",\"se\":{\"iccid\":\"%s\"},\"data\":\"%s\"}",
        fleet_iccid(r->next + i, iccid), r->data);
    return (size_t)snprintf(request, NET_REQUEST_MAX,
                            "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                            r->token, len, body);
}

static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct accept_row *r = self;
    struct load load = {r->tls, r->server.api_port, CONNECTIONS, n, make_order, r, 202};
    struct load_result result;
    double before = server_processor(&r->server);
    TRY(load_run(&load, &result));
    r->processor += server_processor(&r->server) - before;
    r->next += n;
    r->p50[r->rounds] = result.p50;
    r->p99[r->rounds++] = result.p99;
    *seconds = result.seconds;
    return TSM_OK;
}

/* The server, which still works on the orders, stands still meanwhile. */
static enum tsm_err bare(void *self, size_t n, double *seconds)
{
    struct accept_row *r = self;
    kill(r->server.pid, SIGSTOP);
    *seconds = bare_accept_run(&r->bare, n, CONNECTIONS, strlen(r->data));
    kill(r->server.pid, SIGCONT);
    return TSM_OK;
}

/* The schema comes from the server's own database, before it has any order. */
static enum tsm_err open_bare(struct accept_row *r)
{
    char command[3 * PATH_ROOM], path[PATH_ROOM + 64];
    struct bare_accept_sql sql = {.token = sql_table[SQL_TOKEN_FIND].text,
                                  .service = sql_table[SQL_SERVICE_BY_NAME].text,
                                  .find = sql_table[SQL_INSTANCE_FIND].text,
                                  .instance = sql_table[SQL_INSTANCE_ADD].text,
                                  .order = sql_table[SQL_ORDER_ADD].text,
                                  .job = sql_table[SQL_JOB_ADD].text,
                                  .event = sql_table[SQL_EVENT_ADD].text,
                                  .last = sql_table[SQL_AUDIT_LAST].text,
                                  .audit = sql_table[SQL_AUDIT_ADD].text,
                                  .usage = sql_table[SQL_USAGE_ADD].text};
    snprintf(path, sizeof path, "%s", bench_path(r->b, "accept.db"));
    snprintf(command, sizeof command, "cp '%s/tsm.db' '%s'", r->b->house, path);
    NEED(system(command) == 0, IO);
    NEED(bare_accept_open(&r->bare, path, &sql), DATABASE);
    return TSM_OK;
}

/* A card's data for an intake key, as a bank sends them: the server looks at their form only. */
static enum tsm_err make_data(struct bench *b, struct accept_row *r)
{
    static const char card[] =
        "{\"pan\":\"5413330089010434\",\"psn\":\"01\",\"expiry\":\"3012\",\"effective\":\"2611\","
        "\"service_code\":\"201\",\"cardholder\":\"DEMO/CUSTOMER\",\"card_ref\":\"bench\"}";
    struct writer out = {(uint8_t *)r->data, 0, sizeof r->data};
    struct vault_party *vault;
    json_t *jwk;
    enum tsm_err e;
    TRY(bench_vault(b, &vault));
    TRY(vault_public_jwk(vault, VAULT_KEY_INTAKE, &jwk));
    e = vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text(card), NULL}, &out);
    json_decref(jwk);
    TRY(e);
    r->data[out.len] = 0;
    return TSM_OK;
}

static void say(const struct accept_row *r, const struct measured *m)
{
    struct result out = result_of("orders_accept", "1/s", m);
    bool disk_bound = m->fdatasync < GOAL_FLUSHES;
    double p50 = median((double *)(uintptr_t)r->p50, r->rounds) * 1000,
           p99 = median((double *)(uintptr_t)r->p99, r->rounds) * 1000;
    out.met = out.value >= GOAL_RATE && p99 <= GOAL_P99_MS;
    snprintf(out.goal, sizeof out.goal, ">= %d/s, p99 <= %d ms%s", GOAL_RATE, GOAL_P99_MS,
             disk_bound ? " (disk-bound here)" : "");
    snprintf(out.how, sizeof out.how,
             "POST /api/v1/orders over TLS, %d connections kept alive, client on the same machine, SQLite "
             "FULL: p50 "
             "%.1f ms, p99 %.1f ms, %.0f us of the server's processor time an order, the orders' turns in "
             "the engine "
             "included, %.1f units a commit; bare: one thread, the same rows by the same SQL, a commit for "
             "%d orders, without "
             "HTTP, TLS and JSON",
             CONNECTIONS, p50, p99, r->processor / (double)r->next * 1e6, r->units / r->commits, CONNECTIONS);
    report(r->b, &out);
}

static enum tsm_err with_server(struct accept_row *r)
{
    struct pair pair = {{ours, r}, {bare, r}, ORDERS, true};
    struct measured m;
    char ca[PATH_ROOM + 64];
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", r->b->house);
    TRY(house_read(r->b, "token.bank", r->token, sizeof r->token));
    TRY(net_tls(ca, &r->tls));
    TRY(measure(r->b, &pair, &m));
    TRY(server_counter(r->b, &r->server, "tsm_store_units_total", &r->units));
    TRY(server_counter(r->b, &r->server, "tsm_store_commits_total", &r->commits));
    say(r, &m);
    return TSM_OK;
}

enum tsm_err row_orders_accept(struct bench *b)
{
    struct accept_row *r = calloc(1, sizeof *r);
    enum tsm_err e;
    NEED(r != NULL, NO_MEMORY);
    r->b = b;
    e = b->house ? open_bare(r) : TSM_OK;
    if (e == TSM_OK)
        e = make_data(b, r);
    if (e == TSM_OK)
        e = server_start(b, &r->server);
    if (e == TSM_OK)
        e = with_server(r);
    server_stop(&r->server);
    SSL_CTX_free(r->tls);
    bare_accept_close(&r->bare);
    free(r);
    return e;
}
