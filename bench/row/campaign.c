/* SPDX-License-Identifier: Apache-2.0 */
/* Rows campaign_plan and campaign_rate: a provider's campaign over 100,000 service instances, planned with
 * the answer to its POST, then held at its rate. The elements are unknown to every owner, so that each order
 * ends at its first question; the engine, the commits and the counting are whole. Bench only. Stations 1
 * to 12. [capability P8] */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bare/store/plan.h"
#include "base/json.h"
#include "net.h"
#include "order/states.h"
#include "server.h"
#include "store/store.h"

enum {
    INSTANCES = 100000,
    CHUNK = 20000, /* instances in one commit of the preparation */
    RATE = 200,    /* orders a second */
    SETTLES_S = 2, /* the first seconds are not measured */
    MEASURED_S = 20,
    GOAL_PLAN_S = 60,
    GOAL_DEVIATION = 5, /* per cent */
    NODE = 3,
};

#define SERVICE "harbour-payment" /* whose instances no other row makes */

struct campaign_row {
    struct bench *b;
    struct server server;
    SSL_CTX *tls;
    struct net *net;
    char token[128], campaign[32];
    int64_t party, service;
    size_t from;
    double plan_s, bare_s, held;
};

/* --- instances --- */

static enum tsm_err find_service(struct tx *tx, void *arg)
{
    struct campaign_row *r = arg;
    ROWS party = {0};
    ROWS service = {0};
    TRY(db_first(tx, &party, SQL_PARTY_BY_NAME, "bank"));
    r->party = db_int(&party, 0);
    TRY(db_first(tx, &service, SQL_SERVICE_BY_NAME, r->party, SERVICE));
    r->service = db_int(&service, 0);
    return TSM_OK;
}

static enum tsm_err add_instances(struct tx *tx, void *arg)
{
    struct campaign_row *r = arg;
    for (size_t i = r->from; i < r->from + CHUNK; i++) {
        char iccid[40];
        snprintf(iccid, sizeof iccid, "8949666%013zu", i);
        TRY(db_exec(tx, SQL_INSTANCE_ADD, store_id(tx_store(tx)), r->party, r->service, (int64_t)0,
                    (int64_t)SE_BY_ICCID, iccid, (int64_t)0, BYTES_NONE, BYTES_NONE,
                    (int64_t)INSTANCE_OPERATIONAL));
    }
    return TSM_OK;
}

static enum tsm_err deploy_on_paper(struct campaign_row *r)
{
    char url[PATH_ROOM + 80];
    struct store_config config = {.url = url, .clock = &clock_real, .node = NODE};
    struct store *s;
    enum tsm_err e;
    snprintf(url, sizeof url, "sqlite:%s/tsm.db", r->b->house);
    TRY(store_open(&config, &s));
    e = store_read(s, find_service, r);
    for (r->from = 0; e == TSM_OK && r->from < INSTANCES; r->from += CHUNK)
        e = store_write(s, add_instances, r);
    store_close(s);
    return e;
}

static enum tsm_err plan_bare(struct campaign_row *r)
{
    char command[3 * PATH_ROOM], path[PATH_ROOM + 64];
    snprintf(path, sizeof path, "%s", bench_path(r->b, "plan.db"));
    snprintf(command, sizeof command, "cp '%s/tsm.db' '%s'", r->b->house, path);
    NEED(system(command) == 0, IO);
    r->bare_s = bare_plan_run(path);
    NEED(r->bare_s > 0, DATABASE);
    return TSM_OK;
}

/* --- the server --- */

static enum tsm_err ask(struct campaign_row *r, const char *method, const char *path, const char *body,
                        json_t **out)
{
    char request[1024];
    int status = 0,
        n = snprintf(request, sizeof request,
                     "%s /api/v1/campaigns%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     method, path, r->token, strlen(body), body);
    TRY(net_ask(r->net, request, (size_t)n, &status));
    if (status != 200 && status != 202)
        return FAIL(PEER_REFUSED, "%s %s is answered %d: %.200s", method, path, status, r->net->body);
    return json_read(bytes_of_text(r->net->body), out);
}

static enum tsm_err begin(struct campaign_row *r)
{
    char body[200];
    double from = seconds_now();
    json_t *o;
    snprintf(body, sizeof body,
             "{\"operation\":\"suspend\",\"service\":\"" SERVICE "\",\"rate_per_s\":%d,\"at_once\":10000,"
             "\"stop_at_failure_percent\":100}",
             RATE);
    TRY(ask(r, "POST", "", body, &o));
    r->plan_s = seconds_now() - from;
    snprintf(r->campaign, sizeof r->campaign, "/%.24s", json_member(o, "campaign"));
    bool all = json_integer_value(json_object_get(o, "total")) == INSTANCES;
    json_decref(o);
    return all ? TSM_OK : FAIL(PEER_REFUSED, "the campaign has not all instances");
}

static enum tsm_err ordered(struct campaign_row *r, double *n, double *at)
{
    json_t *o;
    TRY(ask(r, "GET", r->campaign, "", &o));
    *at = seconds_now();
    *n = (double)json_integer_value(json_object_get(o, "ordered"));
    json_decref(o);
    return TSM_OK;
}

static void rest(int seconds)
{
    nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
}

static enum tsm_err hold(struct campaign_row *r)
{
    double n[2], at[2];
    char path[48];
    json_t *o;
    rest(SETTLES_S);
    TRY(ordered(r, &n[0], &at[0]));
    rest(MEASURED_S);
    TRY(ordered(r, &n[1], &at[1]));
    r->held = (n[1] - n[0]) / (at[1] - at[0]);
    snprintf(path, sizeof path, "%s/stop", r->campaign);
    TRY(ask(r, "POST", path, "", &o));
    json_decref(o);
    return TSM_OK;
}

/* --- the report --- */

static void say_plan(const struct campaign_row *r)
{
    struct result out = {.name = "campaign_plan",
                         .unit = "s",
                         .value = r->plan_s,
                         .limit = r->bare_s,
                         .ratio = r->bare_s / r->plan_s,
                         .met = r->plan_s < GOAL_PLAN_S};
    snprintf(out.goal, sizeof out.goal, "< %d s", GOAL_PLAN_S);
    snprintf(out.how, sizeof out.how,
             "POST /api/v1/campaigns over %d service instances to its answer, when all targets are stored; "
             "bare: the "
             "narrowest rows of the same instances by one statement",
             INSTANCES);
    report(r->b, &out);
}

static void say_rate(const struct campaign_row *r)
{
    double deviation = fabs(r->held - RATE) / RATE * 100;
    struct result out = {.name = "campaign_rate",
                         .unit = "1/s",
                         .value = r->held,
                         .limit = RATE,
                         .ratio = r->held / RATE,
                         .met = deviation <= GOAL_DEVIATION};
    snprintf(out.goal, sizeof out.goal, "within %d %%", GOAL_DEVIATION);
    snprintf(out.how, sizeof out.how,
             "orders that a campaign of %d instances gave in %d s, %.1f %% from the rate that was asked for "
             "(the limit); "
             "elements that no owner knows end each order at its first question",
             INSTANCES, MEASURED_S, deviation);
    report(r->b, &out);
}

static enum tsm_err with_server(struct campaign_row *r)
{
    char ca[PATH_ROOM + 64];
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", r->b->house);
    TRY(house_read(r->b, "token.bank", r->token, sizeof r->token));
    TRY(net_tls(ca, &r->tls));
    TRY(net_open(r->tls, r->server.api_port, r->net));
    TRY(begin(r));
    TRY(hold(r));
    say_plan(r);
    say_rate(r);
    return TSM_OK;
}

enum tsm_err row_campaign(struct bench *b)
{
    struct campaign_row r = {.b = b, .net = calloc(1, sizeof *r.net)};
    enum tsm_err e;
    NEED(r.net != NULL, NO_MEMORY);
    e = b->house ? deploy_on_paper(&r) : TSM_OK;
    if (e == TSM_OK && b->house)
        e = plan_bare(&r);
    if (e == TSM_OK)
        e = server_start(b, &r.server);
    if (e == TSM_OK)
        e = with_server(&r);
    server_stop(&r.server);
    net_close(r.net);
    SSL_CTX_free(r.tls);
    free(r.net);
    return e;
}
