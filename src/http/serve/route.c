/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the route of a request: rows in order, the literal start compared first. Station 1. Pure but for
 * allocation. [RFC 9110 15.5.5, 15.5.6, 15.5.16] */
#include "http/serve/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t count_rows(const struct http_routes *tables, size_t n)
{
    size_t rows = 0;
    for (size_t t = 0; t < n; t++)
        for (const struct http_route *row = tables[t].table; row->method; row++)
            rows++;
    return rows;
}

static void add_method(char allow[ROUTE_ALLOW_MAX], const char *method)
{
    size_t n = strlen(allow);
    if (!strstr(allow, method))
        snprintf(allow + n, ROUTE_ALLOW_MAX - n, "%s%s", n ? ", " : "", method);
    if (!strcmp(method, "GET"))
        add_method(allow, "HEAD");
}

/* OPTIONS * asks the server as a whole what it can do: its methods [RFC 9110 9.3.7]. */
static enum tsm_err tell_methods(void *app, struct http_request *request, struct http_reply *reply)
{
    (void)request;
    reply->status = 200;
    return http_reply_header(reply, "Allow", "%s", (const char *)app);
}

static const struct http_route whole_server = {"OPTIONS", "*", tell_methods, 0, NULL};

static void add_row(struct route_list *l, const struct http_route *row, void *app)
{
    struct bytes pattern = bytes_of_text(row->pattern), literal;
    bytes_part(pattern, 0, strcspn(row->pattern, "{"), &literal);
    l->at[l->n++] = (struct route){row, app, pattern, literal};
    add_method(l->methods, row->method);
}

enum tsm_err route_list_make(const struct http_routes *tables, size_t n, struct route_list *out)
{
    struct route_list l = {.at = calloc(count_rows(tables, n) + 1, sizeof(struct route)),
                           .methods = calloc(1, ROUTE_ALLOW_MAX)};
    if (!l.at || !l.methods) {
        route_list_drop(&l);
        return FAIL(NO_MEMORY, "no memory for the routes");
    }
    for (size_t t = 0; t < n; t++)
        for (const struct http_route *row = tables[t].table; row->method; row++)
            add_row(&l, row, tables[t].app);
    add_row(&l, &whole_server, l.methods);
    *out = l;
    return TSM_OK;
}

void route_list_drop(struct route_list *l)
{
    free(l->at);
    free(l->methods);
    *l = (struct route_list){0};
}

static bool starts_with(struct bytes path, struct bytes literal)
{
    return path.len >= literal.len && memcmp(path.at, literal.at, literal.len) == 0;
}

static bool method_fits(struct bytes asked, const char *method)
{
    struct bytes m = bytes_of_text(method);
    return bytes_equal(asked, m) ||
           (bytes_equal(asked, bytes_of_text("HEAD")) && bytes_equal(m, bytes_of_text("GET")));
}

enum tsm_err route_find(const struct route_list *l, const struct http_head *head, const struct route **out,
                        char allow[ROUTE_ALLOW_MAX])
{
    struct http_params params;
    allow[0] = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct route *r = &l->at[i];
        if (!starts_with(head->path, r->literal) || !http_path_matches(r->pattern, head->path, &params))
            continue;
        if (method_fits(head->method, r->row->method)) {
            *out = r;
            return TSM_OK;
        }
        add_method(allow, r->row->method);
    }
    return allow[0] ? FAIL(WRONG_METHOD, "this address takes %s", allow)
                    : FAIL(NOT_FOUND, "there is no such address");
}

size_t route_body_max(const struct route *r)
{
    return r->row->body_max ? r->row->body_max : HTTP_BODY_MAX;
}

bool route_accepts(const struct route *r, const char *content_type)
{
    const char *at = r->row->accepts;
    size_t n = strlen(content_type);
    while (at && *at) {
        size_t word = strcspn(at, ",");
        if (word == n && !strncmp(at, content_type, n))
            return true;
        at += word + strspn(at + word, ", ");
    }
    return !r->row->accepts;
}
