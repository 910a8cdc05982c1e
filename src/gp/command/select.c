/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT by name and the file control information of a security domain. Stations 5 and 10. Pure.
 * [GPCS 11.9, Table 11-82] */
#include "gp/command/select.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { P1_BY_NAME = 0x04, TAG_FCI = 0x6F };

#define AT(member) offsetof(struct select_fci, member)
static const struct tlv_field proprietary[] = {
    {0x73, TLV_BYTES, AT(management), 0, 255, TLV_OPTIONAL, NULL},
    {0x9F6E, TLV_BYTES, AT(life_cycle), 0, 255, TLV_OPTIONAL, NULL},
    {0x9F65, TLV_NUMBER, AT(max_data), 1, 2, TLV_OPTIONAL, NULL}, /* mandatory, yet several cards omit it */
    {0},
};
static const struct tlv_field fci_table[] = {
    {0x84, TLV_BYTES, AT(aid), AID_MIN, AID_MAX, TLV_NEEDED, NULL},
    {0xA5, TLV_GROUP, 0, 0, 0, TLV_OPTIONAL, proprietary},
    {0},
};

enum tsm_err select_write(struct bytes aid, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    TRY(aid_check_or_none(aid));
    TRY(command_open(&at, INS_SELECT, P1_BY_NAME, 0, &mark));
    TRY(write_span(&at, aid));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err select_fci_read(struct bytes data, struct select_fci *out)
{
    struct reader r = READER(data);
    struct select_fci fci = {0};
    struct tlv t;
    TRY(tlv_next(&r, &t));
    TRY(read_end(&r));
    NEED(t.tag == TAG_FCI, BAD_VALUE);
    TRY(tlv_fill(t.value, fci_table, &fci, TLV_SKIP_UNKNOWN));
    *out = fci;
    return TSM_OK;
}

enum tsm_err select_fci_write(const struct select_fci *fci, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    TRY(tlv_open(&at, TAG_FCI, &mark));
    TRY(tlv_put(&at, fci_table, fci));
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}
