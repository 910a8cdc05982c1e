/* SPDX-License-Identifier: Apache-2.0 */
/* One call to the server, and what is told when it is refused: what, where, who, next. Station 1, seen from
 * outside. Edge. [RFC 9457] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"

const char *client_text(const json_t *o, const char *name)
{
    const char *t = json_string_value(json_object_get(o, name));
    return t ? t : "";
}

int64_t client_number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

void client_print_json(const json_t *o)
{
    json_dumpf(o, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    putchar('\n');
}

bool client_is_plain(const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return *text && strspn(text, plain) == strlen(text);
}

void client_add_page(const struct client_args *a, char path[CLIENT_PATH_MAX])
{
    size_t n = strlen(path);
    if (a->limit)
        n += (size_t)snprintf(path + n, CLIENT_PATH_MAX - n, "?limit=%lld", (long long)a->limit);
    if (a->before)
        snprintf(path + n, CLIENT_PATH_MAX - n, "%cbefore=%lld", a->limit ? '&' : '?', (long long)a->before);
}

/* What a terminal would obey, in UTF-8: C0, DEL, C1. */
static bool is_control(const char *at)
{
    unsigned char c = (unsigned char)at[0], next = c ? (unsigned char)at[1] : 0;
    return c < 0x20 || c == 0x7F || (c == 0xC2 && next >= 0x80 && next < 0xA0);
}

static void clean_text(json_t *text)
{
    char *copy = strdup(json_string_value(text));
    for (char *at = copy; at && *at; at++)
        if (is_control(at)) {
            if ((unsigned char)*at == 0xC2)
                at[1] = '?';
            *at = '?';
        }
    if (copy)
        json_string_set(text, copy);
    free(copy);
}

/* The document is no deeper than JSON_DEPTH_MAX. */
static void clean(json_t *v)
{
    const char *name;
    json_t *item;
    size_t i;
    if (json_is_string(v))
        clean_text(v);
    json_object_foreach(v, name, item) clean(item);
    json_array_foreach(v, i, item) clean(item);
}

/* Who can mend it, and how. */
struct advice {
    int status;
    const char *who, *next;
};
static const struct advice advices[] = {
    {401, "you", "give a token that the server knows (--token, TSM_TOKEN or the settings file)"},
    {403, "you", "use the token of the party and role that may do this"},
    {404, "you", "check the id and the address; what belongs to another party is not shown"},
    {405, "you", "this tsm and this server are not of the same version"},
    {409, "you", "look at what is stored (tsm order list, tsm order show) and decide again"},
    {410, "you", "its time has ended; begin anew"},
    {413, "you", "send less at once"},
    {429, "the server", "repeat the same command later"},
    {502, "a peer of the server", "repeat the same command later; if it stays, tell who runs the server"},
    {503, "the server", "repeat the same command later"},
    {504, "a peer of the server", "repeat the same command later"},
    {400, "you", "mend what is named above and send it again"},
    {500, "the server", "tell who runs it, with the trace if there is one"},
};

static const struct advice *advice_of(int status)
{
    size_t last = sizeof advices / sizeof advices[0] - 1;
    for (size_t i = 0; i < last; i++)
        if (advices[i].status == status)
            return &advices[i];
    return &advices[status >= 500 ? last : last - 1];
}

static void tell(const struct client_request *r, const json_t *problem, const struct http_answer *a)
{
    const struct advice *advice = advice_of(a->status);
    const char *title = client_text(problem, "title"), *detail = client_text(problem, "detail");
    const char *field = client_text(problem, "field"), *code = client_text(problem, "code");
    const char *trace = client_text(problem, "trace");
    fprintf(stderr, "tsm: refused: %s (%d%s%s)\n", *title ? title : "the answer says no more", a->status,
            *code ? " " : "", code);
    if (*detail)
        fprintf(stderr, "  what:  %s\n", detail);
    fprintf(stderr, "  where: %s%s%s %s\n", *field ? "field " : "", field, *field ? " of" : r->method,
            r->path);
    fprintf(stderr, "  who:   %s\n", advice->who);
    if (a->retry_after_s)
        fprintf(stderr, "  next:  %s (in %u s)\n", advice->next, a->retry_after_s);
    else
        fprintf(stderr, "  next:  %s\n", advice->next);
    if (*trace)
        fprintf(stderr, "  trace: %s\n", trace);
}

static enum client_exit refused(const struct client *c, const struct client_request *r,
                                const struct http_answer *a)
{
    json_t *problem = NULL;
    if (json_read(BYTES_OF((const uint8_t *)a->body, a->size), &problem) != TSM_OK ||
        !json_is_object(problem)) {
        json_decref(problem);
        problem = json_pack("{ss sI}", "type", "about:blank", "status", (json_int_t)a->status);
    }
    if (c->args.json) {
        client_print_json(problem);
    } else {
        clean(problem);
        tell(r, problem, a);
    }
    json_decref(problem);
    return CLIENT_FAILED;
}

enum client_exit client_trouble(const struct client *c, enum tsm_err e)
{
    const char *cause = err_cause()[0] ? err_cause() : err_text(e);
    if (c->args.json) {
        json_t *problem = json_pack("{ss ss ss ss}", "type", "about:blank", "title", err_text(e), "detail",
                                    cause, "code", err_name(e));
        client_print_json(problem);
        json_decref(problem);
        return CLIENT_FAILED;
    }
    fprintf(stderr, "tsm: %s\n  what:  %s\n", err_text(e), cause);
    if (e == TSM_PEER_DOWN || e == TSM_TIMED_OUT)
        fprintf(stderr, "  where: %s\n  next:  see whether the server runs there; repeat the command\n",
                c->api);
    if (e == TSM_PEER_REFUSED)
        fprintf(stderr, "  where: %s\n  next:  name the CA of the server's certificate (--ca or TSM_CA)\n",
                c->api);
    return CLIENT_FAILED;
}

enum client_exit client_ask(struct client *c, const struct client_request *r, json_t **out)
{
    char url[CLIENT_URL_MAX + CLIENT_PATH_MAX];
    struct http_call call = {
        .method = r->method, .url = url, .content_type = r->content_type, .body = r->body};
    struct http_answer a = {0};
    enum tsm_err e;
    err_clear();
    snprintf(url, sizeof url, "%s%s", c->api, r->path);
    if (r->key) {
        call.n_fields = 1;
        call.fields[0].name = "Idempotency-Key";
        call.fields[0].value = r->key;
    }
    e = http_client_call(c->http, &call, &a);
    if (e == TSM_OK && (a.status < 200 || a.status > 299)) {
        enum client_exit status = refused(c, r, &a);
        http_answer_drop(&a);
        return status;
    }
    if (e == TSM_OK && a.status == 204)
        *out = json_object();
    else if (e == TSM_OK)
        e = json_read(BYTES_OF((const uint8_t *)a.body, a.size), out);
    http_answer_drop(&a);
    if (e != TSM_OK)
        return client_trouble(c, e);
    if (!c->args.json)
        clean(*out);
    return CLIENT_FINE;
}
