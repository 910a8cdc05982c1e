/* SPDX-License-Identifier: Apache-2.0 */
/* Concatenated short messages on the card: segments become one packet, a long response becomes segments. Pure
 * but for the buffer it owns (stations 8 and 10, the card's half). [TS 23.040 9.2.3.24.1, TS 31.115 4.2, 4.4]
 */
#include "uicc/sms/concat.h"

#include <stdlib.h>
#include <string.h>

enum {
    RESPONSE_PREFIX = 3, /* 02 71 00 */
    FIRST_HEADER = 8,    /* 07 00 03 ref n 1 71 00 */
    LATER_HEADER = 6,    /* 05 00 03 ref n i */
    IE_COMMAND = 0x70,
    IE_RESPONSE = 0x71
};

void concat_clear(struct concat *c)
{
    free(c->octets);
    *c = (struct concat){0};
}

static bool layout_holds(enum concat_layout layout, const struct sms_header *h)
{
    bool first = h->number == 1;
    switch (layout) {
    case LAYOUT_SPEC:
        return first ? h->command && h->first_element != IE_COMMAND : !h->command;
    case LAYOUT_CPI_FIRST:
        return h->command && h->first_element == IE_COMMAND;
    case LAYOUT_ANY:
    default:
        return !first || h->command;
    }
}

static bool begin(struct concat *c, const struct sms_header *h)
{
    uint8_t *octets = calloc(h->total, SMS_MAX_USER_DATA);
    if (!octets)
        return false;
    concat_clear(c);
    c->octets = octets;
    c->reference = h->reference;
    c->total = h->total;
    c->missing = h->total;
    return true;
}

static bool same_segment(const struct concat *c, size_t place, const uint8_t *data, size_t len)
{
    return c->seen[place] && c->lengths[place] == len &&
           memcmp(c->octets + place * SMS_MAX_USER_DATA, data, len) == 0;
}

/* A segment that is there already. Once every segment of a complete message came again, the sender repeats
 * the whole message and is entitled to a reaction. */
static enum concat_result take_repeated(struct concat *c, size_t place)
{
    if (!c->complete)
        return CONCAT_WAITING;
    c->repeated[place] = 1;
    for (size_t i = 0; i < c->total; i++)
        if (!c->repeated[i])
            return CONCAT_WAITING;
    memset(c->repeated, 0, sizeof c->repeated);
    return CONCAT_COMPLETE;
}

static enum concat_result take_segment(struct concat *c, const struct sms_header *h, const uint8_t *data,
                                       size_t len)
{
    size_t place = (size_t)h->number - 1;
    bool same_message = c->octets && c->reference == h->reference && c->total == h->total;
    if (same_message && same_segment(c, place, data, len))
        return take_repeated(c, place);
    if (!same_message || c->complete || c->seen[place])
        if (!begin(c, h))
            return CONCAT_NO_MEMORY;
    memcpy(c->octets + place * SMS_MAX_USER_DATA, data, len);
    c->lengths[place] = (uint8_t)len;
    c->seen[place] = 1;
    if (--c->missing > 0)
        return CONCAT_WAITING;
    c->complete = true;
    return CONCAT_COMPLETE;
}

static uint8_t *join(const struct concat *c, size_t *len)
{
    uint8_t *packet = malloc((size_t)c->total * SMS_MAX_USER_DATA);
    *len = 0;
    for (size_t i = 0; packet && i < c->total; i++) {
        memcpy(packet + *len, c->octets + i * SMS_MAX_USER_DATA, c->lengths[i]);
        *len += c->lengths[i];
    }
    return packet;
}

enum concat_result concat_take(struct concat *c, enum concat_layout layout, const struct sms_tpdu *t,
                               uint8_t **packet, size_t *packet_len)
{
    struct sms_header h;
    size_t behind;
    if (!t->header || !sms_read_header(t->user_data, t->user_data_len, &h, &behind))
        return CONCAT_REFUSED;
    const uint8_t *data = t->user_data + behind;
    size_t len = t->user_data_len - behind;
    if (!h.concatenated) {
        if (!h.command)
            return CONCAT_REFUSED;
        *packet = malloc(len + 1);
        if (!*packet)
            return CONCAT_NO_MEMORY;
        memcpy(*packet, data, len);
        *packet_len = len;
        return CONCAT_COMPLETE;
    }
    if (!layout_holds(layout, &h))
        return CONCAT_REFUSED;
    enum concat_result result = take_segment(c, &h, data, len);
    if (result != CONCAT_COMPLETE)
        return result;
    *packet = join(c, packet_len);
    return *packet ? CONCAT_COMPLETE : CONCAT_NO_MEMORY;
}

/* ---- mobile originated ---- */

static const size_t first_room = SMS_MAX_USER_DATA - FIRST_HEADER;
static const size_t later_room = SMS_MAX_USER_DATA - LATER_HEADER;

size_t concat_segments(size_t response_len)
{
    if (response_len <= SMS_MAX_USER_DATA)
        return 1;
    return 1 + (response_len - RESPONSE_PREFIX - first_room + later_room - 1) / later_room;
}

size_t concat_segment(const uint8_t *response, size_t response_len, uint8_t reference, size_t number,
                      uint8_t *out)
{
    size_t total = concat_segments(response_len);
    if (total == 1) {
        memcpy(out, response, response_len);
        return response_len;
    }
    const uint8_t first[FIRST_HEADER] = {7, 0, 3, reference, (uint8_t)total, 1, IE_RESPONSE, 0};
    const uint8_t later[LATER_HEADER] = {5, 0, 3, reference, (uint8_t)total, (uint8_t)number};
    size_t header = number == 1 ? FIRST_HEADER : LATER_HEADER;
    size_t at = RESPONSE_PREFIX + (number == 1 ? 0 : first_room + (number - 2) * later_room);
    size_t room = SMS_MAX_USER_DATA - header;
    size_t len = response_len - at < room ? response_len - at : room;
    memcpy(out, number == 1 ? first : later, header);
    memcpy(out + header, response + at, len);
    return header + len;
}
