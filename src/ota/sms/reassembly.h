/* SPDX-License-Identifier: Apache-2.0 */
/* Segments put together again, in memory that the caller owns. Station 10. Pure. [TS 23.040 9.2.3.24.1] */
#ifndef TSM_OTA_SMS_REASSEMBLY_H
#define TSM_OTA_SMS_REASSEMBLY_H

#include "base/clock.h"
#include "ota/sms/segment.h"
#include "ota/sms/udh.h"

/* One message of one sender. All zero is the empty state. */
struct reassembly {
    uint16_t ref;
    uint8_t total; /* 0: empty */
    bool command, response;
    uint32_t have; /* bit i: part i+1 is here */
    uint8_t len[SMS_SEGMENTS_MAX];
    uint8_t part[SMS_SEGMENTS_MAX][SMS_UD_MAX];
};

enum segment_result {
    SEGMENT_WAITING,   /* kept; others are missing */
    SEGMENT_COMPLETE,  /* this one completed the message */
    SEGMENT_DUPLICATE, /* was here before; nothing changed */
};

/*
 * Takes the user data (with header) of one short message. Another reference number or total drops a
 * half-built message, as cards do. Errors of udh_read; TOO_LONG above SMS_SEGMENTS_MAX parts or SMS_UD_MAX
 * octets; the state is unchanged then.
 */
enum tsm_err reassembly_add(struct reassembly *r, struct bytes user_data, enum segment_result *result);
/* Writes the packet of a complete message (from CPL or RPL on, no header). WRONG_STATE before it is complete.
 */
enum tsm_err reassembly_packet(const struct reassembly *r, struct writer *packet);

/* Many senders at once: slots that the caller owns, all zero at first. */
enum { SMS_SOURCE_MAX = 20 };
struct reassembly_slot {
    char source[SMS_SOURCE_MAX + 1];
    time_us last; /* when the last segment came */
    struct reassembly message;
};
struct reassembly_pool {
    struct reassembly_slot *slots;
    size_t count; /* at least 1 */
    time_us ttl;  /* a message that waits longer is forgotten */
};
/* The slot of this sender, emptied when its message is too old; else a free one; else the one that waited
 * longest, so that a flood cannot stop the others for long. TOO_LONG for a source above SMS_SOURCE_MAX. */
enum tsm_err reassembly_for(struct reassembly_pool *pool, const char *source, time_us now,
                            struct reassembly **out);

#endif
