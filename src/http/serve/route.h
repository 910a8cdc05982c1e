/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the route of a request. Station 1. Pure but for allocation. [RFC 9110 15.5.5, 15.5.6, 15.5.16] */
#ifndef TSM_HTTP_SERVE_ROUTE_H
#define TSM_HTTP_SERVE_ROUTE_H

#include "http/server.h"

enum { ROUTE_ALLOW_MAX = 64 };

/* A row with what the search needs: the text before its first {name}. */
struct route {
    const struct http_route *row;
    void *app;
    struct bytes pattern, literal;
};

struct route_list {
    struct route *at; /* owned; the last one answers OPTIONS * */
    size_t n;
    char *methods; /* owned: those that any row has, as Allow says them */
};

/* Gathers the tables; NO_MEMORY. */
enum tsm_err route_list_make(const struct http_routes *tables, size_t n, struct route_list *out);
void route_list_drop(struct route_list *l);

/*
 * The route of a head. NOT_FOUND when no pattern matches; WRONG_METHOD when patterns match and no method
 * does: then `allow` holds the methods that would ("GET, HEAD, POST").
 */
enum tsm_err route_find(const struct route_list *l, const struct http_head *head, const struct route **out,
                        char allow[ROUTE_ALLOW_MAX]);
size_t route_body_max(const struct route *r);
/* Does the route take a body of this media type? */
bool route_accepts(const struct route *r, const char *content_type);

#endif
