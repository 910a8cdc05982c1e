/* SPDX-License-Identifier: Apache-2.0 */
/* A script as an agent sends it, without any key. Station 9. Pure. [GPCS Amendment I] */
#include "gp/command/command.h"
#include "gp/sems/sems.h"
#include "gp/tlv.h"

enum {
    INS_PROCESS_SCRIPT = 0xA0,
    P1_MORE = 0x01,
    TAG_CERTIFICATE = 0x7F21,
    TAG_FRAME_60 = 0x60,
    TAG_AUTHENTICATION = 0x41,
    TAG_COMMAND = 0x40
};

const uint8_t sems_application[13] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x53, 0x45,
                                      0x4D, 0x53, 0x00, 0x00, 0x00, 0x01};

struct sems_player sems_player_of(struct bytes script, size_t block)
{
    return (struct sems_player){READER(script), BYTES_NONE, block};
}

static enum tsm_err send(unsigned p1, struct bytes data, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    TRY(command_open(&at, INS_PROCESS_SCRIPT, (uint8_t)p1, 0, &mark));
    TRY(write_span(&at, data));
    TRY(command_close(&at, mark, APDU_LE_NONE));
    *capdu = at;
    return TSM_OK;
}

static enum tsm_err send_piece(struct sems_player *p, struct writer *capdu)
{
    struct reader r = READER(p->rest);
    struct bytes piece;
    TRY(read_span(&r, p->rest.len < p->block ? p->rest.len : p->block, &piece));
    TRY(send(r.left.len ? P1_MORE : 0, piece, capdu));
    p->rest = r.left;
    return TSM_OK;
}

enum tsm_err sems_play(struct sems_player *p, struct writer *capdu)
{
    struct tlv frame;
    struct bytes inside;
    NEED(p->block > 0, BAD_VALUE);
    if (p->rest.len)
        return send_piece(p, capdu);
    if (p->frames.left.len == 0)
        return FAIL(NOT_FOUND, "no more commands");
    TRY(tlv_next(&p->frames, &frame));
    switch (frame.tag) {
    case TAG_CERTIFICATE:
        p->rest = frame.whole;
        return send_piece(p, capdu);
    case TAG_FRAME_60:
        TRY(tlv_find(frame.value, TAG_AUTHENTICATION, &inside));
        return send(0, inside, capdu);
    case TAG_COMMAND:
        return write_span(capdu, frame.value);
    default:
        return FAIL(BAD_VALUE, "%X is no frame of a script", (unsigned)frame.tag);
    }
}
