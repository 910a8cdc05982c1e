/* SPDX-License-Identifier: Apache-2.0 */
/* GET RESPONSE and the second try with another Le, below secure messaging. Stations 9 and 10. Pure.
 * [ISO 7816-4 5.3.4, GPCS 11.1.5.2] */
#include "gp/apdu/transport.h"

#include "gp/apdu/ins.h"

enum { SW1_MORE = 0x61, SW1_WRONG_LE = 0x6C };

void transport_begin(struct transport *t, struct bytes capdu, struct writer *joined)
{
    *t = (struct transport){.command = capdu, .joined = joined};
}

/* GET RESPONSE goes to the same logical channel and is never protected. */
static uint8_t class_of(uint8_t cla)
{
    if (cla & CLA_FURTHER)
        return (uint8_t)(CLA_FURTHER | (cla & CLA_CHANNEL_FURTHER));
    return cla & CLA_CHANNEL;
}

static enum tsm_err get_response(struct transport *t, uint8_t le, struct bytes *send)
{
    struct writer w = WRITER(t->again);
    struct apdu command;
    TRY(apdu_read(t->command, &command));
    TRY(apdu_write(&(struct apdu){.cla = class_of(command.cla), .ins = INS_GET_RESPONSE, .le = le}, &w));
    *send = written(&w);
    return TSM_OK;
}

/* The same octets: the counter and the MAC chain have moved, so the command is never protected again. */
static enum tsm_err same_with_le(struct transport *t, uint8_t le, struct bytes *send)
{
    struct writer w = WRITER(t->again);
    struct apdu command;
    TRY(apdu_read(t->command, &command));
    NEED(t->command.len <= APDU_SHORT_MAX && command.data.len <= APDU_SHORT_DATA_MAX, BAD_LENGTH);
    command.le = le;
    TRY(apdu_write(&command, &w));
    *send = written(&w);
    return TSM_OK;
}

enum tsm_err transport_step(struct transport *t, struct bytes rapdu, struct bytes *send)
{
    struct rapdu answer;
    struct writer at = *t->joined;
    struct bytes next = BYTES_NONE;
    uint8_t sw1, sw2;
    TRY(rapdu_read(rapdu, &answer));
    NEED(t->rounds < TRANSPORT_ROUNDS_MAX, TOO_LONG);
    sw1 = (uint8_t)(answer.sw >> 8);
    sw2 = (uint8_t)(answer.sw & 0xFF);
    TRY(write_span(&at, answer.data));
    if (sw1 == SW1_MORE || (sw1 == SW1_WRONG_LE && t->reading))
        TRY(get_response(t, sw2, &next));
    else if (sw1 == SW1_WRONG_LE && t->rounds == 0)
        TRY(same_with_le(t, sw2, &next));
    else
        TRY(write_u16(&at, answer.sw));
    t->reading = t->reading || sw1 == SW1_MORE;
    t->rounds++;
    *t->joined = at;
    *send = next;
    return TSM_OK;
}
