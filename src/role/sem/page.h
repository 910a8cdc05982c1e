/* SPDX-License-Identifier: Apache-2.0 */
/* A page of a list that grows with an element's life: newest first, `limit` at a time, the next one behind
 * `before`. Station 1. Role. [RFC 8288] */
#ifndef TSM_ROLE_SEM_PAGE_H
#define TSM_ROLE_SEM_PAGE_H

#include "base/json.h"
#include "http/reply.h"
#include "http/request.h"

enum { PAGE_MAX = 100 };

struct page {
    int64_t limit, before; /* as asked for: 1 to PAGE_MAX, and only what is older than this id */
    int64_t last, n;       /* as shown: the id of the last one, and how many */
};
/* ?limit= and ?before= of a request; BAD_VALUE with the field named. */
enum tsm_err page_read(const struct http_request *q, int64_t usual, struct page *out);
/* One more is shown. */
static inline void page_shows(struct page *p, int64_t id)
{
    p->last = id;
    p->n++;
}
/* Where more may follow: the header field Link with rel="next" and, of an answer that is an object, its
 * member `next`, the `before` of the next page. */
enum tsm_err page_link(const struct page *p, const struct http_request *q, struct http_reply *reply,
                       json_t *answer);

#endif
