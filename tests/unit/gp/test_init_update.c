/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to INITIALIZE UPDATE in its five lengths. Unit test of gp/channel/init_update. */
#include <string.h>

#include "rig.h"

/* sources: osmocom/pysim test_globalplatform.py (i=70 with counter; SCP02), ievkh/scll-rust scp03_kat.rs
 * (i=60, i=61 without counter), osmocom/pysim with martinpaljak/JCardEngine (S16 with counter) */
static const char s8_counter[] = "000000000000000000003003703EB51047495B249F66C484C1D2EF1948000002";
static const char s8_plain[] = "0000000000000000000030036008090A0B0C0D0E0F114F6BC5052C5228";
static const char s16_plain[] =
    "00000000000000000000300361101112131415161718191A1B1C1D1E1F1F3975EB7C6D743F38BB5842"
    "328732A1";
static const char s16_counter[] = "00010203040506070809FF03716924434C956736C8EE6122E8A3FC612FD11BADF990250272"
                                  "8BCB7AAAFDA9432C000001";
static const char scp02[] = "00000000000000000000700200016B4524ABEE7CF32EA3838BC148F3";

static enum tsm_err read_it(struct bytes in)
{
    struct init_update iu;
    return gp_init_update_read(in, &iu);
}

static struct init_update of(const char *hex, struct octets *hold)
{
    struct init_update iu;
    *hold = octets_of(hex);
    assert_ok(gp_init_update_read(octets_bytes(hold), &iu));
    return iu;
}

static void every_length_is_read_and_written_back(void **state)
{
    static const char *const all[] = {s8_counter, s8_plain, s16_plain, s16_counter, scp02};
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct octets hold;
        struct init_update iu = of(all[i], &hold);
        uint8_t out[64];
        struct writer w = WRITER(out);
        assert_ok(gp_init_update_write(&iu, &w));
        assert_hex(written(&w), all[i]);
    }
}

static void SCP03_tells_its_i_its_challenge_and_its_counter(void **state)
{
    struct octets hold;
    struct init_update iu = of(s8_counter, &hold);
    (void)state;
    assert_int_equal(iu.kvn, 0x30);
    assert_int_equal(iu.i, 0x70);
    assert_hex(iu.challenge, "3EB51047495B249F");
    assert_hex(iu.cryptogram, "66C484C1D2EF1948");
    assert_true(iu.has_sequence);
    assert_hex(BYTES(iu.sequence), "000002");
    iu = of(s16_plain, &hold);
    assert_int_equal(iu.challenge.len, 16);
    assert_false(iu.has_sequence);
}

static void SCP02_has_a_counter_of_two_octets_and_a_challenge_of_six(void **state)
{
    struct octets hold;
    struct init_update iu = of(scp02, &hold);
    (void)state;
    assert_int_equal(iu.kvn, 0x70);
    assert_int_equal(iu.i, SCP02_I_DEFAULT);
    assert_hex(BYTES(iu.sequence), "000001");
    assert_hex(iu.challenge, "6B4524ABEE7C");
}

static void every_prefix_and_every_appended_octet_is_refused(void **state)
{
    (void)state;
    assert_refuses_prefixes_and_tail(read_it, s8_counter);
    assert_refuses_prefixes_and_tail(read_it, s8_plain);
    assert_refuses_prefixes_and_tail(read_it, scp02);
}

/* The first octets of an S16 answer can be an S8 answer as to their form; the host's own challenge settles
 * it. */
static void an_S16_answer_cut_to_the_length_of_S8_does_not_open(void **state)
{
    static const char *const answers[] = {s16_plain, s16_counter};
    struct octets host = octets_of("4C0FDDA3CBA5D1FCB5EE282E1610B996");
    struct static_keys keys = keys_of(CIPHER_AES, "404142434445464748494A4B4C4D4E4F", NULL, NULL);
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct octets o = octets_of(answers[i]);
        for (size_t n = 0; n <= o.len + 1; n++) {
            struct init_update iu;
            struct channel ch;
            struct session_keys session;
            if (n == o.len || gp_init_update_read(BYTES_OF(o.at, n), &iu) != TSM_OK)
                continue;
            assert_int_equal(iu.challenge.len, S8_LEN);
            assert_err(channel_open(&iu, octets_bytes(&host), &keys, 1, &ch, &session), TSM_BAD_LENGTH);
        }
    }
}

static void a_length_that_i_does_not_announce_is_refused(void **state)
{
    struct octets o = octets_of(s8_plain);
    (void)state;
    o.at[12] = 0x70; /* says a counter comes, as one card simulator does, and gives none */
    assert_err(read_it(octets_bytes(&o)), TSM_BAD_LENGTH);
}

static void another_protocol_is_refused(void **state)
{
    struct octets o = octets_of(s8_plain);
    (void)state;
    for (unsigned p = 0; p < 256; p++) {
        o.at[11] = (uint8_t)p;
        if (p != SCP02 && p != SCP03)
            assert_err(read_it(octets_bytes(&o)), TSM_BAD_VALUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_read_and_written_back),
        cmocka_unit_test(SCP03_tells_its_i_its_challenge_and_its_counter),
        cmocka_unit_test(SCP02_has_a_counter_of_two_octets_and_a_challenge_of_six),
        cmocka_unit_test(every_prefix_and_every_appended_octet_is_refused),
        cmocka_unit_test(an_S16_answer_cut_to_the_length_of_S8_does_not_open),
        cmocka_unit_test(a_length_that_i_does_not_announce_is_refused),
        cmocka_unit_test(another_protocol_is_refused),
    };
    return cmocka_run_group_tests_name("gp/init_update", tests, rig_setup, rig_teardown);
}
