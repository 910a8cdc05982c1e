/* SPDX-License-Identifier: Apache-2.0 */
/* What the back end answers, read into the objects of the public header. Pure but for allocation.
 * [TR-03165 4.2.5, docs/tsm-api.md] */
#include "wire/answer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "wire/names.h"
#include "wire/object/tables.h"

enum { MS = 1000, DATE_ROOM = 32, NOT_EXECUTED = 2 /* [4.2.3.10] */ };

bool text_is_unreserved(const char *text, size_t max)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t n = strspn(text, set);
    return n > 0 && n <= max && text[n] == '\0';
}

bool text_is_uuid(const char *text)
{
    size_t i = 0;
    for (; text[i] && i < UUID_LEN; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !strchr("0123456789abcdefABCDEF", text[i]))
            return false;
    }
    return i == UUID_LEN && text[i] == '\0';
}

/* The document is the memory's from here on, so that what is read from it may be borrowed. */
static enum tsm_err read_whole(struct bytes text, const struct shape *s, struct tsm_api_memory *m, void *into)
{
    json_t *document;
    TRY(json_read(text, &document));
    memory_hold(m, document);
    return shape_read(document, s, m, into);
}

enum tsm_err answer_create(struct bytes text, struct tsm_api_create_result *out)
{
    struct tsm_api_create_result r;
    struct tsm_api_memory *m = memory_new();
    NEED(m, NO_MEMORY);
    enum tsm_err e = read_whole(text, &create_shape, m, &r);
    r.created = e == TSM_OK && r.execution_status == TSM_API_SUCCESS;
    if (r.created && !r.service_instance.id[0])
        e = FAIL_FIELD(MISSING_FIELD, "serviceInstance", "serviceInstance is missing");
    if (e != TSM_OK) {
        memory_free(m);
        return e;
    }
    r.memory = m;
    *out = r;
    return TSM_OK;
}

enum tsm_err answer_instances(struct bytes text, struct tsm_api_instances_result *out)
{
    struct tsm_api_instances_result r;
    struct tsm_api_memory *m = memory_new();
    NEED(m, NO_MEMORY);
    enum tsm_err e = read_whole(text, &instances_shape, m, &r);
    if (e != TSM_OK) {
        memory_free(m);
        return e;
    }
    r.memory = m;
    *out = r;
    return TSM_OK;
}

enum tsm_err answer_available(struct bytes text, enum answer_check which, struct tsm_api_memory *m,
                              struct tsm_api_available_result *out)
{
    struct tsm_api_available_result r;
    TRY(read_whole(text, which == ANSWER_UPDATE ? &update_check_shape : &deployment_check_shape, m, &r));
    r.has_information = r.available;
    *out = r;
    return TSM_OK;
}

enum tsm_err answer_process(struct bytes text, struct tsm_api_memory *m, struct tsm_api_process_result *out)
{
    struct tsm_api_process_result r;
    TRY(read_whole(text, &process_shape, m, &r));
    *out = r;
    return TSM_OK;
}

enum tsm_err answer_status(struct bytes text, struct tsm_api_status *out)
{
    struct tsm_api_status s = {0};
    json_t *document, *of;
    TRY(json_read(text, &document));
    of = json_object_get(document, "processInfo");
    of = of ? of : document;
    const json_t *number = json_object_get(of, "executionStatus");
    bool has = json_is_integer(number) && json_integer_value(number) >= 0 &&
               json_integer_value(number) <= ANSWER_MAX_STATUS;
    if (has)
        s.execution_status = (int)json_integer_value(number);
    status_keep(&s, json_member(of, "executionMessage"));
    json_decref(document);
    if (!has)
        return FAIL_FIELD(MISSING_FIELD, "executionStatus", "executionStatus is missing");
    *out = s;
    return TSM_OK;
}

enum tsm_err answer_started(struct bytes text, struct answer_started *out)
{
    static const struct json_row rows[] = {
        {"process", JSON_TEXT, offsetof(struct answer_started, process), UUID_LEN, UUID_LEN, JSON_NEEDED,
         NULL},
        {"callerId", JSON_TEXT, offsetof(struct answer_started, caller_id), 0, 64, JSON_OPTIONAL, NULL},
        {"startDate", JSON_TEXT, offsetof(struct answer_started, start_date), 0, 64, JSON_OPTIONAL, NULL},
        {0},
    };
    struct answer_started s = {0};
    json_t *document;
    TRY(json_read(text, &document));
    enum tsm_err e = json_fill_known(document, rows, &s);
    json_decref(document);
    TRY(e);
    if (!text_is_uuid(s.process))
        return FAIL_FIELD(BAD_VALUE, "process", "process is no UUID");
    *out = s;
    return TSM_OK;
}

static enum tsm_err read_exchange(const json_t *o, struct answer_exchange *x)
{
    static const struct json_row rows[] = {
        {"url", JSON_TEXT, offsetof(struct answer_exchange, url), 1, ANSWER_MAX_URL, JSON_NEEDED, NULL},
        {"session", JSON_TEXT, offsetof(struct answer_exchange, session), 1, SESSION_MAX, JSON_NEEDED, NULL},
        {"reader", JSON_TEXT, offsetof(struct answer_exchange, reader), 1, TSM_API_MAX_NAME, JSON_NEEDED,
         NULL},
        {0},
    };
    TRY(json_fill_known(o, rows, x));
    if (strncmp(x->url, "https://", 8) != 0 || strpbrk(x->url, "?# \r\n"))
        return FAIL_FIELD(BAD_VALUE, "url", "url is no https address of an RA endpoint");
    if (!text_is_unreserved(x->session, SESSION_MAX))
        return FAIL_FIELD(BAD_VALUE, "session", "session is no sessionId");
    return TSM_OK;
}

static enum tsm_err read_progress(const json_t *document, struct answer_progress *p)
{
    static const char *const states[] = {"waiting", "running", "done", NULL};
    static const struct json_row rows[] = {
        {"seen", JSON_INT, offsetof(struct answer_progress, seen), 0, INT64_MAX, JSON_NEEDED, NULL},
        {"state", JSON_ENUM, offsetof(struct answer_progress, state), 0, 0, JSON_NEEDED, states},
        {"operation", JSON_INT, offsetof(struct answer_progress, operation), 0, 100, JSON_OPTIONAL, NULL},
        {"progress", JSON_INT, offsetof(struct answer_progress, progress), 0, 100, JSON_OPTIONAL, NULL},
        {"startDate", JSON_TEXT, offsetof(struct answer_progress, start_date), 0, 64, JSON_OPTIONAL, NULL},
        {"callerId", JSON_TEXT, offsetof(struct answer_progress, caller_id), 0, 64, JSON_OPTIONAL, NULL},
        {0},
    };
    const json_t *exchange = json_object_get(document, "exchange");
    TRY(json_fill_known(document, rows, p));
    p->has_exchange = exchange && !json_is_null(exchange);
    return p->has_exchange ? read_exchange(exchange, &p->exchange) : TSM_OK;
}

enum tsm_err answer_progress(struct bytes text, struct tsm_api_memory *m, struct answer_progress *out,
                             struct tsm_api_process_result *result)
{
    struct answer_progress p = {0};
    struct tsm_api_process_result r;
    json_t *document;
    TRY(json_read(text, &document));
    memory_hold(m, document);
    TRY(read_progress(document, &p));
    if (p.state == PROCESS_DONE) {
        TRY(shape_read(json_object_get(document, "result"), &process_shape, m, &r));
        *result = r;
    }
    *out = p;
    return TSM_OK;
}

static const char *keep(struct tsm_api_memory *m, const struct tsm_api_status *s)
{
    const char *text = m ? memory_text(m, s->execution_message) : NULL;
    return text ? text : tsm_api_error_name(s->execution_status);
}

/* A datetime of the guideline: UTC with milliseconds [4.2.3]. */
static const char *date(struct tsm_api_memory *m, int64_t ms)
{
    char day[DATE_ROOM], text[2 * DATE_ROOM];
    time_t seconds = (time_t)(ms / MS);
    struct tm t;
    const char *kept = NULL;
    if (gmtime_r(&seconds, &t) && strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &t)) {
        snprintf(text, sizeof text, "%s.%03dZ", day, (int)(ms % MS));
        kept = memory_text(m, text);
    }
    return kept ? kept : "";
}

void answer_failed_process(struct tsm_api_memory *m, const struct answer_failed *failed,
                           struct tsm_api_process_result *out)
{
    const char *process = memory_text(m, failed->process);
    size_t n = failed->process[0] ? 0 : failed->n_commands;
    struct tsm_api_service_command_result *results = n ? memory_get(m, n * sizeof *results) : NULL;
    *out = (struct tsm_api_process_result){0};
    shape_empty(&process_shape, out);
    out->process_info.execution_status = failed->status->execution_status;
    out->process_info.execution_message = keep(m, failed->status);
    out->process_info.process_id = process ? process : "";
    out->process_info.start_date = date(m, failed->start_ms);
    out->process_info.end_date = date(m, failed->end_ms);
    for (size_t i = 0; results && i < n; i++)
        results[i].command_execution_status = NOT_EXECUTED;
    out->service_command_results.at = results;
    out->service_command_results.n = results ? n : 0;
}

void answer_failed_available(struct tsm_api_memory *m, const struct tsm_api_status *s,
                             struct tsm_api_available_result *out)
{
    *out = (struct tsm_api_available_result){0};
    shape_empty(&deployment_check_shape, out);
    out->execution_status = s->execution_status;
    out->execution_message = keep(m, s);
}

void answer_failed_create(const struct tsm_api_status *s, struct tsm_api_create_result *out)
{
    *out = (struct tsm_api_create_result){0};
    shape_empty(&create_shape, out);
    out->memory = memory_new();
    out->execution_status = s->execution_status;
    out->execution_message = keep(out->memory, s);
}

void answer_failed_instances(const struct tsm_api_status *s, struct tsm_api_instances_result *out)
{
    *out = (struct tsm_api_instances_result){0};
    shape_empty(&instances_shape, out);
    out->memory = memory_new();
    out->execution_status = s->execution_status;
    out->execution_message = keep(out->memory, s);
}
