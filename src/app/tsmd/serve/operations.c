/* SPDX-License-Identifier: Apache-2.0 */
/* Operations: /healthz, /readyz, /metrics. App. [OpenMetrics 1.0] */
#include <stdio.h>
#include <stdlib.h>

#include "app/tsmd/serve/house.h"

static enum tsm_err health(void *app, struct http_request *q, struct http_reply *reply)
{
    (void)app;
    (void)q;
    return http_reply_json(reply, 200, json_pack("{ss}", "status", "ok"));
}

static enum tsm_err ping(struct tx *tx, void *arg)
{
    ROWS r = {0};
    (void)arg;
    return db_first(tx, &r, SQL_SCHEMA_VERSION);
}

static enum tsm_err ready(void *app, struct http_request *q, struct http_reply *reply)
{
    struct house *h = app;
    (void)q;
    TRY(store_read(h->store, ping, NULL));
    return http_reply_json(reply, 200, json_pack("{ss}", "status", "ready"));
}

struct gauges {
    int64_t jobs[6], results, online_systems_away;
};

static enum tsm_err count_jobs(struct tx *tx, void *arg)
{
    struct gauges *g = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_JOB_COUNTS);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        if (db_int(&r, 0) >= 0 && db_int(&r, 0) < 6)
            g->jobs[db_int(&r, 0)] += db_int(&r, 1);
    if (e != TSM_NOT_FOUND)
        return e;
    ROWS spos = {0};
    TRY(db_first(tx, &spos, SQL_SPOS_COUNTS));
    g->results = db_int(&spos, 0);
    g->online_systems_away = db_int(&spos, 1);
    return TSM_OK;
}

static enum tsm_err metrics(void *app, struct http_request *q, struct http_reply *reply)
{
    static const char *const states[] = {"waiting", "ready", "claimed", "sent"};
    struct house *h = app;
    struct store_counts s = store_counts(h->store);
    struct http_counts http;
    struct smpp_counts smpp = {0};
    struct gauges g = {0};
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    (void)q;
    NEED(f != NULL, NO_MEMORY);
    http_server_counts(h->api, &http);
    if (h->ota)
        ota_counts(h->ota, &smpp);
    store_read(h->store, count_jobs, &g);
    fprintf(f, "# TYPE tsm_store_commits counter\ntsm_store_commits_total %llu\n",
            (unsigned long long)s.commits);
    fprintf(f, "# TYPE tsm_store_units counter\ntsm_store_units_total %llu\n", (unsigned long long)s.units);
    fprintf(f, "# TYPE tsm_http_replies counter\n");
    for (int i = 1; i < 6; i++)
        fprintf(f, "tsm_http_replies_total{class=\"%dxx\"} %llu\n", i, (unsigned long long)http.by_class[i]);
    fprintf(f, "# TYPE tsm_jobs gauge\n");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        fprintf(f, "tsm_jobs{state=\"%s\"} %lld\n", states[i], (long long)g.jobs[i]);
    fprintf(f, "# TYPE tsm_process_results_waiting gauge\ntsm_process_results_waiting %lld\n",
            (long long)g.results);
    fprintf(f, "# TYPE tsm_spos_away gauge\ntsm_spos_away %lld\n", (long long)g.online_systems_away);
    fprintf(f, "# TYPE tsm_clock_ahead_seconds gauge\ntsm_clock_ahead_seconds %lld\n",
            (long long)(clock_ahead() / SECONDS(1)));
    fprintf(f, "# TYPE tsm_smpp_up gauge\ntsm_smpp_up %d\n", smpp.up_now);
    fprintf(f, "# TYPE tsm_smpp_submitted counter\ntsm_smpp_submitted_total %llu\n# EOF\n",
            (unsigned long long)smpp.submitted);
    fclose(f);
    return http_reply_text(reply, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8", text);
}

const struct http_route operations_routes[] = {
    {"GET", "/healthz", health, 0, NULL},
    {"GET", "/readyz", ready, 0, NULL},
    {"GET", "/metrics", metrics, 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
