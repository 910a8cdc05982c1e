/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to an application inside STORE DATA: the issuer's template comes through the security
 * domain, the answers go back as a response scripting template (station 10, the card's side); pure; EMV
 * Book 3 10.10, GPCS 2.3.1 11.11, TS 102 226 5.2.1. */
#include "card/applet/issuer/issuer.h"

#include "common/tlv.h"

#define TAG_IDENTIFIER    0x9F18
#define TAG_COMMAND       0x86
#define TAG_ANSWERS       0xAB
#define TAG_NUMBER        0x80
#define TAG_ANSWER        0x23
#define CARRY_COMMANDS    16
#define CARRY_ANSWERS_MAX 1024

static bool is_template(const uint8_t *at, size_t n)
{
    struct tlv t;

    for (size_t offset = 0; offset < n; offset = t.end)
        if (!tlv_read(at, n, offset, &t) ||
            (t.tag != TAG_COMMAND && (t.tag != TAG_IDENTIFIER || offset != 0)))
            return false;
    return true;
}

/* One command as if the application were selected. */
static uint16_t run(struct app *a, carried_command *take, const struct tlv *command, struct job *j,
                    struct out *answers)
{
    uint8_t room[APDU_SHORT_MAX_LE + 2];
    struct out reply;
    struct job inner = *j;
    uint16_t sw = SW_WRONG_LENGTH;

    out_init(&reply, room, sizeof room);
    inner.reply = &reply;
    if (capdu_parse(command->value, command->len, &inner.cmd))
        sw = take(a, &inner);
    if (sw_is_error(sw))
        reply.len = 0;
    out_number(&reply, sw, 2);
    out_tlv(answers, TAG_ANSWER, reply.at, reply.len);
    return sw;
}

uint16_t issuer_carry(struct app *a, carried_command *take, const uint8_t *value, size_t n, struct job *j)
{
    uint8_t room[CARRY_ANSWERS_MAX];
    struct out answers;
    struct tlv t;
    uint8_t count = 0;
    uint16_t sw = SW_OK;
    size_t mark;

    if (!is_template(value, n))
        return SW_WRONG_DATA;
    out_init(&answers, room, sizeof room);
    for (size_t offset = 0; offset < n && !sw_is_error(sw) && count < CARRY_COMMANDS; offset = t.end) {
        tlv_read(value, n, offset, &t);
        if (t.tag != TAG_COMMAND)
            continue;
        sw = run(a, take, &t, j, &answers);
        count++;
    }
    mark = out_open(j->reply, TAG_ANSWERS);
    out_tlv(j->reply, TAG_NUMBER, &count, 1);
    out_bytes(j->reply, answers.at, answers.len);
    out_close(j->reply, mark);
    lab_wipe(room, sizeof room);
    return answers.full ? SW_NO_MEMORY : SW_OK;
}
