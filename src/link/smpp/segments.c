/* SPDX-License-Identifier: Apache-2.0 */
/* The segments of a link: a list that keeps the order of coming, and a small window. Station 9. Pure but for
 * allocation. */
#include "link/smpp/segments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum tsm_err check(const struct smpp_out *out)
{
    size_t digits = strlen(out->msisdn);
    if (!digits || digits >= SMPP_ADDRESS_ROOM || strspn(out->msisdn, "0123456789") != digits)
        return FAIL_FIELD(BAD_VALUE, "msisdn", "a subscriber's number has 1 to %d digits",
                          SMPP_ADDRESS_ROOM - 1);
    if (!out->user_data.len || out->user_data.len > SMPP_USER_DATA_MAX)
        return FAIL(BAD_VALUE, "a segment has 1 to %d octets of user data", SMPP_USER_DATA_MAX);
    if (out->validity_s > SMPP_VALIDITY_MAX_S)
        return FAIL(BAD_VALUE, "a validity of more than %d days", SMPP_VALIDITY_MAX_S / 86400);
    return TSM_OK;
}

enum tsm_err segment_make(const struct smpp_out *out, time_us now, struct segment **made)
{
    struct segment *s;
    TRY(check(out));
    s = calloc(1, sizeof *s);
    NEED(s, NO_MEMORY);
    s->ref = out->ref;
    s->number = out->segment;
    s->udhi = out->udhi;
    s->validity_s = out->validity_s;
    s->expires = out->validity_s ? now + SECONDS(out->validity_s) : 0;
    snprintf(s->msisdn, sizeof s->msisdn, "%s", out->msisdn);
    if (bytes_keep(out->user_data, s->user_data, sizeof s->user_data, &s->len) != TSM_OK) {
        free(s);
        return TSM_TOO_LONG;
    }
    *made = s;
    return TSM_OK;
}

void queue_put_last(struct queue *q, struct segment *s)
{
    s->order = ++q->orders;
    s->next = NULL;
    if (q->last)
        q->last->next = s;
    else
        q->first = s;
    q->last = s;
    q->n++;
}

enum tsm_err queue_add(struct queue *q, struct segment *s)
{
    NEED(q->n < q->max, BUSY);
    queue_put_last(q, s);
    return TSM_OK;
}

void queue_put_back(struct queue *q, struct segment *s)
{
    struct segment **place = &q->first;
    while (*place && (*place)->order < s->order)
        place = &(*place)->next;
    s->next = *place;
    *place = s;
    if (!s->next)
        q->last = s;
    q->n++;
}

struct segment *queue_take(struct queue *q)
{
    struct segment *s = q->first;
    if (!s)
        return NULL;
    q->first = s->next;
    if (!q->first)
        q->last = NULL;
    q->n--;
    s->next = NULL;
    return s;
}

void window_add(struct window *w, struct segment *s)
{
    w->at[w->n++] = s;
}

static struct segment *remove_at(struct window *w, size_t i)
{
    struct segment *s = w->at[i];
    for (w->n--; i < w->n; i++)
        w->at[i] = w->at[i + 1];
    return s;
}

struct segment *window_take(struct window *w, uint32_t sequence)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->at[i]->sequence == sequence)
            return remove_at(w, i);
    return NULL;
}

struct segment *window_overdue(struct window *w, time_us now)
{
    return w->n && w->at[0]->answer_by <= now ? remove_at(w, 0) : NULL;
}
