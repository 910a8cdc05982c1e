/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of lists: read from the query, linked in the answer. Station 1. Role. [RFC 8288 3] */
#include "role/sem/page.h"

enum tsm_err page_read(const struct http_request *q, int64_t usual, struct page *out)
{
    struct page p = {.n = 0};
    TRY(http_query_number(q, "limit", (struct http_range){1, PAGE_MAX, usual}, &p.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &p.before));
    *out = p;
    return TSM_OK;
}

enum tsm_err page_link(const struct page *p, const struct http_request *q, struct http_reply *reply,
                       json_t *answer)
{
    if (p->n < p->limit)
        return TSM_OK;
    if (json_is_object(answer))
        json_object_set_new(answer, "next", json_sprintf("%lld", (long long)p->last));
    return http_reply_header(reply, "Link", "<%s?limit=%lld&before=%lld>; rel=\"next\"", q->path,
                             (long long)p->limit, (long long)p->last);
}
