/* SPDX-License-Identifier: Apache-2.0 */
/* SCP03 of the laboratory's card against published derivations, challenges and recorded sessions (Amd
 * D 4.1.5, 6.2). */
#include "vectors.h"

#include "card/channel/scp03.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FILE_NAME "vectors-gp.json"
#define MAX_APDU  600

static json_t *file;

static int load(void **state)
{
    (void)state;
    file = vectors_load(FILE_NAME);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    json_decref(file);
    return 0;
}

static void check_derivation(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    struct sym_key key = key_of(in, "key", KEY_TYPE_AES);
    uint8_t constant[1], at[SCP03_MAX_CONTEXT], derived[32], expected[32];
    struct scp03_context context = {.at = at};
    size_t len = (size_t)json_integer_value(json_object_get(in, "L_bits")) / 8;

    bytes_of(in, "constant", constant, 1);
    context.len = bytes_of(in, "context", at, sizeof at);
    assert_int_equal(bytes_of(json_object_get(vector, "expected"), "derived", expected, sizeof expected),
                     len);
    assert_true(scp03_derive(&key, constant[0], &context, len, derived));
    assert_memory_equal(derived, expected, len);
}

static void every_published_derivation_is_met(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp03_kdf", check_derivation) > 0);
}

static void check_challenge(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    struct sym_key key = key_of(in, "key_enc", KEY_TYPE_AES);
    uint8_t at[SCP03_MAX_CONTEXT], challenge[16], expected[16];
    size_t len = bytes_of(json_object_get(vector, "expected"), "card_challenge", expected, sizeof expected);
    struct scp03_context context = {.at = at};

    context.len = bytes_of(in, "seq", at, 3);
    context.len += bytes_of(in, "aid", at + 3, 16);
    assert_true(scp03_derive(&key, SCP03_CARD_CHALLENGE, &context, len, challenge));
    assert_memory_equal(challenge, expected, len);
}

static void every_published_card_challenge_is_met(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp03_card_challenge", check_challenge) > 0);
}

static void same_bytes(const json_t *expected, const char *name, const uint8_t *value, size_t n)
{
    uint8_t wanted[32];

    if (text_of(expected, name)[0] == '\0')
        return;
    assert_int_equal(bytes_of(expected, name, wanted, sizeof wanted), n);
    assert_memory_equal(wanted, value, n);
}

static void open_recorded(const json_t *vector, struct session *s)
{
    const json_t *in = json_object_get(vector, "inputs"), *expected = json_object_get(vector, "expected");
    struct static_keys keys = {key_of(in, "key_enc", KEY_TYPE_AES), key_of(in, "key_mac", KEY_TYPE_AES),
                               key_of(in, "key_dek", KEY_TYPE_AES)};
    uint8_t answer[64], cryptogram[16];
    size_t n = (size_t)json_integer_value(json_object_get(in, "mac_len"));
    size_t len = bytes_of(in, "initialize_update_rapdu", answer, sizeof answer);

    *s = (struct session){.scp = SCP03, .mac_len = (uint8_t)n, .challenge_len = (uint8_t)n};
    assert_true(len >= 13 + 2 * n);
    s->option = answer[12];
    assert_int_equal(bytes_of(in, "host_challenge", s->host, sizeof s->host), n);
    memcpy(s->card, answer + 13, n);
    assert_true(scp03_open(s, &keys));
    same_bytes(expected, "s_enc", s->s_enc.value, s->s_enc.len);
    same_bytes(expected, "s_mac", s->s_mac.value, s->s_mac.len);
    same_bytes(expected, "s_rmac", s->s_rmac.value, s->s_rmac.len);
    assert_true(scp03_cryptogram(s, SCP03_CARD_CRYPTOGRAM, cryptogram));
    assert_memory_equal(cryptogram, answer + 13 + n, n);
    assert_true(scp03_cryptogram(s, SCP03_HOST_CRYPTOGRAM, cryptogram));
    same_bytes(expected, "host_cryptogram", cryptogram, n);
}

static void authenticate_recorded(const json_t *expected, struct session *s)
{
    uint8_t command[64], cryptogram[16];
    size_t n = bytes_of(expected, "external_authenticate_capdu", command, sizeof command);
    struct capdu c;

    assert_true(capdu_parse(command, n, &c));
    assert_true(scp03_level_allowed(c.p1, s->option));
    assert_int_equal(c.lc, 2U * s->mac_len);
    assert_true(scp03_cryptogram(s, SCP03_HOST_CRYPTOGRAM, cryptogram));
    assert_memory_equal(cryptogram, c.data, s->mac_len);
    assert_true(scp03_check_mac(s, &c));
    s->level = c.p1;
}

static void check_answer(const json_t *step, struct session *s)
{
    uint8_t clear[MAX_APDU], wrapped[MAX_APDU], made[MAX_APDU];
    size_t clear_len = bytes_of(step, "plain_rapdu", clear, sizeof clear);
    size_t wrapped_len = bytes_of(step, "wrapped_rapdu", wrapped, sizeof wrapped);
    uint16_t sw;
    struct out o;

    if (wrapped_len == 0)
        return;
    sw = (uint16_t)lab_number(wrapped + wrapped_len - 2, 2);
    /* One recorded card signs error status words too, which Amd D 6.2.5 forbids. */
    if (sw_is_error(sw))
        return;
    out_init(&o, made, sizeof made);
    out_bytes(&o, clear, clear_len - 2);
    assert_true(scp03_protect(s, &o, sw));
    /* One recorded card pads by a block more than needed: then only the blocks in front can agree. */
    if (o.len != wrapped_len - 2) {
        assert_int_equal(o.len + AES_BLOCK, wrapped_len - 2);
        o.len -= s->mac_len;
    }
    assert_memory_equal(made, wrapped, o.len);
}

static void check_session(const json_t *vector)
{
    const json_t *expected = json_object_get(vector, "expected");
    json_t *step;
    struct session s;
    size_t index;

    open_recorded(vector, &s);
    authenticate_recorded(expected, &s);
    json_array_foreach(json_object_get(expected, "steps"), index, step)
    {
        uint8_t wrapped[MAX_APDU], clear[MAX_APDU], plain[MAX_APDU];
        struct capdu c, p;

        /* One recorded client encrypts an empty data field. */
        s.takes_padded_empty = strstr(text_of(vector, "id"), "yubikit") != NULL;
        assert_true(capdu_parse(wrapped, bytes_of(step, "wrapped_capdu", wrapped, sizeof wrapped), &c));
        assert_true(capdu_parse(clear, bytes_of(step, "plain_capdu", clear, sizeof clear), &p));
        if (!scp03_unwrap(&s, &c, plain))
            fail_msg("%s, step %zu", text_of(vector, "id"), index);
        assert_int_equal(c.lc, p.lc);
        if (c.lc > 0)
            assert_memory_equal(c.data, p.data, c.lc);
        check_answer(step, &s);
    }
}

static void every_recorded_session_is_followed(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp03_session", check_session) > 0);
}

/* martinpaljak/GlobalPlatformPro, nextgen/src/test/resources/scp03-auth-jcop4.dump: a JCOP 4 with default
 * keys. */
static void a_jcop4_session_is_followed_from_challenges_to_mac(void **state)
{
    uint8_t external[] = {0x84, 0x82, 0x01, 0x00, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    struct session s = {.scp = SCP03, .option = 0x70, .mac_len = 8, .challenge_len = 8};
    struct static_keys keys;
    uint8_t card_cryptogram[8], made[8];
    struct capdu c;
    size_t n;

    (void)state;
    for (uint8_t i = 0; i < 16; i++)
        keys.enc.value[i] = (uint8_t)(0x40 + i);
    keys.enc.type = KEY_TYPE_AES;
    keys.enc.len = 16;
    keys.mac = keys.dek = keys.enc;
    assert_true(lab_hex_read("0102030405060708", s.host, 8, &n));
    assert_true(lab_hex_read("734ECDCA19E446A3", s.card, 8, &n));
    assert_true(lab_hex_read("0BC253BCE97DB991", card_cryptogram, 8, &n));
    assert_true(scp03_open(&s, &keys));
    assert_true(scp03_cryptogram(&s, SCP03_CARD_CRYPTOGRAM, made));
    assert_memory_equal(made, card_cryptogram, 8);
    /* A command whose MAC is all zero is refused and leaves the chaining value alone. */
    assert_true(capdu_parse(external, sizeof external, &c));
    assert_false(scp03_check_mac(&s, &c));
    for (size_t i = 0; i < sizeof s.chain; i++)
        assert_int_equal(s.chain[i], 0);
}

static void levels_follow_the_parameter_i(void **state)
{
    static const uint8_t levels[] = {0x00, 0x01, 0x03, 0x11, 0x13, 0x33};

    (void)state;
    for (unsigned level = 0; level <= 0xFF; level++) {
        bool known = memchr(levels, (int)level, sizeof levels) != NULL;

        assert_int_equal(scp03_level_allowed((uint8_t)level, 0x70), known);
        assert_int_equal(scp03_level_allowed((uint8_t)level, 0x30), known && level != 0x33);
        assert_int_equal(scp03_level_allowed((uint8_t)level, 0x10), known && level < 0x10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_derivation_is_met),
        cmocka_unit_test(every_published_card_challenge_is_met),
        cmocka_unit_test(every_recorded_session_is_followed),
        cmocka_unit_test(a_jcop4_session_is_followed_from_challenges_to_mac),
        cmocka_unit_test(levels_follow_the_parameter_i),
    };

    return cmocka_run_group_tests_name("lab card: SCP03", tests, load, unload);
}
