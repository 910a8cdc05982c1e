/* SPDX-License-Identifier: Apache-2.0 */
/* Replies: owned parts, problems from the error list, the head on the wire. Station 1. Pure but for
 * allocation. [RFC 9110 15, RFC 9112 4, RFC 9457] */
#include "http/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void http_reply_drop(struct http_reply *r)
{
    if (!r->body_is_static)
        free(r->body);
    for (size_t i = 0; i < r->n_extra; i++)
        free(r->extra[i].value);
    *r = (struct http_reply){0};
}

static void drop_body(struct http_reply *r)
{
    if (!r->body_is_static)
        free(r->body);
    r->body = NULL;
    r->size = 0;
    r->body_is_static = false;
}

enum tsm_err http_reply_text(struct http_reply *r, int status, const char *type, char *body)
{
    if (!body)
        return FAIL(NO_MEMORY, "no memory for a reply");
    drop_body(r);
    r->status = status;
    r->type = type;
    r->body = body;
    r->size = strlen(body);
    return TSM_OK;
}

enum tsm_err http_reply_json(struct http_reply *r, int status, json_t *value)
{
    char *text = value ? json_text(value) : NULL;
    json_decref(value);
    return http_reply_text(r, status, "application/json", text);
}

static bool is_field_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7F)
            return false;
    return true;
}

enum tsm_err http_reply_header(struct http_reply *r, const char *name, const char *fmt, ...)
{
    va_list ap;
    char *value;
    int n;
    NEED(r->n_extra < HTTP_EXTRA_MAX, NO_ROOM);
    va_start(ap, fmt);
    n = vasprintf(&value, fmt, ap);
    va_end(ap);
    NEED(n >= 0, NO_MEMORY);
    if (!is_field_value(value)) {
        free(value);
        return FAIL(BAD_VALUE, "a value of the header %s holds a control character", name);
    }
    r->extra[r->n_extra++] = (struct http_extra){name, value};
    return TSM_OK;
}

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "";
}

/* The members of a problem before they are JSON; an empty text leaves its member out. */
struct problem {
    int status;
    const char *title, *detail, *code, *field;
};

static json_t *problem_json(const struct problem *p, const char *trace)
{
    char type[64];
    json_t *o;
    snprintf(type, sizeof type, "urn:opentsm:problem:%s", p->code);
    o = json_pack("{ss ss si ss* ss}", "type", *p->code ? type : "about:blank", "title", p->title, "status",
                  p->status, "detail", *p->detail ? p->detail : NULL, "code", *p->code ? p->code : "HTTP");
    if (o && *p->field)
        json_object_set_new(o, "field", json_string(p->field));
    if (o && *trace)
        json_object_set_new(o, "trace", json_string(trace));
    return o;
}

static void set_problem(struct http_reply *r, const struct problem *p)
{
    struct http_reply fresh = {0};
    memcpy(fresh.trace, r->trace, sizeof fresh.trace);
    json_lacks(); /* that memory ran out before is what the problem may tell */
    if (http_reply_json(&fresh, p->status, problem_json(p, r->trace)) != TSM_OK)
        fresh.status = p->status;
    fresh.type = "application/problem+json";
    if (p->status == 401)
        http_reply_header(&fresh, "WWW-Authenticate", "Bearer");
    if (p->status == 503)
        http_reply_header(&fresh, "Retry-After", "1");
    http_reply_drop(r);
    *r = fresh;
}

void http_reply_problem(struct http_reply *r, enum tsm_err e)
{
    char detail[ERR_CAUSE_MAX], field[ERR_FIELD_MAX]; /* what follows may fail with a cause of its own */
    snprintf(detail, sizeof detail, "%s", err_cause());
    snprintf(field, sizeof field, "%s", err_field());
    set_problem(r, &(struct problem){err_http(e), err_text(e), detail, err_name(e), field});
}

void http_reply_refusal(struct http_reply *r, int status, const char *detail)
{
    set_problem(r, &(struct problem){status, reason(status), detail, "", ""});
}

static enum tsm_err line(struct writer *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static enum tsm_err line(struct writer *w, const char *fmt, ...)
{
    char text[256];
    va_list ap;
    int n;
    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    NEED(n >= 0 && (size_t)n < sizeof text, NO_ROOM);
    return write_span(w, bytes_of_text(text));
}

static enum tsm_err write_extra(struct writer *w, const struct http_extra *x)
{
    TRY(write_span(w, bytes_of_text(x->name)));
    TRY(write_span(w, bytes_of_text(": ")));
    TRY(write_span(w, bytes_of_text(x->value)));
    return write_span(w, bytes_of_text("\r\n"));
}

static bool has_extra(const struct http_reply *r, const char *name)
{
    for (size_t i = 0; i < r->n_extra; i++)
        if (!strcmp(r->extra[i].name, name))
            return true;
    return false;
}

int http_reply_status(const struct http_reply *r)
{
    if (r->status)
        return r->status;
    return r->body ? 200 : 204;
}

enum tsm_err http_reply_head(const struct http_reply *r, const struct http_framing *f, struct writer *w)
{
    struct writer at = *w;
    int status = http_reply_status(r);
    TRY(line(&at, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, reason(status), f->date));
    if (r->body)
        TRY(line(&at, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", r->type));
    if (status != 204 && status != 304)
        TRY(line(&at, "Content-Length: %zu\r\n", r->size));
    for (size_t i = 0; i < r->n_extra; i++)
        TRY(write_extra(&at, &r->extra[i]));
    if (!has_extra(r, "Cache-Control"))
        TRY(write_span(&at, bytes_of_text("Cache-Control: no-store\r\n")));
    if (f->close)
        TRY(write_span(&at, bytes_of_text("Connection: close\r\n")));
    else if (f->old_peer)
        TRY(write_span(&at, bytes_of_text("Connection: keep-alive\r\n")));
    TRY(write_span(&at, bytes_of_text("\r\n")));
    *w = at;
    return TSM_OK;
}
