/* SPDX-License-Identifier: Apache-2.0 */
/* Segments put together again. Station 10. Pure. [TS 23.040 9.2.3.24.1] */
#include "ota/sms/reassembly.h"

#include <string.h>

static bool is_complete(const struct reassembly *r)
{
    return r->total && r->have == (1u << r->total) - 1;
}

static bool is_same_message(const struct reassembly *r, const struct udh *u)
{
    return r->total == u->total && r->ref == u->ref && u->concatenated;
}

enum tsm_err reassembly_add(struct reassembly *r, struct bytes user_data, enum segment_result *result)
{
    struct bytes part;
    struct udh u;
    size_t i, len;
    TRY(udh_read(user_data, &u, &part));
    NEED(u.total <= SMS_SEGMENTS_MAX && part.len <= SMS_UD_MAX, TOO_LONG);
    i = u.part - 1u;
    if (!is_same_message(r, &u))
        *r = (struct reassembly){.ref = u.ref, .total = u.total};
    if (r->have & 1u << i) {
        *result = SEGMENT_DUPLICATE;
        return TSM_OK;
    }
    TRY(bytes_keep(part, r->part[i], SMS_UD_MAX, &len));
    r->len[i] = (uint8_t)len;
    r->have |= 1u << i;
    r->command |= u.command;
    r->response |= u.response;
    *result = is_complete(r) ? SEGMENT_COMPLETE : SEGMENT_WAITING;
    return TSM_OK;
}

enum tsm_err reassembly_packet(const struct reassembly *r, struct writer *packet)
{
    struct writer at = *packet;
    NEED(is_complete(r), WRONG_STATE);
    for (size_t i = 0; i < r->total; i++)
        TRY(write_span(&at, BYTES_OF(r->part[i], r->len[i])));
    *packet = at;
    return TSM_OK;
}

static bool is_stale(const struct reassembly_pool *pool, const struct reassembly_slot *slot, time_us now)
{
    return slot->source[0] == 0 || now - slot->last > pool->ttl;
}

static struct reassembly_slot *choose(struct reassembly_pool *pool, const char *source, time_us now)
{
    struct reassembly_slot *oldest = &pool->slots[0];
    for (size_t i = 0; i < pool->count; i++)
        if (strcmp(pool->slots[i].source, source) == 0)
            return &pool->slots[i];
    for (size_t i = 0; i < pool->count; i++) {
        if (is_stale(pool, &pool->slots[i], now))
            return &pool->slots[i];
        if (pool->slots[i].last < oldest->last)
            oldest = &pool->slots[i];
    }
    return oldest;
}

enum tsm_err reassembly_for(struct reassembly_pool *pool, const char *source, time_us now,
                            struct reassembly **out)
{
    struct reassembly_slot *slot;
    size_t len = strlen(source);
    NEED(len > 0 && len <= SMS_SOURCE_MAX, TOO_LONG);
    slot = choose(pool, source, now);
    if (strcmp(slot->source, source) != 0 || is_stale(pool, slot, now)) {
        slot->message = (struct reassembly){0};
        memcpy(slot->source, source, len + 1);
    }
    slot->last = now;
    *out = &slot->message;
    return TSM_OK;
}
