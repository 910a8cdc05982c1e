/* SPDX-License-Identifier: Apache-2.0 */
/* MANAGE ELF UPGRADE, command and answer. Stations 5 and 11. Pure. [GPCS Amendment H] */
#include "gp/upgrade/upgrade.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { TAG_SESSION = 0xA1, TAG_FILE = 0x4F, TAG_OPTIONS = 0x80, TAG_STATUS = 0x90 };

static enum tsm_err write_start(const struct upgrade_request *q, struct writer *w)
{
    size_t mark;
    TRY(aid_check(q->file));
    TRY(tlv_open(w, TAG_SESSION, &mark));
    TRY(tlv_write(w, TAG_FILE, q->file));
    if (q->options)
        TRY(tlv_write_u8(w, TAG_OPTIONS, q->options));
    return tlv_close(w, mark);
}

enum tsm_err upgrade_write(const struct upgrade_request *q, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    TRY(command_open(&at, INS_MANAGE_ELF_UPGRADE, (uint8_t)q->action, 0, &mark));
    if (q->action == UPGRADE_START)
        TRY(write_start(q, &at));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err upgrade_read(struct bytes data, struct upgrade_session *out)
{
    struct upgrade_session s = {.status = SESSION_NONE};
    struct reader r = READER(data), inside;
    struct bytes information, session, status;
    enum tsm_err e;
    TRY(read_lv(&r, &s.confirmation));
    TRY(read_lv(&r, &information));
    TRY(read_end(&r));
    inside = READER(information);
    if (tlv_find(inside.left, TAG_SESSION, &session) != TSM_OK ||
        tlv_find(session, TAG_STATUS, &status) != TSM_OK)
        return FAIL(MISSING_FIELD, "the answer to MANAGE ELF UPGRADE tells no status");
    NEED(status.len == 1, BAD_LENGTH);
    s.status = status.at[0];
    e = tlv_find(session, TAG_FILE, &s.file);
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    TRY(aid_check_or_none(s.file));
    *out = s;
    return TSM_OK;
}
