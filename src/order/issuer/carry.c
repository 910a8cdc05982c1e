/* SPDX-License-Identifier: Apache-2.0 */
/* The template that carries commands to an application, and the one that brings its answers. Stations 5 and
 * 10. Pure. [EMV Book 3 10.10; TS 102 226 5.2.1] */
#include "order/issuer/carry.h"

#include "gp/tlv.h"

enum {
    TAG_TEMPLATE = 0x72, /* after the final GENERATE AC */
    TAG_COMMAND = 0x86,
    TAG_ANSWERS = 0xAB,
    TAG_NUMBER = 0x80,
    TAG_ANSWER = 0x23,
    COMMAND_MIN = 4,
    COMMAND_MAX = 261,
    SW_LEN = 2,
};

enum tsm_err carry_write(const struct bytes *commands, size_t n, struct writer *w)
{
    struct writer to = *w;
    size_t mark;
    NEED(n <= CARRY_MAX, TOO_LONG);
    TRY(tlv_open(&to, TAG_TEMPLATE, &mark));
    for (size_t i = 0; i < n; i++) {
        NEED(commands[i].len >= COMMAND_MIN && commands[i].len <= COMMAND_MAX, BAD_LENGTH);
        TRY(tlv_write(&to, TAG_COMMAND, commands[i]));
    }
    TRY(tlv_close(&to, mark));
    *w = to;
    return TSM_OK;
}

static enum tsm_err answer_read(struct bytes value, struct carried *out)
{
    struct reader r = READER(value);
    struct carried c;
    NEED(value.len >= SW_LEN, SHORT_INPUT);
    TRY(read_span(&r, value.len - SW_LEN, &c.data));
    TRY(read_u16(&r, &c.sw));
    *out = c;
    return TSM_OK;
}

enum tsm_err carry_read(struct bytes answer, struct carried_answers *out)
{
    struct reader all = READER(answer), inside;
    struct carried_answers found = {.n = 0};
    struct tlv t;
    TRY(tlv_next(&all, &t));
    TRY(read_end(&all));
    NEED(t.tag == TAG_ANSWERS, BAD_VALUE);
    inside = READER(t.value);
    TRY(tlv_next(&inside, &t));
    NEED(t.tag == TAG_NUMBER && t.value.len == 1, BAD_VALUE);
    NEED(t.value.at[0] <= CARRY_MAX, TOO_LONG);
    for (size_t n = t.value.at[0]; found.n < n; found.n++) {
        TRY(tlv_next(&inside, &t));
        NEED(t.tag == TAG_ANSWER, BAD_VALUE);
        TRY(answer_read(t.value, &found.at[found.n]));
    }
    TRY(read_end(&inside));
    *out = found;
    return TSM_OK;
}
