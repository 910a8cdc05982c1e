/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE of card content and of keys. Stations 5 and 10. Pure. [GPCS 11.2.2.3] */
#include "gp/command/delete.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { TAG_KID = 0xD0, TAG_KVN = 0xD2, TOKEN_MAX = 65535 };

#define AT(member) offsetof(struct gp_delete, member)
static const struct tlv_field token_template[] = {
    {0x42, TLV_BYTES, AT(token_iin), 1, TOKEN_MAX, TLV_OPTIONAL, NULL},
    {0x45, TLV_BYTES, AT(token_image), 1, TOKEN_MAX, TLV_OPTIONAL, NULL},
    {0x5F20, TLV_BYTES, AT(token_provider), 1, TOKEN_MAX, TLV_OPTIONAL, NULL},
    {0x93, TLV_BYTES, AT(token_number), 1, TOKEN_MAX, TLV_OPTIONAL, NULL},
    {0},
};
static const struct tlv_field content_table[] = {
    /* Table 11-23 */
    {0x4F, TLV_BYTES, AT(aid), AID_MIN, AID_MAX, TLV_NEEDED, NULL},
    {0xB6, TLV_GROUP, 0, 0, 0, TLV_OPTIONAL, token_template},
    {0x9E, TLV_BYTES, AT(token), 1, TOKEN_MAX, TLV_OPTIONAL, NULL},
    {0},
};

enum tsm_err delete_data_write(const struct gp_delete *d, struct writer *data)
{
    return tlv_put(data, content_table, d);
}

enum tsm_err delete_write(const struct gp_delete *d, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    TRY(command_open(&at, INS_DELETE, 0, d->related ? DELETE_P2_RELATED : 0, &mark));
    TRY(delete_data_write(d, &at));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err delete_read(uint8_t p2, struct bytes data, struct gp_delete *out)
{
    struct gp_delete d = {.related = p2 & DELETE_P2_RELATED};
    TRY(tlv_fill(data, content_table, &d, TLV_REFUSE_UNKNOWN));
    *out = d;
    return TSM_OK;
}

enum tsm_err delete_key_write(uint8_t kvn, uint8_t kid, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    NEED(kvn || kid, BAD_VALUE);
    TRY(command_open(&at, INS_DELETE, 0, 0, &mark));
    if (kid)
        TRY(tlv_write_u8(&at, TAG_KID, kid));
    if (kvn)
        TRY(tlv_write_u8(&at, TAG_KVN, kvn));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}
