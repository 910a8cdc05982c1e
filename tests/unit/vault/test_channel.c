/* SPDX-License-Identifier: Apache-2.0 */
/* Channels with sealed key sets against published sessions. Unit test of vault/operation/channel/scp.c. */
#include "vault/operation/operation.h"

#include <stdio.h>
#include <string.h>

#include "rig.h"

enum { ID = 31 };
static const char *const keys_128[] = {"404142434445464748494A4B4C4D4E4F", "404142434445464748494A4B4C4D4E4F",
                                       "404142434445464748494A4B4C4D4E4F"};
static const struct keyset_form scp03_form = {PROTOCOL_SCP03, 0x30, CIPHER_AES, 16};
static const struct keyset_form scp80_form = {PROTOCOL_SCP80, 0x01, CIPHER_AES, 16};

/* A recorded session of a sysmoEUICC card (pySim, tests/unittests/test_globalplatform.py), level 11. */
static const char *const card_keys[] = {"000102030405060708090A0B0C0D0E0F",
                                        "101112131415161718191A1B1C1D1E1F",
                                        "202122232425262728292A2B2C2D2E2F"};

struct opened {
    struct sealed_keyset keys;
    struct channel ch;
};

static struct opened open_recorded(struct vault_party *p)
{
    struct opened o = {.keys = rig_keyset(p, ID, scp03_form, card_keys)};
    struct octets answer = octets_of("000000000000000000003003703EB51047495B249F66C484C1D2EF1948000002"),
                  host = octets_of("B13E5F938FC108C4");
    struct init_update iu;
    struct scp_opening how = {o.keys, &iu, octets_bytes(&host), 0x11, 0, BYTES_NONE};
    uint8_t box[64];
    struct writer w = WRITER(box);
    assert_ok(gp_init_update_read(octets_bytes(&answer), &iu));
    assert_ok(vault_open_scp(p, &how, &o.ch, &w));
    assert_hex(written(&w), "84821100107D5F5826A993EBC89EEA24957FA0B3CE");
    return o;
}

static void a_recorded_channel_is_opened_wrapped_and_unwrapped(void **state)
{
    static const char *const plain[] = {"80E2910006BF3E035C015A00", "80F22002", "80CA006600"};
    static const char *const due[] = {"84E291000EBF3E035C015A558D036518A2829700",
                                      "84F220020863A63F8959827FB2", "84CA006608A0C6A4A74166F7CE00"};
    struct vault_party *p = rig_party("operator");
    struct opened o = open_recorded(p);
    struct octets text[3],
        answer = octets_of("BF3E125A1089882119900000000000000000000005971BE68992DBBDFA9000");
    struct apdu apdus[3];
    struct bytes wrapped[3], answers[1] = {octets_bytes(&answer)};
    struct channel_expect expect[3];
    struct rapdu back[1];
    uint8_t box[512];
    struct writer w = WRITER(box);
    struct scp_commands script = {apdus, 3, &w, wrapped, expect};
    struct scp_answers got = {expect, answers, 1, &w, back, 0};
    (void)state;
    for (int i = 0; i < 3; i++) {
        text[i] = octets_of(plain[i]);
        assert_ok(apdu_read(octets_bytes(&text[i]), &apdus[i]));
    }
    assert_ok(vault_wrap_scp(p, o.keys, &o.ch, &script));
    for (int i = 0; i < 3; i++)
        assert_hex(wrapped[i], due[i]);
    assert_ok(vault_unwrap_scp(p, o.keys, &o.ch, &got));
    assert_int_equal(got.done, 1);
    assert_hex(back[0].data, "BF3E125A1089882119900000000000000000000005");
    assert_int_equal(back[0].sw, 0x9000);
}

static void a_changed_answer_is_refused_and_counted(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct opened o = open_recorded(p);
    struct octets text = octets_of("80E2910006BF3E035C015A00"),
                  answer = octets_of("BF3E125A1089882119900000000000000000000005971BE68992DBBDFA9000");
    struct apdu apdu;
    struct bytes wrapped, bad = octets_bytes(&answer);
    struct channel_expect expect;
    struct rapdu back;
    uint8_t box[512];
    struct writer w = WRITER(box);
    (void)state;
    assert_ok(apdu_read(octets_bytes(&text), &apdu));
    assert_ok(vault_wrap_scp(p, o.keys, &o.ch, &(struct scp_commands){&apdu, 1, &w, &wrapped, &expect}));
    for (size_t i = 0; i < answer.len - 2; i++) {
        struct channel ch = o.ch;
        struct scp_answers got = {&expect, &bad, 1, &w, &back, 7};
        answer.at[i] ^= 4;
        assert_err(vault_unwrap_scp(p, o.keys, &ch, &got), TSM_MAC_WRONG);
        assert_int_equal(got.done, 0);
        answer.at[i] ^= 4;
    }
}

static void a_script_that_does_not_fit_leaves_the_channel_as_it_was(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct opened o = open_recorded(p);
    struct channel before = o.ch;
    struct octets text = octets_of("80E2910006BF3E035C015A00");
    struct apdu apdus[2];
    struct bytes wrapped[2];
    struct channel_expect expect[2];
    uint8_t box[30]; /* the first fits, the second does not */
    struct writer w = WRITER(box);
    (void)state;
    assert_ok(apdu_read(octets_bytes(&text), &apdus[0]));
    apdus[1] = apdus[0];
    assert_err(vault_wrap_scp(p, o.keys, &o.ch, &(struct scp_commands){apdus, 2, &w, wrapped, expect}),
               TSM_NO_ROOM);
    assert_memory_equal(&o.ch, &before, sizeof before);
    assert_int_equal(w.len, 0);
}

static void a_card_without_the_key_does_not_open(void **state)
{
    struct vault_party *p = rig_party("operator");
    struct octets answer = octets_of("000000000000000000003003703EB51047495B249F66C484C1D2EF1948000002"),
                  host = octets_of("B13E5F938FC108C4");
    struct init_update iu;
    struct scp_opening how = {
        rig_keyset(p, ID, scp03_form, keys_128), &iu, octets_bytes(&host), 0x11, 0, BYTES_NONE};
    struct channel ch;
    uint8_t box[64];
    struct writer w = WRITER(box);
    (void)state;
    assert_ok(gp_init_update_read(octets_bytes(&answer), &iu));
    assert_err(vault_open_scp(p, &how, &ch, &w), TSM_CRYPTOGRAM_WRONG);
    assert_null(strstr(err_cause(), "404142"));
    how.keys = rig_keyset(p, ID, scp80_form, card_keys);
    assert_err(vault_open_scp(p, &how, &ch, &w), TSM_KEY_REFUSED);
    assert_int_equal(w.len, 0);
}

/* Opens one session of the vector file. */
static void run_session(struct vault_party *p, const json_t *row, uint8_t protocol)
{
    struct octets enc = vector_octets(row, "inputs.key_enc"), mac = vector_octets(row, "inputs.key_mac"),
                  dek = vector_octets(row, "inputs.key_dek"),
                  host = vector_octets(row, "inputs.host_challenge"),
                  answer = vector_octets(row, "inputs.initialize_update_rapdu"),
                  level = vector_octets(row, "inputs.security_level");
    const char *const hex[] = {vector_text(row, "inputs.key_enc"), vector_text(row, "inputs.key_mac"),
                               vector_text(row, "inputs.key_dek")};
    struct keyset_form form = {protocol, 1, protocol == SCP03 ? CIPHER_AES : CIPHER_TDES, (uint8_t)enc.len};
    struct init_update iu;
    struct scp_opening how = {.answer = &iu, .host_challenge = octets_bytes(&host), .level = level.at[0]};
    struct channel ch;
    uint8_t box[64];
    struct writer w = WRITER(box);
    assert_int_equal(mac.len, dek.len);
    how.keys = rig_keyset(p, ID, form, hex);
    assert_ok(gp_init_update_read(octets_bytes(&answer), &iu));
    if (protocol == SCP02 && vector_has(row, "inputs.i"))
        iu.i = vector_octets(row, "inputs.i").at[0];
    assert_ok(vault_open_scp(p, &how, &ch, &w));
    assert_hex(written(&w), vector_text(row, "expected.external_authenticate_capdu"));
}

static void every_published_session_opens(void **state)
{
    static const struct {
        const char *kind;
        uint8_t protocol;
    } kinds[] = {{"scp03_session", SCP03}, {"scp02_session", SCP02}};
    struct vectors v = vectors_open("vectors-gp.json");
    struct vault_party *p = rig_party("operator");
    unsigned n = 0;
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        size_t at = 0;
        for (json_t *row; (row = vectors_next(&v, "vectors", kinds[k].kind, &at)) != NULL;)
            if (vector_has(row, "inputs.key_dek") && vector_has(row, "inputs.initialize_update_rapdu") &&
                vector_has(row, "expected.external_authenticate_capdu")) {
                run_session(p, row, kinds[k].protocol);
                n++;
            }
    }
    assert_true(n > 0);
    print_message("# %u sessions\n", n);
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_channel_is_opened_wrapped_and_unwrapped),
        cmocka_unit_test(a_changed_answer_is_refused_and_counted),
        cmocka_unit_test(a_script_that_does_not_fit_leaves_the_channel_as_it_was),
        cmocka_unit_test(a_card_without_the_key_does_not_open),
        cmocka_unit_test(every_published_session_opens),
    };
    return cmocka_run_group_tests_name("channel", tests, rig_setup, rig_teardown);
}
