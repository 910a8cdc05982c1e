/* SPDX-License-Identifier: Apache-2.0 */
/* The tiny card behind SCP80: opens packets, counts, executes remote scripts, proves receipt. Test code. [TS
 * 102 225, TS 102 226] */
#include <string.h>

#include "base/ber.h"
#include "cards.h"
#include "gp/apdu/ins.h"
#include "ota/remote/remote.h"

enum { TAG_ANSWER = 0xAB, TAG_COUNT = 0x80, TAG_R_APDU = 0x23, TAG_C_APDU = 0x22, SW_LEN = 2 };

static bool is_failure(struct bytes answer)
{
    return answer.at[answer.len - SW_LEN] != 0x90;
}

/* The C-APDUs of an expanded script until one fails; their answers as objects 23. */
static size_t run_expanded(struct card *c, struct bytes data, struct writer *objects)
{
    struct remote_objects script;
    struct ber object;
    size_t n = 0;
    assert_ok(remote_open_script(data, &script));
    while (!c->answers_none && remote_next(&script, &object) == TSM_OK) {
        uint8_t room[512];
        struct writer answer = WRITER(room);
        assert_int_equal(object.tag, TAG_C_APDU);
        if (c->executes_only && n == c->executes_only)
            break;
        card_execute(c, object.value, &answer);
        assert_ok(ber_write(objects, TAG_R_APDU, written(&answer)));
        n++;
        if (is_failure(written(&answer)))
            break;
    }
    return n;
}

static void answer_expanded(struct card *c, struct bytes data, struct writer *out)
{
    uint8_t room[1024], count[1];
    struct writer objects = WRITER(room);
    size_t mark;
    count[0] = (uint8_t)run_expanded(c, data, &objects);
    assert_ok(ber_open(out, TAG_ANSWER, &mark));
    assert_ok(ber_write(out, TAG_COUNT, BYTES(count)));
    assert_ok(write_span(out, written(&objects)));
    assert_ok(ber_close(out, mark));
}

/* The first of the commands that stand one behind the other: P3 tells its data, or its Le. */
static struct bytes take_command(struct reader *r)
{
    struct bytes command;
    uint8_t ins = r->left.at[1];
    bool reads = ins == INS_GET_DATA || ins == INS_GET_RESPONSE;
    assert_ok(read_span(r, 5 + (reads ? 0U : r->left.at[4]), &command));
    return command;
}

static void split(struct writer *answer, struct bytes *data, uint16_t *sw)
{
    *sw = (uint16_t)(answer->at[answer->len - SW_LEN] << 8 | answer->at[answer->len - 1]);
    *data = BYTES_OF(answer->at, answer->len - SW_LEN);
}

/* What a command with data answers waits for GET RESPONSE [TS 102 226 5.1]. */
static void one_compact(struct card *c, struct bytes command, struct writer *last, struct bytes *shown,
                        uint16_t *sw)
{
    struct bytes data;
    if (command.at[1] != INS_GET_RESPONSE) {
        last->len = 0;
        card_execute(c, command, last);
        split(last, &data, sw);
        *shown = command.at[1] == INS_GET_DATA ? data : BYTES_NONE;
        return;
    }
    split(last, shown, sw);
    *sw = shown->len ? SW_OK : SW_CONDITIONS;
}

static void answer_compact(struct card *c, struct bytes data, struct writer *out)
{
    struct reader r = READER(data);
    uint8_t room[512];
    struct writer last = {room, 0, sizeof room};
    struct bytes shown = BYTES_NONE;
    uint16_t sw = SW_OK;
    size_t n = 0;
    while (r.left.len && sw == SW_OK && !c->answers_none && !(c->executes_only && n == c->executes_only)) {
        one_compact(c, take_command(&r), &last, &shown, &sw);
        n++;
    }
    assert_ok(write_u8(out, (unsigned)n));
    assert_ok(write_u16(out, sw));
    assert_ok(write_span(out, shown));
}

static uint8_t execute(struct card *c, const struct scp80_command *cmd, struct writer *data)
{
    if (c->por)
        return c->por;
    if (cmd->counter <= c->counter)
        return POR_COUNTER_LOW;
    c->counter = cmd->counter;
    if (c->compact)
        answer_compact(c, cmd->data, data);
    else
        answer_expanded(c, cmd->data, data);
    return POR_OK;
}

struct octets card_packet(struct card *c, struct bytes packet)
{
    static uint8_t clear[2048], answer[2048];
    struct octets out = {.len = 0};
    struct writer plain = WRITER(clear), data = WRITER(answer), w = WRITER(out.at);
    struct scp80_command cmd;
    struct scp80_response r = {.status = POR_CHECKSUM_FAILED};
    struct por_terms terms = {.cc_len = 8};
    bool fine;
    assert_ok(scp80_unwrap(packet, &c->keys, &cmd, &plain));
    fine = !c->wrong_key;
    memcpy(r.tar, cmd.tar, sizeof r.tar);
    r.counter = cmd.counter;
    if (fine)
        r.status = execute(c, &cmd, &data);
    r.data = written(&data);
    terms.spi2 =
        fine && !c->bare ? cmd.spi[1] : (uint8_t)(cmd.spi[1] & 0x21); /* else neither checksum nor cipher */
    terms.kic = cmd.kic;
    terms.kid = cmd.kid;
    c->por = 0;
    c->bare = false;
    assert_ok(por_wrap(&r, terms, &c->keys, &w));
    out.len = w.len;
    return out;
}
