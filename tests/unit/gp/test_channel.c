/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a channel and protecting commands: what is refused, and what is left untouched. Unit test of
 * gp/channel. */
#include <string.h>

#include "channel_rig.h"

enum { ROOM = 1024 };

static void a_flipped_bit_of_a_card_cryptogram_is_refused_and_nothing_is_written(void **state)
{
    static const struct {
        const char *answer, *host;
        size_t from, len;
    } rows[] = {
        {s8_answer, s8_host, 21, 8}, {s16_answer, s16_host, 29, 16}, {scp02_answer, scp02_host, 20, 8}};
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (size_t bit = 0; bit < 8 * rows[r].len; bit++) {
            struct octets a = octets_of(rows[r].answer);
            struct init_update iu;
            struct channel ch, before;
            struct session_keys keys = {0}, none = {0};
            struct static_keys statics = keys_of(r == 2 ? CIPHER_TDES : CIPHER_AES, factory_key, NULL, NULL);
            memset(&ch, 0x5A, sizeof ch);
            before = ch;
            a.at[rows[r].from + bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_ok(gp_init_update_read(octets_bytes(&a), &iu));
            assert_err(channel_open(&iu, HEX(rows[r].host), &statics, 1, &ch, &keys), TSM_CRYPTOGRAM_WRONG);
            assert_memory_equal(&ch, &before, sizeof ch);
            assert_memory_equal(&keys, &none, sizeof keys);
        }
}

static void the_cause_of_a_wrong_cryptogram_names_version_protocol_and_i(void **state)
{
    struct channel ch;
    struct session_keys keys;
    (void)state;
    assert_err(try_open(s8_answer, "0102030405060709", 0, 1, &ch, &keys), TSM_CRYPTOGRAM_WRONG);
    assert_non_null(strstr(err_cause(), "KVN 01"));
    assert_non_null(strstr(err_cause(), "SCP03"));
    assert_non_null(strstr(err_cause(), "i=70"));
    assert_null(strstr(err_cause(), "4041"));
}

static void a_level_that_i_does_not_know_is_refused(void **state)
{
    static const struct {
        const char *answer, *host;
        uint8_t i, level;
        enum tsm_err due;
    } rows[] = {
        {s8_answer, s8_host, 0x10, 0x11, TSM_BAD_VALUE}, /* no R-MAC */
        {s8_answer, s8_host, 0x30, 0x33, TSM_BAD_VALUE}, /* no R-ENC */
        {s8_answer, s8_host, 0x50, 0x01, TSM_BAD_VALUE}, /* R-ENC without R-MAC */
        {s8_answer, s8_host, 0xF0, 0x01, TSM_BAD_VALUE}, /* b8 */
        {s8_answer, s8_host, 0x70, 0x02, TSM_BAD_VALUE}, /* levels that Table 7-3 does not have */
        {s8_answer, s8_host, 0x70, 0x10, TSM_BAD_VALUE},
        {s8_answer, s8_host, 0x70, 0x31, TSM_BAD_VALUE},
        {s8_answer, s8_host, 0x70, 0x83, TSM_BAD_VALUE},
        {s16_answer, s16_host, 0x70, 0x01, TSM_BAD_VALUE},     /* S16 from a card that does not have it */
        {scp02_answer, scp02_host, 0x55, 0x11, TSM_BAD_VALUE}, /* no R-MAC */
        {scp02_answer, scp02_host, 0x75, 0x33, TSM_BAD_VALUE}, /* SCP02 has no R-ENC */
        {scp02_answer, scp02_host, 0x75, 0x12, TSM_BAD_VALUE},
        {scp02_answer, scp02_host, 0x0A, 0x01, TSM_UNSUPPORTED}, /* implicit initiation */
        {scp02_answer, scp02_host, 0x1D, 0x01, TSM_UNSUPPORTED}, /* ICV over the AID */
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct channel ch;
        struct session_keys keys;
        assert_err(try_open(rows[r].answer, rows[r].host, rows[r].i, rows[r].level, &ch, &keys), rows[r].due);
    }
}

static void every_explicit_form_of_SCP02_opens(void **state)
{
    static const uint8_t forms[] = {0x04, 0x05, 0x06, 0x07, 0x14, 0x15, 0x16, 0x17,
                                    0x24, 0x35, 0x44, 0x45, 0x54, 0x55, 0x75};
    (void)state;
    for (size_t r = 0; r < sizeof forms; r++) {
        struct channel ch;
        struct session_keys keys;
        opened(scp02_answer, scp02_host, forms[r], 0x03, &ch, &keys);
        assert_int_equal(ch.i, forms[r]);
    }
}

static void a_host_challenge_of_another_length_is_refused(void **state)
{
    struct channel ch;
    struct session_keys keys;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_int_not_equal(try_open(s8_answer, s16_host, 0, 1, &ch, &keys), TSM_OK);
    assert_int_not_equal(try_open(s16_answer, s8_host, 0, 1, &ch, &keys), TSM_OK);
    assert_err(channel_start(0, HEX("01020304050607"), &w), TSM_BAD_LENGTH);
}

static void keys_of_another_kind_or_of_several_lengths_are_refused(void **state)
{
    struct octets a = octets_of(s8_answer);
    struct init_update iu;
    struct channel ch;
    struct session_keys keys;
    struct static_keys mixed =
        keys_of(CIPHER_AES, factory_key, "404142434445464748494A4B4C4D4E4F5051525354555657", NULL);
    struct static_keys tdes = keys_of(CIPHER_TDES, factory_key, NULL, NULL);
    (void)state;
    assert_ok(gp_init_update_read(octets_bytes(&a), &iu));
    assert_err(channel_open(&iu, HEX(s8_host), &mixed, 1, &ch, &keys), TSM_BAD_LENGTH);
    assert_err(channel_open(&iu, HEX(s8_host), &tdes, 1, &ch, &keys), TSM_KEY_REFUSED);
}

static void nothing_is_protected_before_external_authenticate_and_that_comes_once(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(try_open(s8_answer, s8_host, 0, 0x33, &ch, &keys));
    assert_err(channel_wrap(&ch, &keys, &(struct apdu){.cla = 0x80, .le = 0}, &w, &expect), TSM_WRONG_STATE);
    assert_ok(channel_authenticate(&ch, &keys, &w));
    assert_err(channel_authenticate(&ch, &keys, &w), TSM_WRONG_STATE);
}

/* The buffer ends one octet early at each place: nothing has moved, and no plain octet is left behind. */
static void a_failed_wrap_leaves_channel_and_buffer_as_they_were(void **state)
{
    static const struct {
        const char *answer, *host;
        uint8_t i, level;
    } rows[] = {
        {s8_answer, s8_host, 0, 0x33}, {s8_answer, s8_host, 0, 0x01}, {scp02_answer, scp02_host, 0x75, 0x13}};
    struct octets secret = octets_of("DEADBEEFDEADBEEFDEADBEEFDEADBEEF");
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct channel ch, before;
        struct session_keys keys;
        struct apdu plain = {0x80, 0xE2, 0x80, 0x00, octets_bytes(&secret), 0};
        opened(rows[r].answer, rows[r].host, rows[r].i, rows[r].level, &ch, &keys);
        before = ch;
        for (size_t cap = 0;; cap++) {
            uint8_t out[ROOM] = {0};
            struct writer w = {out, 0, cap};
            struct channel_expect expect;
            enum tsm_err err = channel_wrap(&ch, &keys, &plain, &w, &expect);
            if (err == TSM_OK)
                break;
            assert_int_equal(err, TSM_NO_ROOM);
            assert_int_equal(w.len, 0);
            assert_memory_equal(&ch, &before, sizeof ch);
            assert_null(memmem(out, sizeof out, "\xDE\xAD", 2));
        }
    }
}

static void the_counter_moves_for_commands_without_data_too(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out;
    (void)state;
    opened_scp03(0x03, &ch, &keys);
    assert_int_equal(ch.counter, 0);
    wrap(&ch, &keys, "80CA006600", &out, &expect);
    assert_int_equal(ch.counter, 1);
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_int_equal(ch.counter, 2);
}

static void the_quirk_keeps_the_counter_for_commands_without_data(void **state)
{
    struct channel ch, plain;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets quirky, out;
    (void)state;
    opened_scp03(0x03, &ch, &keys);
    plain = ch;
    ch.quirks = CHANNEL_QUIRK_COUNTER_ONLY_WITH_DATA;
    wrap(&ch, &keys, "80CA006600", &quirky, &expect);
    assert_int_equal(ch.counter, 0);
    wrap(&plain, &keys, "80CA006600", &out, &expect);
    assert_true(bytes_equal(octets_bytes(&quirky), octets_bytes(&out))); /* that command itself is the same */
    wrap(&ch, &keys, "80F28002024F0000", &quirky, &expect);
    assert_int_equal(expect.counter, 1);
    wrap(&plain, &keys, "80F28002024F0000", &out, &expect);
    assert_false(bytes_equal(octets_bytes(&quirky), octets_bytes(&out)));
}

static void at_level_00_commands_and_answers_stay_plain(void **state)
{
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out;
    (void)state;
    opened_scp03(0x00, &ch, &keys);
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_hex(octets_bytes(&out), "80F28002024F0000");
    assert_ok(unwrap(&ch, &keys, &expect, octets_of("E3009000"), "E300"));
}

static void the_logical_channel_is_in_the_class_but_not_under_the_MAC(void **state)
{
    static const char *const plain[] = {"80F28002024F0000", "81F28002024F0000", "83F28002024F0000",
                                        "C1F28002024F0000"};
    static const uint8_t on_wire[] = {0x84, 0x85, 0x87, 0xE1};
    struct octets first = {0};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct channel ch;
        struct session_keys keys;
        struct channel_expect expect;
        struct octets out = {0};
        opened_scp03(0x03, &ch, &keys);
        wrap(&ch, &keys, plain[i], &out, &expect);
        assert_int_equal(out.at[0], on_wire[i]);
        if (i == 0)
            first = out;
        out.at[0] = first.at[0];
        assert_true(bytes_equal(octets_bytes(&out), octets_bytes(&first)));
    }
}

/* The C-MAC recomputed over the three-octet length [GPCS 11.1.5.1]. */
static void long_data_make_an_extended_command(void **state)
{
    static uint8_t data[300], out[ROOM];
    struct channel ch, before;
    struct session_keys keys;
    struct channel_expect expect;
    struct writer w = WRITER(out);
    uint8_t mac[CMAC_LEN];
    (void)state;
    opened_scp03(0x01, &ch, &keys);
    before = ch;
    assert_ok(channel_wrap(&ch, &keys, &(struct apdu){0x80, 0xE2, 0x80, 0, BYTES(data), 0}, &w, &expect));
    assert_int_equal(w.len, 4 + 3 + 308 + 2);
    assert_hex(BYTES_OF(out, 7), "84E28000 000134");
    assert_ok(crypto_cmac(&keys.mac, (struct bytes[]){BYTES(before.chain), BYTES_OF(out, 307)}, 2, mac));
    assert_memory_equal(out + 307, mac, 8);
    assert_memory_equal(ch.chain, mac, 16);
}

static void SCP02_refuses_more_than_a_short_command_takes(void **state)
{
    static uint8_t data[248], out[ROOM];
    struct channel ch;
    struct session_keys keys;
    struct channel_expect expect;
    struct writer w = WRITER(out);
    (void)state;
    opened(scp02_answer, scp02_host, 0x55, 0x01, &ch, &keys);
    assert_err(channel_wrap(&ch, &keys, &(struct apdu){0x80, 0xE8, 0, 0, BYTES(data), 0}, &w, &expect),
               TSM_TOO_LONG);
}

/* source: martinpaljak/GlobalPlatformPro TestSecureChannels.java; every size is tried. */
static void the_largest_block_fits_and_one_octet_more_does_not(void **state)
{
    static const struct {
        const char *answer, *host;
        uint8_t i, level;
        size_t max;
    } rows[] = {
        {s8_answer, s8_host, 0, 0x00, 255},          {s8_answer, s8_host, 0, 0x01, 247},
        {s8_answer, s8_host, 0, 0x03, 239},          {s8_answer, s8_host, 0, 0x33, 239},
        {s16_answer, s16_host, 0, 0x01, 239},        {s16_answer, s16_host, 0, 0x33, 223},
        {scp02_answer, scp02_host, 0x55, 0x01, 247}, {scp02_answer, scp02_host, 0x55, 0x03, 239},
    };
    static uint8_t data[256];
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct channel ch;
        struct session_keys keys;
        opened(rows[r].answer, rows[r].host, rows[r].i, rows[r].level, &ch, &keys);
        assert_int_equal(channel_block_max(&ch), rows[r].max);
        for (size_t more = 0; more < 2; more++) {
            uint8_t out[ROOM];
            struct writer w = WRITER(out);
            struct channel_expect expect;
            struct apdu load = {0x80, 0xE8, 0, 0, BYTES_OF(data, rows[r].max + more), APDU_LE_NONE};
            enum tsm_err err = channel_wrap(&ch, &keys, &load, &w, &expect);
            assert_true((err == TSM_OK && w.len <= APDU_SHORT_MAX - 1 && out[4] != 0) == (more == 0));
        }
    }
}

static void one_base_key_stands_for_all_when_i_says_so(void **state)
{
    struct octets a = octets_of(scp02_answer);
    struct init_update iu;
    struct channel ch;
    struct session_keys base, three;
    struct static_keys all = keys_of(CIPHER_TDES, factory_key, NULL, NULL);
    struct static_keys only = {.enc = key_of(CIPHER_TDES, factory_key)};
    (void)state;
    assert_ok(gp_init_update_read(octets_bytes(&a), &iu));
    assert_ok(channel_open(&iu, HEX(scp02_host), &all, 1, &ch, &three));
    iu.i = 0x14;
    assert_ok(channel_open(&iu, HEX(scp02_host), &only, 1, &ch, &base));
    assert_true(bytes_equal(secret_bytes(&base.mac.value), secret_bytes(&three.mac.value)));
    assert_true(bytes_equal(secret_bytes(&base.dek.value), secret_bytes(&three.dek.value)));
}

/* Unmodified APDU (i=17): the C-MAC is over the plain header [GPCS Figure E-3], recomputed here. */
static void the_C_MAC_on_the_unmodified_command_leaves_its_header_alone(void **state)
{
    struct channel ch, before;
    struct session_keys keys;
    struct channel_expect expect;
    struct octets out, in = octets_of("80F28002024F00");
    struct writer w = {in.at, in.len, sizeof in.at};
    uint8_t mac[8];
    (void)state;
    opened(scp02_answer, scp02_host, 0x07, 0x01, &ch, &keys);
    before = ch;
    wrap(&ch, &keys, "80F28002024F0000", &out, &expect);
    assert_ok(pad_80(&w, 0, 8));
    assert_ok(crypto_retail_mac(&keys.mac, before.chain, written(&w), mac));
    assert_hex(BYTES_OF(out.at, 7), "84F280020A4F00");
    assert_memory_equal(out.at + 7, mac, 8);
}

static void a_key_is_wrapped_under_the_right_DEK(void **state)
{
    /* sources: kaoh/globalplatform gpshell3 and ievkh/scll-rust put_key_payload_under_dek */
    struct channel ch;
    struct session_keys keys;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    opened_scp03(0x33, &ch, &keys);
    assert_ok(channel_wrap_key(&ch, &keys, HEX("0F0E0D0C0B0A09080706050403020100"), &w));
    assert_hex(written(&w), "FAC3AF9FB177982EABA2E63D9EF03986");
    opened(scp02_answer, scp02_host, 0x55, 0x01, &ch, &keys);
    w.len = 0;
    assert_ok(channel_wrap_key(&ch, &keys, HEX("0F0E0D0C0B0A09080706050403020100"), &w));
    assert_hex(written(&w), "FAC6D80E61620CF9E342B787B95AFEA4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_of_a_card_cryptogram_is_refused_and_nothing_is_written),
        cmocka_unit_test(the_cause_of_a_wrong_cryptogram_names_version_protocol_and_i),
        cmocka_unit_test(a_level_that_i_does_not_know_is_refused),
        cmocka_unit_test(every_explicit_form_of_SCP02_opens),
        cmocka_unit_test(a_host_challenge_of_another_length_is_refused),
        cmocka_unit_test(keys_of_another_kind_or_of_several_lengths_are_refused),
        cmocka_unit_test(nothing_is_protected_before_external_authenticate_and_that_comes_once),
        cmocka_unit_test(a_failed_wrap_leaves_channel_and_buffer_as_they_were),
        cmocka_unit_test(the_counter_moves_for_commands_without_data_too),
        cmocka_unit_test(the_quirk_keeps_the_counter_for_commands_without_data),
        cmocka_unit_test(at_level_00_commands_and_answers_stay_plain),
        cmocka_unit_test(the_logical_channel_is_in_the_class_but_not_under_the_MAC),
        cmocka_unit_test(long_data_make_an_extended_command),
        cmocka_unit_test(SCP02_refuses_more_than_a_short_command_takes),
        cmocka_unit_test(the_largest_block_fits_and_one_octet_more_does_not),
        cmocka_unit_test(one_base_key_stands_for_all_when_i_says_so),
        cmocka_unit_test(the_C_MAC_on_the_unmodified_command_leaves_its_header_alone),
        cmocka_unit_test(a_key_is_wrapped_under_the_right_DEK),
    };
    return cmocka_run_group_tests_name("gp/channel", tests, rig_setup, rig_teardown);
}
