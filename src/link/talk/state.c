/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a talk between two exchanges, written field by field: what is stored does not depend on the
 * compiler, and another version is seen at the first octet. Station 12. Pure. */
#include <stddef.h>

#include "base/hex.h"
#include "base/json.h"
#include "link/talk/talk.h"

/* One member: a number of 1, 2, 4 or 8 octets, or a fixed array as it is. */
struct field {
    size_t at, size;
    enum { NUMBER, OCTETS } kind;
};
#define N(of, member)                                                         \
    {                                                                         \
        offsetof(struct of, member), sizeof(((struct of *)0)->member), NUMBER \
    }
#define O(of, member)                                                         \
    {                                                                         \
        offsetof(struct of, member), sizeof(((struct of *)0)->member), OCTETS \
    }
#define FIELDS(rows) rows, sizeof(rows) / sizeof(rows)[0]

static const struct field state_fields[] = {N(talk_state, version),        N(talk_state, step),
                                            N(talk_state, phase),          N(talk_state, redo),
                                            N(talk_state, losses),         N(talk_state, channel_state),
                                            N(talk_state, channel_domain), N(talk_state, authenticate_len),
                                            N(talk_state, position),       N(talk_state, sent),
                                            N(talk_state, asked),          N(talk_state, counter),
                                            O(talk_state, host),           N(talk_state, host_len),
                                            N(talk_state, changed),        N(talk_state, jump),
                                            N(talk_state, assumed),        N(talk_state, ask_first),
                                            O(talk_state, authenticate),   N(talk_state, control),
                                            N(talk_state, agreed_len),     O(talk_state, agreed),
                                            O(talk_state, point),          N(talk_state, shut)};
static const struct field channel_fields[] = {
    N(channel, protocol),      N(channel, i),      N(channel, kvn),    N(channel, level),
    N(channel, challenge_len), N(channel, quirks), O(channel, host),   O(channel, card),
    O(channel, sequence),      O(channel, chain),  O(channel, rchain), N(channel, counter),
    N(channel, open),          N(channel, awaits)};

static enum tsm_err write_number(struct writer *w, const void *at, size_t size)
{
    switch (size) {
    case sizeof(uint8_t):
        return write_u8(w, *(const uint8_t *)at);
    case sizeof(uint16_t):
        return write_u16(w, *(const uint16_t *)at);
    case sizeof(uint32_t):
        return write_u32(w, *(const uint32_t *)at);
    default:
        return write_u64(w, *(const uint64_t *)at);
    }
}

static enum tsm_err read_number(struct reader *r, void *at, size_t size)
{
    switch (size) {
    case sizeof(uint8_t):
        return read_u8(r, at);
    case sizeof(uint16_t):
        return read_u16(r, at);
    case sizeof(uint32_t):
        return read_u32(r, at);
    default:
        return read_u64(r, at);
    }
}

static enum tsm_err write_fields(struct writer *w, const void *from, const struct field *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *at = (const uint8_t *)from + rows[i].at;
        TRY(rows[i].kind == NUMBER ? write_number(w, at, rows[i].size)
                                   : write_span(w, BYTES_OF(at, rows[i].size)));
    }
    return TSM_OK;
}

static enum tsm_err read_fields(struct reader *r, void *into, const struct field *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t *at = (uint8_t *)into + rows[i].at;
        TRY(rows[i].kind == NUMBER ? read_number(r, at, rows[i].size) : read_copy(r, rows[i].size, at));
    }
    return TSM_OK;
}

enum tsm_err talk_state_write(const struct talk_state *state, struct writer *w)
{
    struct writer at = *w;
    TRY(write_fields(&at, state, FIELDS(state_fields)));
    TRY(write_fields(&at, &state->channel, FIELDS(channel_fields)));
    TRY(write_fields(&at, &state->before, FIELDS(channel_fields)));
    *w = at;
    return TSM_OK;
}

/* Lengths that reach beyond their arrays, positions that no plan has, come from no talk. */
static bool is_sound(const struct talk_state *s)
{
    return s->phase <= TALK_PROBING && s->channel_state <= CHANNEL_OPEN && s->channel_domain < PLAN_DOMAINS &&
           s->authenticate_len <= sizeof s->authenticate && s->host_len <= sizeof s->host &&
           s->agreed_len <= sizeof s->agreed && s->sent <= TALK_PAYLOAD_MAX &&
           s->channel.challenge_len <= sizeof s->channel.host &&
           s->before.challenge_len <= sizeof s->before.host;
}

enum tsm_err talk_state_read(struct bytes stored, struct talk_state *out)
{
    struct reader r = READER(stored);
    struct talk_state st = {0};
    if (stored.len == 0) {
        talk_begin(out);
        return TSM_OK;
    }
    if (stored.at[0] != TALK_STATE_VERSION)
        return FAIL(
            UNSUPPORTED,
            "the talk was begun by another version of the program: its state has the form %u, this one "
            "reads %u; order again",
            stored.at[0], TALK_STATE_VERSION);
    TRY(read_fields(&r, &st, FIELDS(state_fields)));
    TRY(read_fields(&r, &st.channel, FIELDS(channel_fields)));
    TRY(read_fields(&r, &st.before, FIELDS(channel_fields)));
    TRY(read_end(&r));
    NEED(is_sound(&st), BAD_VALUE);
    *out = st;
    return TSM_OK;
}

json_t *talk_state_json(const struct talk_state *state)
{
    uint8_t room[TALK_STATE_MAX];
    char text[2 * TALK_STATE_MAX + 1];
    struct writer w = WRITER(room);
    return talk_state_write(state, &w) == TSM_OK ? json_string(hex_text(written(&w), text)) : NULL;
}

enum tsm_err talk_state_of_json(const json_t *stored, struct talk_state *out)
{
    const char *text = json_string_value(stored);
    uint8_t room[TALK_STATE_MAX];
    size_t n = 0;
    if (text)
        TRY(hex_read(text, room, sizeof room, &n));
    return talk_state_read(BYTES_OF(room, n), out);
}
