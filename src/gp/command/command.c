/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of every plain GlobalPlatform command. Station 5. Pure. [GPCS 11.1.5] */
#include "gp/command/command.h"

enum tsm_err command_open(struct writer *w, uint8_t ins, uint8_t p1, uint8_t p2, size_t *mark)
{
    TRY(write_u8(w, ins == INS_SELECT ? CLA_ISO : CLA_GP));
    TRY(write_u8(w, ins));
    TRY(write_u8(w, p1));
    TRY(write_u8(w, p2));
    *mark = w->len;
    return TSM_OK;
}

enum tsm_err command_close(struct writer *w, size_t mark, int32_t le)
{
    size_t len = w->len - mark;
    uint8_t *lc;
    if (len > APDU_SHORT_DATA_MAX)
        return FAIL(TOO_LONG, "the command has %zu octets of data, one short command takes %d", len,
                    APDU_SHORT_DATA_MAX);
    if (len) {
        TRY(write_insert(w, mark, 1, &lc));
        *lc = (uint8_t)len;
    }
    return le == APDU_LE_NONE ? TSM_OK : write_u8(w, 0);
}

enum tsm_err aid_check(struct bytes aid)
{
    if (aid.len < AID_MIN || aid.len > AID_MAX)
        return FAIL(BAD_LENGTH, "an AID has %d to %d octets, this one %zu", AID_MIN, AID_MAX, aid.len);
    return TSM_OK;
}

enum tsm_err aid_check_or_none(struct bytes aid)
{
    return aid.len ? aid_check(aid) : TSM_OK;
}
