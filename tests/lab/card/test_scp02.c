/* SPDX-License-Identifier: Apache-2.0 */
/* SCP02 of the laboratory's card against published session keys, recorded sessions and an R-MAC (GPCS 2.3.1
 * E). */
#include "vectors.h"

#include "card/channel/scp02.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

static struct static_keys three_times(const json_t *in, const char *name)
{
    struct sym_key k = key_of(in, name, KEY_TYPE_DES);

    return (struct static_keys){k, k, k};
}

static void check_session_key(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    struct static_keys keys = three_times(in, "key");
    struct session s = {.scp = SCP02, .option = 0x15};
    uint8_t expected[16];
    unsigned long constant = strtoul(text_of(in, "constant"), NULL, 16);
    const struct sym_key *made;

    assert_int_equal(bytes_of(in, "seq", s.sequence, sizeof s.sequence), 2);
    assert_int_equal(bytes_of(json_object_get(vector, "expected"), "session_key", expected, sizeof expected),
                     16);
    assert_true(scp02_open(&s, &keys));
    made = constant == 0x0182   ? &s.s_enc
           : constant == 0x0101 ? &s.s_mac
           : constant == 0x0102 ? &s.s_rmac
                                : &s.dek;
    assert_memory_equal(made->value, expected, 16);
}

static void every_published_session_key_is_met(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp02_session_key", check_session_key) > 0);
}

static void open_recorded(const json_t *vector, struct session *s)
{
    const json_t *in = json_object_get(vector, "inputs");
    struct static_keys keys = {key_of(in, "key_enc", KEY_TYPE_DES), key_of(in, "key_mac", KEY_TYPE_DES),
                               key_of(in, "key_dek", KEY_TYPE_DES)};
    uint8_t answer[28], cryptogram[8], i[1];

    bytes_of(in, "i", i, 1);
    *s = (struct session){.scp = SCP02, .option = i[0], .mac_len = 8, .challenge_len = 8};
    assert_int_equal(bytes_of(in, "initialize_update_rapdu", answer, sizeof answer), sizeof answer);
    assert_int_equal(bytes_of(in, "host_challenge", s->host, sizeof s->host), 8);
    memcpy(s->sequence, answer + 12, SCP02_SEQUENCE);
    memcpy(s->card, answer + 14, SCP02_CHALLENGE);
    assert_true(scp02_open(s, &keys));
    assert_true(scp02_cryptogram(s, false, cryptogram));
    assert_memory_equal(cryptogram, answer + 20, 8);
}

static void authenticate_recorded(const json_t *expected, struct session *s)
{
    uint8_t command[64], cryptogram[8];
    struct capdu c;

    assert_true(
        capdu_parse(command, bytes_of(expected, "external_authenticate_capdu", command, sizeof command), &c));
    assert_true(scp02_cryptogram(s, true, cryptogram));
    assert_memory_equal(cryptogram, c.data, sizeof cryptogram);
    assert_true(scp02_check_mac(s, &c));
    s->level = c.p1;
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

        assert_true(capdu_parse(wrapped, bytes_of(step, "wrapped_capdu", wrapped, sizeof wrapped), &c));
        assert_true(capdu_parse(clear, bytes_of(step, "plain_capdu", clear, sizeof clear), &p));
        if (!scp02_unwrap(&s, &c, plain))
            fail_msg("%s, step %zu", text_of(vector, "id"), index);
        assert_int_equal(c.lc, p.lc);
        if (c.lc > 0)
            assert_memory_equal(c.data, p.data, c.lc);
    }
}

static void every_recorded_session_is_followed(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp02_session", check_session) > 0);
}

/* The R-MAC chain starts with the C-MAC of EXTERNAL AUTHENTICATE, which the vector's host computes as the
 * card would: the retail MAC over the command with the host cryptogram (E.3.2, E.4.4). */
static void check_rmac(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    struct static_keys keys = three_times(in, "keys");
    struct session s = {.scp = SCP02, .option = 0x75, .level = 0x13};
    uint8_t external[13] = {0x84, 0x82, 0x13, 0x00, 0x10}, command[16], reply[64], expected[8];
    struct capdu c;
    struct out o;

    bytes_of(in, "seq", s.sequence, 2);
    bytes_of(in, "card_challenge", s.card, SCP02_CHALLENGE);
    bytes_of(in, "host_challenge", s.host, 8);
    assert_true(scp02_open(&s, &keys));
    assert_true(scp02_cryptogram(&s, true, external + 5));
    assert_true(des_mac_retail(&s.s_mac, NULL, external, sizeof external, s.r_chain));
    assert_true(capdu_parse(command, bytes_of(in, "command", command, sizeof command), &c));
    out_init(&o, reply, sizeof reply);
    o.len = bytes_of(in, "response_data", reply, sizeof reply);
    assert_true(scp02_protect(&s, &c, &o, 0x9000));
    assert_int_equal(bytes_of(json_object_get(vector, "expected"), "rmac", expected, 8), 8);
    assert_memory_equal(reply + o.len - 8, expected, 8);
}

static void the_published_response_mac_is_met(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp02_rmac", check_rmac) > 0);
}

/* martinpaljak/GlobalPlatformPro TestPlaintextKeys: key 404142..4F, sequence counter 0000. */
static void session_keys_of_a_fresh_default_card_are_known(void **state)
{
    struct session s = {.scp = SCP02, .option = 0x15};
    struct static_keys keys = {.enc = {.type = KEY_TYPE_DES, .len = 16}};
    uint8_t expected[16];
    size_t n;

    (void)state;
    for (uint8_t i = 0; i < 16; i++)
        keys.enc.value[i] = (uint8_t)(0x40 + i);
    keys.mac = keys.dek = keys.enc;
    assert_true(scp02_open(&s, &keys));
    assert_true(lab_hex_read("010B0371D78377B801F2D62AFC671D95", expected, 16, &n));
    assert_memory_equal(s.s_enc.value, expected, 16);
    assert_true(lab_hex_read("D1C28C601652A4770D67AD82D2D2E1C4", expected, 16, &n));
    assert_memory_equal(s.s_mac.value, expected, 16);
}

/* ievkh/scll-rust scp02_kat.rs hardware_vector_jcop_p71_scp02: C-MAC session key and challenge of a JCOP 4
 * P71. */
static void the_well_known_challenge_of_a_real_card_is_met(void **state)
{
    struct session s = {.scp = SCP02, .s_mac = {.type = KEY_TYPE_DES, .len = 16}};
    uint8_t aid[8], expected[6], made[6];
    size_t n;

    (void)state;
    assert_true(lab_hex_read("5F1BAA234F8C9E22D046E2EA67439A02", s.s_mac.value, 16, &n));
    assert_true(lab_hex_read("A000000151000000", aid, sizeof aid, &n));
    assert_true(lab_hex_read("3A58BF1253D5", expected, sizeof expected, &n));
    assert_true(scp02_challenge(&s, aid, sizeof aid, made));
    assert_memory_equal(made, expected, sizeof made);
}

static void levels_follow_the_parameter_i(void **state)
{
    (void)state;
    for (unsigned level = 0; level <= 0xFF; level++) {
        bool command = level == 0x00 || level == 0x01 || level == 0x03;

        assert_int_equal(scp02_level_allowed((uint8_t)level, 0x55), command);
        assert_int_equal(scp02_level_allowed((uint8_t)level, 0x75),
                         command || level == 0x10 || level == 0x11 || level == 0x13);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_session_key_is_met),
        cmocka_unit_test(every_recorded_session_is_followed),
        cmocka_unit_test(the_published_response_mac_is_met),
        cmocka_unit_test(session_keys_of_a_fresh_default_card_are_known),
        cmocka_unit_test(the_well_known_challenge_of_a_real_card_is_met),
        cmocka_unit_test(levels_follow_the_parameter_i),
    };

    return cmocka_run_group_tests_name("lab card: SCP02", tests, load, unload);
}
