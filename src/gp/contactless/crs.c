/* SPDX-License-Identifier: Apache-2.0 */
/* Commands and answers of the contactless registry service. Stations 5 and 10. Pure. [GPCS Amendment C 3.11]
 */
#include "gp/contactless/crs.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum {
    TAG_ENTRY = 0x61,
    TAG_AID = 0x4F,
    TAG_STATE = 0x9F70,
    TAG_PRIORITY = 0x81,
    TAG_LISTENERS = 0xA4,
    P1_APPLICATIONS = 0x40,
    P2_NEXT = 0x01
};

const uint8_t crs_aid[CRS_AID_LEN] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x43, 0x52, 0x53, 0x00};

enum tsm_err crs_set_status_write(enum crs_change change, struct bytes aid, struct writer *w)
{
    size_t mark;
    TRY(aid_check(aid));
    TRY(command_open(w, INS_SET_STATUS, (uint8_t)(change >> 8), (uint8_t)change, &mark));
    TRY(tlv_write(w, TAG_AID, aid));
    return command_close(w, mark, 0);
}

enum tsm_err crs_get_status_write(bool next, struct writer *w)
{
    size_t mark;
    TRY(command_open(w, INS_GET_STATUS, P1_APPLICATIONS, next ? P2_NEXT : 0, &mark));
    TRY(tlv_write(w, TAG_AID, BYTES_NONE));
    return command_close(w, mark, 0);
}

static const struct tlv_field entry_fields[] = {
    {TAG_AID, TLV_BYTES, offsetof(struct crs_entry, aid), AID_MIN, AID_MAX, TLV_NEEDED, NULL},
    {TAG_LISTENERS, TLV_BYTES, offsetof(struct crs_entry, listeners), 0, UINT16_MAX, TLV_OPTIONAL, NULL},
    {0, TLV_BYTES, 0, 0, 0, TLV_OPTIONAL, NULL},
};

enum tsm_err crs_next(struct reader *joined, struct crs_entry *out)
{
    struct reader r = *joined;
    struct crs_entry e = {.has_priority = false};
    struct bytes value;
    struct tlv entry;
    NEED(r.left.len > 0, NOT_FOUND);
    TRY(tlv_next(&r, &entry));
    NEED(entry.tag == TAG_ENTRY, BAD_VALUE);
    TRY(tlv_fill(entry.value, entry_fields, &e, TLV_SKIP_UNKNOWN));
    TRY(tlv_find(entry.value, TAG_STATE, &value));
    NEED(value.len == 2, BAD_LENGTH);
    e.life_cycle = value.at[0];
    e.activation = value.at[1];
    e.has_priority = tlv_find(entry.value, TAG_PRIORITY, &value) == TSM_OK && value.len == 1;
    if (e.has_priority)
        e.priority = value.at[0];
    *out = e;
    *joined = r;
    return TSM_OK;
}
