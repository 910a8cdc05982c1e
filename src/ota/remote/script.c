/* SPDX-License-Identifier: Apache-2.0 */
/* Remote command scripts: written for the card, opened as the card does. Stations 7 and 8. Pure.
 * [TS 102 226 5.2.1] */
#include "ota/remote/remote.h"

enum { P3_LEN = 1 };

/* What a short C-APDU consists of. */
struct apdu_parts {
    struct bytes header, body; /* body: Lc and data; empty when there is no data */
    struct bytes le;           /* one octet or none */
};

static enum tsm_err apdu_split(struct bytes apdu, struct apdu_parts *out)
{
    struct reader r = READER(apdu), body;
    struct apdu_parts p = {.body = BYTES_NONE, .le = BYTES_NONE};
    struct bytes data;
    NEED(apdu.len <= REMOTE_APDU_MAX, BAD_LENGTH);
    TRY(read_span(&r, REMOTE_HEADER_LEN, &p.header));
    if (r.left.len <= P3_LEN) {
        p.le = r.left;
    } else {
        body = r;
        TRY(read_lv(&r, &data));
        NEED(data.len > 0 && r.left.len <= P3_LEN, BAD_LENGTH);
        TRY(read_span(&body, P3_LEN + data.len, &p.body));
        p.le = r.left;
    }
    *out = p;
    return TSM_OK;
}

/* CLA INS P1 P2 P3 [data]: P3 is Lc, or Le of a command without data, or 00. */
static enum tsm_err write_compact(struct bytes apdu, struct writer *w)
{
    struct apdu_parts p = {.body = BYTES_NONE};
    TRY(apdu_split(apdu, &p));
    TRY(write_span(w, p.header));
    if (p.body.len)
        return write_span(w, p.body);
    return p.le.len ? write_span(w, p.le) : write_u8(w, 0);
}

static enum tsm_err write_actions(const struct remote_script *s, struct writer *w)
{
    const uint8_t chaining = (uint8_t)s->chaining;
    if (s->chaining != CHAIN_NONE)
        TRY(ber_write(w, REMOTE_CHAINING, BYTES_OF(&chaining, 1)));
    if (s->error_action.len || s->stop_silently)
        TRY(ber_write(w, REMOTE_ERROR_ACTION, s->error_action));
    if (s->immediate_action.len)
        TRY(ber_write(w, REMOTE_IMMEDIATE_ACTION, s->immediate_action));
    return TSM_OK;
}

static enum tsm_err write_objects(const struct remote_script *s, struct writer *w)
{
    struct apdu_parts unused;
    TRY(write_actions(s, w));
    for (size_t i = 0; i < s->count; i++) {
        TRY(apdu_split(s->commands[i], &unused));
        TRY(ber_write(w, REMOTE_C_APDU, s->commands[i]));
    }
    return TSM_OK;
}

static enum tsm_err write_script(const struct remote_script *s, struct writer *w)
{
    size_t mark;
    switch (s->format) {
    case REMOTE_COMPACT:
        NEED(s->chaining == CHAIN_NONE && !s->stop_silently, UNSUPPORTED);
        NEED(s->error_action.len == 0 && s->immediate_action.len == 0, UNSUPPORTED);
        for (size_t i = 0; i < s->count; i++)
            TRY(write_compact(s->commands[i], w));
        return TSM_OK;
    case REMOTE_DEFINITE:
        TRY(ber_open(w, REMOTE_SCRIPT, &mark));
        TRY(write_objects(s, w));
        return ber_close(w, mark);
    case REMOTE_INDEFINITE:
        TRY(write_u16(w, REMOTE_SCRIPT_INDEFINITE << 8 | 0x80));
        TRY(write_objects(s, w));
        return write_u16(w, 0);
    }
    return FAIL(BAD_VALUE, "format %d is no remote command format", (int)s->format);
}

enum tsm_err remote_write(const struct remote_script *s, struct writer *w)
{
    struct writer at = *w;
    NEED(s->count <= REMOTE_COMMANDS_MAX, BAD_VALUE);
    NEED(s->count > 0 || s->immediate_action.len > 0, BAD_VALUE);
    TRY(write_script(s, &at));
    *w = at;
    return TSM_OK;
}

static size_t objects_len(const struct remote_script *s)
{
    size_t sum = s->chaining != CHAIN_NONE ? ber_size(REMOTE_CHAINING, 1) : 0;
    if (s->error_action.len || s->stop_silently)
        sum += ber_size(REMOTE_ERROR_ACTION, s->error_action.len);
    if (s->immediate_action.len)
        sum += ber_size(REMOTE_IMMEDIATE_ACTION, s->immediate_action.len);
    for (size_t i = 0; i < s->count; i++)
        sum += ber_size(REMOTE_C_APDU, s->commands[i].len);
    return sum;
}

size_t remote_len(const struct remote_script *s)
{
    size_t sum = 0;
    struct apdu_parts p = {.body = BYTES_NONE};
    for (size_t i = 0; i < s->count; i++) {
        if (apdu_split(s->commands[i], &p) != TSM_OK)
            return 0;
        sum += REMOTE_HEADER_LEN + (p.body.len ? p.body.len : P3_LEN);
    }
    if (s->count > REMOTE_COMMANDS_MAX || (s->count == 0 && s->immediate_action.len == 0))
        return 0;
    switch (s->format) {
    case REMOTE_COMPACT:
        return s->chaining || s->stop_silently || s->error_action.len || s->immediate_action.len ? 0 : sum;
    case REMOTE_DEFINITE:
        return ber_size(REMOTE_SCRIPT, objects_len(s));
    case REMOTE_INDEFINITE:
        return 2 + objects_len(s) + 2;
    }
    return 0;
}
