/* SPDX-License-Identifier: Apache-2.0 */
/* SET STATUS: life cycle of the card, of domains and of applications. Station 5. Pure. [GPCS 11.10] */
#include "gp/command/set_status.h"

#include "gp/command/command.h"
#include "gp/command/get_status.h"

static enum tsm_err write_it(enum set_status_type type, uint8_t state, struct bytes aid, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    TRY(command_open(&at, INS_SET_STATUS, (uint8_t)type, state, &mark));
    TRY(write_span(&at, aid));
    TRY(command_close(&at, mark, APDU_LE_NONE));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err set_status_write(enum set_status_type type, uint8_t state, struct bytes aid,
                              struct writer *capdu)
{
    NEED(type == SET_STATUS_CARD || type == SET_STATUS_APPLICATION ||
             type == SET_STATUS_DOMAIN_AND_APPLICATIONS,
         BAD_VALUE);
    if (type != SET_STATUS_CARD)
        TRY(aid_check(aid));
    NEED(type != SET_STATUS_CARD || state != LIFE_CARD_TERMINATED, BAD_VALUE);
    TRY(aid_check_or_none(aid));
    return write_it(type, state, aid, capdu);
}

enum tsm_err set_status_terminate(struct writer *capdu)
{
    return write_it(SET_STATUS_CARD, LIFE_CARD_TERMINATED, BYTES_NONE, capdu);
}
