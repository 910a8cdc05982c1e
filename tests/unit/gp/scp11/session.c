/* SPDX-License-Identifier: Apache-2.0 */
/* Replays an SCP11 session. Test code for gp/scp11. */
#include "session.h"

#include <string.h>

#include "gp/tlv.h"

enum { ROOM = 1024, STATUS = 2 };

static uint8_t octet_in(struct bytes crt, uint32_t tag)
{
    struct bytes v;
    assert_ok(tlv_find(crt, tag, &v));
    return v.at[v.len - 1];
}

static struct bytes optional(const char *hex, struct octets *room)
{
    if (!hex)
        return BYTES_NONE;
    *room = octets_of(hex);
    return octets_bytes(room);
}

/* The terms that the published command was made from. */
static void read_terms(const struct scp11_row *row, struct scp11_rig *r)
{
    struct apdu a;
    struct bytes crt, host = BYTES_NONE;
    r->command = octets_of(row->command);
    assert_ok(apdu_read(octets_bytes(&r->command), &a));
    assert_ok(tlv_find(a.data, 0xA6, &crt));
    (void)tlv_find(crt, 0x84, &host);
    r->terms = (struct scp11_terms){.variant = row->variant,
                                    .kvn = a.p1,
                                    .kid = a.p2,
                                    .usage = octet_in(crt, 0x95),
                                    .key_len = octet_in(crt, 0x81),
                                    .mac_len = row->mac_len,
                                    .host_id = host,
                                    .sin = optional(row->sin, &r->sin),
                                    .sdin = optional(row->sdin, &r->sdin),
                                    .card_group = optional(row->group, &r->group)};
}

void rig_of_row(const struct scp11_row *row, struct scp11_rig *r)
{
    struct octets d = octets_of(row->ephemeral);
    memset(r, 0, sizeof *r);
    assert_ok(ec_private_of(row->curve, octets_bytes(&d), &r->ephemeral));
    if (row->variant != SCP11B) {
        d = octets_of(row->oce);
        assert_ok(ec_private_of(row->curve, octets_bytes(&d), &r->oce));
    }
    r->point = octets_of(row->ephemeral_point);
    r->sd = octets_of(row->sd);
    r->answer = octets_of(row->answer);
    read_terms(row, r);
    r->opening = (struct scp11_opening){&r->terms,
                                        &r->ephemeral,
                                        octets_bytes(&r->point),
                                        row->variant == SCP11B ? NULL : &r->oce,
                                        {row->curve, octets_bytes(&r->sd)}};
}

struct bytes answer_of(const struct scp11_rig *r)
{
    return BYTES_OF(r->answer.at, r->answer.len - STATUS);
}

/* Origins differ in whether a trailing Le 00 is sent. */
static void assert_command(struct bytes got, const char *hex)
{
    struct octets want = octets_of(hex);
    if (got.len == want.len + 1 && got.at[got.len - 1] == 0)
        got.len--;
    assert_int_equal(got.len, want.len);
    assert_hex(got, hex);
}

static void assert_keys(const struct session_keys *keys, const struct scp11_row *row)
{
    assert_hex(secret_bytes(&keys->enc.value), row->s_enc);
    assert_hex(secret_bytes(&keys->mac.value), row->s_mac);
    assert_hex(secret_bytes(&keys->rmac.value), row->s_rmac);
    if (row->s_dek)
        assert_hex(secret_bytes(&keys->dek.value), row->s_dek);
}

static void assert_shared(const struct scp11_row *row, const struct scp11_rig *r)
{
    uint8_t room[2 * EC_SIDE_MAX];
    struct writer w = WRITER(room);
    struct scp11_answer a;
    struct secret x;
    assert_ok(scp11_answer_read(answer_of(r), &a));
    assert_ok(ec_agree(&r->ephemeral, (struct ec_public){row->curve, a.point}, &x));
    assert_ok(write_span(&w, secret_bytes(&x)));
    assert_ok(ec_agree(&r->oce, r->opening.sd, &x));
    assert_ok(write_span(&w, secret_bytes(&x)));
    assert_hex(written(&w), row->shared);
}

static void assert_changed_answers_refused(const struct scp11_row *row, struct scp11_rig *r)
{
    struct channel ch = {.counter = 0x5A5A5A5A};
    struct session_keys keys = {0}, none = {0};
    size_t bits = 8 * answer_of(r).len;
    for (size_t bit = 0; bit < bits; bit += row->flip_every) {
        r->answer.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(scp11_open(rig_crypto(), &r->opening, answer_of(r), &ch, &keys), TSM_OK);
        r->answer.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < bits / 8; n++)
        assert_int_not_equal(scp11_open(rig_crypto(), &r->opening, BYTES_OF(r->answer.at, n), &ch, &keys),
                             TSM_OK);
    assert_int_equal(ch.counter, 0x5A5A5A5A);
    assert_memory_equal(&keys, &none, sizeof keys);
}

static void run_step(const struct session_step *step, struct channel *ch, const struct session_keys *keys)
{
    struct octets plain = octets_of(step->plain), answer = octets_of(step->answer);
    struct channel_expect expect;
    struct apdu apdu;
    uint8_t out[ROOM];
    struct writer w = WRITER(out), data = WRITER(out);
    uint16_t sw;
    assert_ok(apdu_read(octets_bytes(&plain), &apdu));
    assert_ok(channel_wrap(ch, keys, &apdu, &w, &expect));
    assert_command(written(&w), step->wrapped);
    if (ch->level & LEVEL_R_MAC)
        assert_flips_refused(ch, keys, &expect, answer);
    assert_ok(channel_unwrap(ch, keys, &expect, octets_bytes(&answer), &data, &sw));
    assert_ok(write_u16(&data, sw));
    assert_hex(written(&data), step->plain_answer);
}

/* The script of SCP11c is the same before and after its card was met. */
static void assert_prepared(const struct scp11_row *row, struct scp11_rig *r)
{
    struct channel ch;
    struct session_keys keys;
    if (row->variant != SCP11C) {
        assert_err(scp11_prepare(rig_crypto(), &r->opening, &ch, &keys), TSM_WRONG_STATE);
        return;
    }
    assert_ok(scp11_prepare(rig_crypto(), &r->opening, &ch, &keys));
    assert_keys(&keys, row);
    assert_hex(BYTES(ch.chain), row->receipt);
    assert_ok(scp11_answer_check(answer_of(r), r->opening.sd, ch.chain));
    ch.chain[3] ^= 1;
    assert_err(scp11_answer_check(answer_of(r), r->opening.sd, ch.chain), TSM_CRYPTOGRAM_WRONG);
}

void run_scp11(const struct scp11_row *row)
{
    struct scp11_rig r;
    struct channel ch;
    struct session_keys keys;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    rig_of_row(row, &r);
    assert_ok(scp11_authenticate_write(&r.terms, octets_bytes(&r.point), &w));
    assert_command(written(&w), row->command);
    if (row->shared && row->variant != SCP11B)
        assert_shared(row, &r);
    assert_ok(scp11_open(rig_crypto(), &r.opening, answer_of(&r), &ch, &keys));
    assert_keys(&keys, row);
    assert_hex(BYTES(ch.chain), row->receipt);
    assert_prepared(row, &r);
    for (size_t i = 0; i < 2 && row->step[i].plain; i++)
        run_step(&row->step[i], &ch, &keys);
    assert_changed_answers_refused(row, &r);
}
