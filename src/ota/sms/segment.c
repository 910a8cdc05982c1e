/* SPDX-License-Identifier: Apache-2.0 */
/* A secured packet cut into the user data of short messages. Station 8. Pure. [TS 23.040 9.2.3.24, TS 31.115
 * 4]
 */
#include "ota/sms/segment.h"

#include "ota/sms/udh.h"

enum { UDHL_LEN = 1, CONCAT_LEN = 5, CPI_LEN = 2 };

static bool cpi_in(enum concat_order order, size_t index)
{
    return index == 0 || order == CONCAT_CPI_ALL;
}

/* Packet octets in segment `index` of a segmented message. */
static size_t part_max(enum concat_order order, size_t index)
{
    return SMS_UD_MAX - UDHL_LEN - CONCAT_LEN - (cpi_in(order, index) ? CPI_LEN : 0);
}

size_t sms_capacity(size_t segments, enum concat_order order)
{
    size_t sum = 0;
    if (segments == 0 || segments > SMS_SEGMENTS_MAX)
        return 0;
    if (segments == 1)
        return SMS_SINGLE_MAX;
    for (size_t i = 0; i < segments; i++)
        sum += part_max(order, i);
    return sum;
}

size_t sms_segments(size_t packet_len, enum concat_order order)
{
    for (size_t n = 1; packet_len && n <= SMS_SEGMENTS_MAX; n++)
        if (packet_len <= sms_capacity(n, order))
            return n;
    return 0;
}

static enum tsm_err write_cpi(const struct segmentation *how, struct writer *w)
{
    return udh_write(w, (uint8_t)how->element, BYTES_NONE);
}

static enum tsm_err write_elements(const struct segmentation *how, size_t index, size_t total,
                                   struct writer *w)
{
    const uint8_t concat[] = {how->ref, (uint8_t)total, (uint8_t)(index + 1)};
    bool cpi = cpi_in(how->order, index);
    if (cpi && (how->order != CONCAT_SPEC || total == 1))
        TRY(write_cpi(how, w));
    if (total > 1)
        TRY(udh_write(w, UDH_CONCAT_8, BYTES(concat)));
    if (cpi && how->order == CONCAT_SPEC && total > 1)
        TRY(write_cpi(how, w));
    return TSM_OK;
}

enum tsm_err sms_segment(struct bytes packet, const struct segmentation *how, size_t index, struct writer *ud)
{
    size_t total = sms_segments(packet.len, how->order), from = 0, len, mark;
    struct writer at = *ud;
    struct bytes part;
    NEED(packet.len > 0, BAD_VALUE);
    NEED(total > 0, TOO_LONG);
    NEED(index < total, BAD_VALUE);
    for (size_t i = 0; i < index; i++)
        from += part_max(how->order, i);
    len = total == 1 ? SMS_SINGLE_MAX : part_max(how->order, index);
    if (len > packet.len - from)
        len = packet.len - from;
    TRY(udh_open(&at, &mark));
    TRY(write_elements(how, index, total, &at));
    TRY(udh_close(&at, mark));
    TRY(bytes_part(packet, from, len, &part));
    TRY(write_span(&at, part));
    *ud = at;
    return TSM_OK;
}
