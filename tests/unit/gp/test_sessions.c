/* SPDX-License-Identifier: Apache-2.0 */
/* Published sessions are replayed octet by octet; key derivation rows; pseudo-random challenges; the R-MAC of
 * SCP02. Unit test of gp/channel. */
#include <string.h>

#include "../rows.h"
#include "gp/channel/protocol.h"
#include "session_rows.h"

static void session_replays(void **state)
{
    run_session(*state);
}

/* source: blaufish/scp03_kdf_testvectors testvectors.txt, rows 2, 4 and 11; the last two: session keys of
 * martinpaljak/GlobalPlatformPro TestPlaintextKeys.java. */
static const struct kdf_row {
    const char *name, *key, *context, *derived;
    uint8_t constant;
} kdf_rows[] = {
    {"L=256 constant 02", "00000000000000000000000000000000",
     "329C873894717F6D545C755D175AE7ECDAB085DE2592FC3B9218A7FD77005E31",
     "2AF2B9613F5B87B9E33F28F39EDC8376DDB4B6FE7701232DDD5477CEB17DA9F7", 0x02},
    {"256-bit key, L=128 constant 04", "2AF2B9613F5B87B9E33F28F39EDC8376DDB4B6FE7701232DDD5477CEB17DA9F7",
     "0E6F2B49DC94633D02549405EA86612C717EAF8CB9EF3D7D80DDFC3792184D34", "B863B9A5B35D5566A67E44F560B5E75C",
     0x04},
    {"L=256 constant 10", "9647FC0628B5D84048247D161364381C", "6149659B9A0BF3CFC8A445250D247B85",
     "B482BF142F15895D11745807C0FDD1DE8C824EA16AB42A47A82DBA32DFCBC8B2", 0x10},
    {"S-ENC", "404142434445464748494A4B4C4D4E4F", "00010203040506070809", "6C858E63BABC4028EDC67DC9FDBCB04A",
     0x04},
    {"S-MAC", "404142434445464748494A4B4C4D4E4F", "00010203040506070809", "036C5E747D9500229B7C99D225506DDD",
     0x06},
};

static void kdf_derives(void **state)
{
    const struct kdf_row *row = *state;
    struct cipher_key key = key_of(CIPHER_AES, row->key);
    size_t len = strlen(row->derived) / 2;
    uint8_t out[32];
    assert_ok(scp03_kdf(&key, row->constant, HEX(row->context), out, len));
    assert_hex(BYTES_OF(out, len), row->derived);
}

/* source: martinpaljak/GlobalPlatformPro scp03-auth-jcop4.dump: counter 000436 of a JCOP 4. */
static void the_challenge_of_a_real_card_follows_from_its_counter(void **state)
{
    struct octets answer = octets_of("00003244342976208448010370734ECDCA19E446A30BC253BCE97DB991000436");
    struct static_keys keys = keys_of(CIPHER_AES, "404142434445464748494A4B4C4D4E4F", NULL, NULL);
    struct init_update iu;
    (void)state;
    assert_ok(gp_init_update_read(octets_bytes(&answer), &iu));
    assert_ok(channel_check_challenge(&iu, &keys, HEX("A000000151000000")));
    assert_err(channel_check_challenge(&iu, &keys, HEX("A000000151000001")), TSM_CRYPTOGRAM_WRONG);
    iu.sequence[2]++;
    assert_err(channel_check_challenge(&iu, &keys, HEX("A000000151000000")), TSM_CRYPTOGRAM_WRONG);
    iu.i = 0x60;
    assert_err(channel_check_challenge(&iu, &keys, HEX("A000000151000000")), TSM_UNSUPPORTED);
}

/* source: ievkh/scll-rust scp03_kat.rs, pseudo_card_challenge: S16, counter 000001. */
static void an_S16_challenge_follows_from_the_counter_too(void **state)
{
    struct octets challenge = octets_of("6924434C956736C8EE6122E8A3FC612F");
    struct static_keys keys = keys_of(CIPHER_AES, "404142434445464748494A4B4C4D4E4F", NULL, NULL);
    struct init_update iu = {.protocol = SCP03, .i = 0x71, .sequence = {0, 0, 1}};
    (void)state;
    iu.challenge = iu.cryptogram = octets_bytes(&challenge);
    assert_ok(channel_check_challenge(&iu, &keys, HEX("A000000151000000")));
}

/* source: ievkh/scll-rust scp02_kat.rs, unwrap_rmac_level_13: GET DATA 006E after EXTERNAL AUTHENTICATE at
 * level 13. */
static void the_first_R_MAC_of_SCP02_chains_to_external_authenticate(void **state)
{
    struct octets answer = octets_of("00000000000000000000FF02000108090A0B0C0D9D8DA672F05C4E45");
    struct octets protected = octets_of("9F7F2A 4100B1377A5F0D69 9000");
    struct static_keys statics = keys_of(CIPHER_TDES, "404142434445464748494A4B4C4D4E4F", NULL, NULL);
    struct init_update iu;
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    uint8_t out[300];
    struct writer w = WRITER(out), data = WRITER(out);
    uint16_t sw;
    (void)state;
    assert_ok(gp_init_update_read(octets_bytes(&answer), &iu));
    iu.i = SCP02_I_DEFAULT | SCP02_I_R_MAC;
    assert_ok(channel_open(&iu, HEX("0001020304050607"), &statics, 0x13, &ch, &keys));
    assert_ok(channel_authenticate(&ch, &keys, &w));
    assert_ok(channel_wrap(&ch, &keys, &(struct apdu){0x80, 0xCA, 0x00, 0x6E, BYTES_NONE, 0}, &w, &expect));
    assert_flips_refused(&ch, &keys, &expect, protected);
    assert_ok(channel_unwrap(&ch, &keys, &expect, octets_bytes(&protected), &data, &sw));
    assert_hex(written(&data), "9F7F2A");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_challenge_of_a_real_card_follows_from_its_counter),
        cmocka_unit_test(an_S16_challenge_follows_from_the_counter_too),
        cmocka_unit_test(the_first_R_MAC_of_SCP02_chains_to_external_authenticate),
    };
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof tests[0]);
    for (size_t i = 0; i < session_row_count; i++)
        rows_add(&rows, "session replays: ", session_rows[i].name, session_replays, &session_rows[i]);
    for (size_t i = 0; i < sizeof kdf_rows / sizeof kdf_rows[0]; i++)
        rows_add(&rows, "the SCP03 KDF derives ", kdf_rows[i].name, kdf_derives, &kdf_rows[i]);
    return rows_run(&rows, "gp/sessions", rig_setup, rig_teardown);
}
