/* SPDX-License-Identifier: Apache-2.0 */
/* SCP11 sessions: the published ones, one made with identifiers on both sides of the wire, and what is
 * refused. Unit test of gp/scp11 and of its messages in gp/channel. */
#include <string.h>

#include "../../rows.h"
#include "gp/scp11/kdf.h"
#include "session.h"

enum { ROOM = 1024 };

static void replayed_session(void **state)
{
    run_scp11(*state);
}

/* NIST CAVP, ANS X9.63 key derivation, SHA-256, shared secret of 192 bits, COUNT = 0; and the same with a
 * second block. */
static void x963_matches_the_published_value(void **state)
{
    struct secret z = {{0}, 0}, halves[2] = {{{0}, 0}, {{0}, 0}};
    struct x963_input in = {&z, 1, BYTES_NONE};
    uint8_t out[X963_OUT_MAX], again[X963_OUT_MAX];
    (void)state;
    assert_ok(secret_set(&z, HEX("96C05619D56C328AB95FE84B18264B08725B85E33FD34F08")));
    assert_ok(x963_kdf(rig_crypto(), &in, out, 16));
    assert_hex(BYTES_OF(out, 16), "443024C3DAE66B95E6F5670601558F71");
    assert_ok(x963_kdf(rig_crypto(), &in, out, 33));
    assert_hex(BYTES_OF(out, 16), "443024C3DAE66B95E6F5670601558F71");
    assert_ok(secret_set(&halves[0], BYTES_OF(z.at, 11)));
    assert_ok(secret_set(&halves[1], BYTES_OF(z.at + 11, z.len - 11)));
    in = (struct x963_input){halves, 2, BYTES_NONE};
    assert_ok(x963_kdf(rig_crypto(), &in, again, 33));
    assert_memory_equal(out, again, 33);
    assert_err(x963_kdf(rig_crypto(), &in, out, X963_OUT_MAX + 1), TSM_BAD_LENGTH);
    in.secrets = 0;
    assert_err(x963_kdf(rig_crypto(), &in, out, 16), TSM_BAD_LENGTH);
}

static struct scp11_terms good_terms(enum scp11_variant v)
{
    return (struct scp11_terms){
        .variant = v, .kvn = 3, .usage = SCP11_C_MAC_C_ENC_R_MAC_R_ENC, .key_len = 16, .mac_len = 8};
}

static void terms_that_contradict_the_standard_are_refused(void **state)
{
    struct octets id = octets_of("0102"), many = {.len = 128};
    struct bytes some = octets_bytes(&id), long_one = octets_bytes(&many);
    struct scp11_terms t[14];
    (void)state;
    for (size_t i = 0; i < 14; i++)
        t[i] = good_terms(SCP11A);
    t[0].usage = SCP11_C_MAC_C_ENC; /* of SCP11c only */
    t[1].usage = 0x00;
    t[2].variant = (enum scp11_variant)2;
    t[3].kvn = 0;        /* and nothing to find the key by */
    t[4].ca_klcc = some; /* and a number as well */
    t[5].kvn = 0x80;
    t[6].kid = 0x91;
    t[7].key_len = 20;
    t[8].mac_len = 4;
    t[9].host_id = some; /* and no identifiers of the domain */
    t[10].host_id = long_one;
    t[11] = good_terms(SCP11C);
    t[11].host_id = some;
    t[11].sin = t[11].sdin = some; /* but no card group */
    t[12] = good_terms(SCP11B);
    t[12].kvn = 0;
    t[12].ca_klcc = some; /* INTERNAL AUTHENTICATE has no such field */
    t[13] = good_terms(SCP11B);
    t[13].usage = SCP11_C_MAC_C_ENC_R_MAC;
    for (size_t i = 0; i < 14; i++) {
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        struct octets point = octets_of(scp11_rows[0].ephemeral_point);
        assert_int_not_equal(scp11_check(&t[i]), TSM_OK);
        assert_int_not_equal(scp11_authenticate_write(&t[i], octets_bytes(&point), &w), TSM_OK);
        assert_int_equal(w.len, 0);
    }
}

static void each_variant_has_its_command_and_its_key(void **state)
{
    static const struct {
        enum scp11_variant variant;
        const char *begins;
    } rows[] = {
        {SCP11A, "8082031153A60D900211019501"},
        {SCP11B, "8088031353A60D900211009501"},
        {SCP11C, "8082031553A60D900211039501"},
    };
    struct octets point = octets_of(scp11_rows[0].ephemeral_point);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scp11_terms t = good_terms(rows[i].variant);
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_ok(scp11_authenticate_write(&t, octets_bytes(&point), &w));
        assert_hex(BYTES_OF(out, 13), rows[i].begins);
    }
}

static void a_card_that_finds_its_key_by_the_authority_gets_its_identifier(void **state)
{
    struct octets point = octets_of(scp11_rows[0].ephemeral_point), ca = octets_of("A1A2A3");
    struct scp11_terms t = good_terms(SCP11A);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    t.kvn = 0;
    t.ca_klcc = octets_bytes(&ca);
    assert_ok(scp11_authenticate_write(&t, octets_bytes(&point), &w));
    assert_hex(BYTES_OF(out, 26), "8082001158A6129002110195013C8001888101104203A1A2A35F");
}

static void the_answer_has_two_objects_and_no_more(void **state)
{
    struct octets data = octets_of(scp11_rows[0].answer);
    struct scp11_answer a;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    data.len -= 2;
    assert_ok(scp11_answer_read(octets_bytes(&data), &a));
    assert_ok(scp11_answer_write(&a, &w));
    assert_true(bytes_equal(written(&w), octets_bytes(&data)));
    data.at[data.len++] = 0x86;
    data.at[data.len++] = 0x00;
    assert_err(scp11_answer_read(octets_bytes(&data), &a), TSM_DUPLICATE_TAG);
    data.at[data.len - 2] = 0x87;
    assert_err(scp11_answer_read(octets_bytes(&data), &a), TSM_UNKNOWN_FIELD);
}

static void keys_that_are_missing_or_on_another_curve_are_refused(void **state)
{
    struct scp11_rig r;
    struct channel ch;
    struct session_keys keys;
    (void)state;
    rig_of_row(&scp11_rows[1], &r);
    r.opening.oce = NULL;
    assert_err(scp11_open(rig_crypto(), &r.opening, answer_of(&r), &ch, &keys), TSM_KEY_REFUSED);
    r.opening.oce = &r.oce;
    r.opening.ephemeral = NULL;
    assert_err(scp11_open(rig_crypto(), &r.opening, answer_of(&r), &ch, &keys), TSM_KEY_REFUSED);
    r.opening.ephemeral = &r.ephemeral;
    r.opening.sd.curve = EC_BRAINPOOL_P256;
    assert_err(scp11_open(rig_crypto(), &r.opening, answer_of(&r), &ch, &keys), TSM_KEY_REFUSED);
}

/* The cause helps the person who reads it and gives nothing away. */
static void the_cause_of_a_wrong_receipt_names_version_and_variant(void **state)
{
    struct scp11_rig r;
    struct channel ch;
    struct session_keys keys;
    (void)state;
    rig_of_row(&scp11_rows[1], &r);
    r.answer.at[answer_of(&r).len - 1] ^= 1;
    assert_err(scp11_open(rig_crypto(), &r.opening, answer_of(&r), &ch, &keys), TSM_CRYPTOGRAM_WRONG);
    assert_non_null(strstr(err_cause(), "KVN 03"));
    assert_non_null(strstr(err_cause(), "SCP11a"));
    assert_null(strstr(err_cause(), scp11_rows[1].s_enc));
}

static void a_session_of_SCP11c_carries_no_command_that_a_replay_must_not_repeat(void **state)
{
    static const struct {
        const char *plain;
        enum tsm_err due;
    } rows[] = {
        {"80D8008103010203", TSM_NOT_ALLOWED},   /* PUT KEY */
        {"80F04080024F00", TSM_NOT_ALLOWED},     /* SET STATUS */
        {"80E4000003D2013000", TSM_NOT_ALLOWED}, /* DELETE [key] by version */
        {"80E4000003D0010100", TSM_NOT_ALLOWED}, /* and by identifier */
        {"80E40000074F05A00000000100", TSM_OK},  /* DELETE of an application */
        {"80E2800003010203", TSM_OK},            /* STORE DATA */
    };
    struct scp11_rig r;
    struct channel ch, before;
    struct session_keys keys;
    (void)state;
    rig_of_row(&scp11_rows[3], &r);
    assert_ok(scp11_prepare(rig_crypto(), &r.opening, &ch, &keys));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct octets plain = octets_of(rows[i].plain);
        struct channel_expect expect;
        struct apdu a;
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        before = ch;
        assert_ok(apdu_read(octets_bytes(&plain), &a));
        assert_err(channel_wrap(&ch, &keys, &a, &w, &expect), rows[i].due);
        if (rows[i].due != TSM_OK)
            assert_memory_equal(&ch, &before, sizeof ch);
    }
}

static void no_channel_of_SCP11_is_opened_with_static_keys(void **state)
{
    struct channel ch = {.protocol = SCP11, .level = 0x33, .challenge_len = 8};
    struct static_keys statics = keys_of(CIPHER_AES, "404142434445464748494A4B4C4D4E4F", NULL, NULL);
    struct session_keys keys;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(channel_rederive(&ch, &statics, &keys), TSM_BAD_VALUE);
    assert_err(channel_authenticate(&ch, &keys, &w), TSM_BAD_VALUE);
    ch.open = 1;
    assert_err(channel_authenticate(&ch, &keys, &w), TSM_WRONG_STATE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(x963_matches_the_published_value),
    cmocka_unit_test(terms_that_contradict_the_standard_are_refused),
    cmocka_unit_test(each_variant_has_its_command_and_its_key),
    cmocka_unit_test(a_card_that_finds_its_key_by_the_authority_gets_its_identifier),
    cmocka_unit_test(the_answer_has_two_objects_and_no_more),
    cmocka_unit_test(keys_that_are_missing_or_on_another_curve_are_refused),
    cmocka_unit_test(the_cause_of_a_wrong_receipt_names_version_and_variant),
    cmocka_unit_test(a_session_of_SCP11c_carries_no_command_that_a_replay_must_not_repeat),
    cmocka_unit_test(no_channel_of_SCP11_is_opened_with_static_keys),
};

int main(void)
{
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof tests[0]);
    for (size_t i = 0; i < scp11_row_count; i++)
        rows_add(&rows, "session, ", scp11_rows[i].name, replayed_session, &scp11_rows[i]);
    return rows_run(&rows, "gp/scp11", rig_setup, rig_teardown);
}
