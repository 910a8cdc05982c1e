/* SPDX-License-Identifier: Apache-2.0 */
/* What a party used, or did for others: sums by kind and peer, and single rows to check a bill against.
 * Stations 1 and 12. Role. */
#include "role/report/usage.h"

#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "base/json.h"
#include "engine/access.h"
#include "engine/job.h"

enum { DAY_TEXT = 16 };

/* Days of UTC as asked, `to` left out of the report; after: the id of the last row that was read. */
struct question {
    int64_t party, from, to, after, rows;
    json_t *answer;
};

/* An operator as well as a provider. */
static enum tsm_err asker(struct store *s, const struct http_request *q, int64_t *party)
{
    const char *token;
    struct caller who;
    enum tsm_err e;
    TRY(http_bearer(q, &token));
    e = access_of(s, token, ACCESS_OPERATOR, &who);
    if (e == TSM_NOT_ALLOWED)
        e = access_of(s, token, ACCESS_PROVIDER, &who);
    TRY(e);
    err_clear();
    *party = who.party;
    return TSM_OK;
}

static json_t *time_json(int64_t at)
{
    char text[TIME_TEXT];
    return json_string(time_text(at, text));
}

static enum tsm_err sum_up(struct tx *tx, struct question *q, json_t *sums)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_USAGE_SUMS, q->party, q->from, q->to);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(sums, json_pack("{ss ss sI sI so so}", "what", db_text(&r, 0), "for",
                                              db_text(&r, 1), "count", (json_int_t)db_int(&r, 2), "units",
                                              (json_int_t)db_int(&r, 3), "first", time_json(db_int(&r, 4)),
                                              "last", time_json(db_int(&r, 5))));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err list_rows(struct tx *tx, struct question *q, json_t *rows)
{
    char trace[2 * TRACE_LEN + 1];
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_USAGE_LIST, q->party, q->from, q->to, q->after, q->rows);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(rows, json_pack("{so ss ss ss sI so}", "id",
                                              json_sprintf("%lld", (long long)db_int(&r, 0)), "what",
                                              db_text(&r, 4), "for", db_text(&r, 6), "trace",
                                              hex_text(db_blob(&r, 2), trace), "units",
                                              (json_int_t)db_int(&r, 5), "at", time_json(db_int(&r, 3))));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err answer(struct tx *tx, void *arg)
{
    struct question *q = arg;
    json_t *sums = json_array(), *rows = json_array();
    q->answer = json_pack("{so so}", "sums", sums, "rows", rows);
    NEED(q->answer != NULL, NO_MEMORY);
    TRY(sum_up(tx, q, sums));
    return q->rows ? list_rows(tx, q, rows) : TSM_OK;
}

/* A day, 2026-11-30; `fallback` where the parameter is missing. */
static enum tsm_err read_day(const struct http_request *r, const char *name, int64_t fallback, int64_t *out)
{
    char text[DAY_TEXT];
    struct tm day = {.tm_isdst = 0};
    const char *end;
    enum tsm_err e = http_query_param(r, name, text, sizeof text);
    *out = fallback;
    if (e == TSM_MISSING_FIELD)
        return TSM_OK;
    end = e == TSM_OK ? strptime(text, "%Y-%m-%d", &day) : NULL;
    if (!end || *end)
        return FAIL_FIELD(BAD_VALUE, name, "%s is a day like 2026-11-30", name);
    *out = SECONDS((int64_t)timegm(&day));
    return TSM_OK;
}

static enum tsm_err get_usage(void *app, struct http_request *r, struct http_reply *reply)
{
    struct question q = {.answer = NULL};
    enum tsm_err e;
    TRY(asker(app, r, &q.party));
    TRY(read_day(r, "from", 0, &q.from));
    TRY(read_day(r, "to", INT64_MAX, &q.to));
    TRY(http_query_number(r, "rows", (struct http_range){0, USAGE_ROWS_MAX, 0}, &q.rows));
    TRY(http_query_number(r, "after", (struct http_range){0, INT64_MAX, 0}, &q.after));
    e = store_read(app, answer, &q);
    if (e != TSM_OK) {
        json_decref(q.answer);
        return e;
    }
    return http_reply_json(reply, 200, q.answer);
}

const struct http_route report_routes[] = {
    {"GET", "/api/v1/usage", get_usage, 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
