/* SPDX-License-Identifier: Apache-2.0 */
/* Replays a secure channel session step by step. Test code for gp/channel. */
#include "session_run.h"

enum { ROOM = 1024 };

struct session {
    struct static_keys statics;
    struct session_keys keys;
    struct channel ch;
};

/* Origins differ in whether a trailing Le 00 is sent. */
static void assert_command(struct bytes got, const char *hex)
{
    struct octets want = octets_of(hex);
    if (got.len + 1 == want.len && want.at[want.len - 1] == 0)
        want.len--;
    else if (want.len + 1 == got.len && got.at[got.len - 1] == 0)
        got.len--;
    if (!bytes_equal(got, octets_bytes(&want)))
        assert_hex(got, hex);
}

static void assert_keys(const struct session_keys *keys, const struct session_row *row)
{
    assert_hex(secret_bytes(&keys->enc.value), row->s_enc);
    assert_hex(secret_bytes(&keys->mac.value), row->s_mac);
    if (row->s_rmac)
        assert_hex(secret_bytes(&keys->rmac.value), row->s_rmac);
    if (row->s_dek)
        assert_hex(secret_bytes(&keys->dek.value), row->s_dek);
}

static void assert_start(const struct session_row *row)
{
    struct octets host = octets_of(row->host), want;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    if (!row->start)
        return;
    want = octets_of(row->start);
    assert_ok(channel_start(want.at[2], octets_bytes(&host), &w));
    assert_command(written(&w), row->start);
}

static void open_session(const struct session_row *row, struct session *s)
{
    struct octets answer = octets_of(row->answer), host = octets_of(row->host);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    struct init_update iu;
    assert_ok(gp_init_update_read(octets_bytes(&answer), &iu));
    assert_ok(gp_init_update_write(&iu, &w));
    assert_hex(written(&w), row->answer);
    if (iu.protocol == SCP02)
        iu.i = row->i;
    s->statics = keys_of(iu.protocol == SCP02 ? CIPHER_TDES : CIPHER_AES, row->enc, row->mac, row->dek);
    assert_ok(channel_open(&iu, octets_bytes(&host), &s->statics, row->level, &s->ch, &s->keys));
    assert_keys(&s->keys, row);
}

void assert_flips_refused(const struct channel *ch, const struct session_keys *keys,
                          const struct channel_expect *expect, struct octets answer)
{
    for (size_t bit = 0; bit < 8 * answer.len; bit++) {
        struct channel copy = *ch;
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        uint16_t sw;
        answer.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_err(channel_unwrap(&copy, keys, expect, octets_bytes(&answer), &w, &sw), TSM_MAC_WRONG);
        assert_memory_equal(&copy, ch, sizeof copy);
        assert_int_equal(w.len, 0);
        answer.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void assert_answer(const struct session_step *step, struct session *s,
                          const struct channel_expect *expect)
{
    struct octets answer = octets_of(step->answer);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    uint16_t sw;
    if (s->ch.level & LEVEL_R_MAC)
        assert_flips_refused(&s->ch, &s->keys, expect, answer);
    assert_ok(channel_unwrap(&s->ch, &s->keys, expect, octets_bytes(&answer), &w, &sw));
    assert_ok(write_u16(&w, sw));
    assert_hex(written(&w), step->plain_answer);
}

static void run_step(const struct session_step *step, struct session *s)
{
    struct octets plain = octets_of(step->plain);
    struct channel_expect expect;
    struct apdu apdu;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_ok(apdu_read(octets_bytes(&plain), &apdu));
    assert_ok(channel_wrap(&s->ch, &s->keys, &apdu, &w, &expect));
    assert_command(written(&w), step->wrapped);
    if (step->answer)
        assert_answer(step, s, &expect);
}

void run_session(const struct session_row *row)
{
    struct session s;
    struct session_keys again;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_start(row);
    open_session(row, &s);
    assert_ok(channel_authenticate(&s.ch, &s.keys, &w));
    assert_command(written(&w), row->external);
    for (size_t i = 0; i < SESSION_STEPS_MAX && row->step[i].plain; i++)
        run_step(&row->step[i], &s);
    assert_ok(channel_rederive(&s.ch, &s.statics, &again));
    assert_keys(&again, row);
}
