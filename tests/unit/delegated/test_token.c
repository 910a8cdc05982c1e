/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of every command and scheme, and what is refused: another command, another key, a changed bit; and
 * the chain that a long token needs. Unit test of gp/delegated/token.h and chain.h. [GPCS C.4, 11.1.5.1] */
#include <string.h>

#include "gp/delegated/chain.h"
#include "gp/delegated/token.h"
#include "keys.h"
#include "rig.h"

enum { ROOM = 1024 };

/* Plain commands without token, and what their token is made over. */
static const struct {
    const char *what, *capdu, *input;
} commands[] = {
    {"load",
     "80E602001F07F04F54534D000108F04F54534DD0000140000102030405060708090A0B0C0D0E0F101112131415161718191A1B1"
     "C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F000000",
     "02005307F04F54534D000108F04F54534DD0000140000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1"
     "E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F00"},
    {"install", "80E60C002607F04F54534D000108F04F54534D00010107F04F54534D01010300000004C90200010000",
     "0C002207F04F54534D000108F04F54534D00010107F04F54534D01010300000004C9020001"},
    {"make selectable", "80E608000E000007F04F54534D01010100000000", "08000D000007F04F54534D0101010000"},
    {"extradition", "80E610001508F04F54534DD000010007F04F54534D010100000000",
     "10001408F04F54534DD000010007F04F54534D01010000"},
    {"registry update", "80E6400011000007F04F54534D010103A08000000000",
     "40000F000007F04F54534D010103A0800000"},
    {"delete", "80E40080094F07F04F54534D000100", "0080094F07F04F54534D0001"},
    {"delete with token identifier", "80E40000124F07F04F54534D0101B607420247119301AA00",
     "0000124F07F04F54534D0101B607420247119301AA"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* Lc is put right here, so that the rows stay readable. */
static struct octets capdu_of(size_t i)
{
    struct octets o = octets_of(commands[i].capdu);
    o.at[4] = (uint8_t)(o.len - 6);
    return o;
}

static struct bytes with_token(const struct gp_signer *s, const struct octets *capdu, uint8_t *out)
{
    uint8_t made[GP_TOKEN_MAX];
    struct writer token = WRITER(made), with = {out, 0, ROOM};
    assert_ok(gp_token_make(s, octets_bytes(capdu), &token));
    assert_int_equal(token.len, gp_signature_len(s));
    assert_ok(gp_token_put(octets_bytes(capdu), written(&token), &with));
    return written(&with);
}

static void a_token_is_made_over_parameters_length_and_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++) {
        struct octets capdu = capdu_of(i);
        struct gp_token_command c;
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_ok(gp_token_command_read(octets_bytes(&capdu), &c));
        assert_ok(gp_token_command_input(&c, &w));
        assert_hex(written(&w), commands[i].input);
    }
}

static void every_scheme_makes_tokens_for_every_command(void **state)
{
    (void)state;
    for (int key = 0; key < RIG_KEYS; key++) {
        struct gp_signer s = rig_signer((enum rig_key)key);
        for (size_t i = 0; i < COMMANDS; i++) {
            struct octets capdu = capdu_of(i);
            uint8_t out[ROOM];
            struct bytes with = with_token(&s, &capdu, out);
            assert_ok(gp_token_check(&s, with));
        }
    }
}

/* Every octet of the signed command is bound; the header's class and the length of all are not. */
static void a_token_of_another_command_is_refused(void **state)
{
    struct gp_signer s = rig_signer(RIG_AES);
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++) {
        struct octets capdu = capdu_of(i);
        uint8_t out[ROOM];
        struct bytes with = with_token(&s, &capdu, out);
        for (size_t at = 2; at < with.len - 1; at++) {
            out[at] ^= 0x01;
            if (gp_token_check(&s, with) == TSM_OK)
                fail_msg("%s: a flipped bit of octet %zu was taken", commands[i].what, at);
            out[at] ^= 0x01;
        }
        for (size_t n = 0; n + 1 < with.len; n++)
            assert_int_not_equal(gp_token_check(&s, BYTES_OF(out, n)), TSM_OK);
    }
}

static void a_token_of_another_key_is_refused(void **state)
{
    struct octets capdu = capdu_of(0);
    (void)state;
    for (int key = 0; key < RIG_KEYS; key++) {
        struct gp_signer s = rig_signer((enum rig_key)key), other;
        uint8_t out[ROOM];
        struct bytes with = with_token(&s, &capdu, out);
        for (int k = 0; k < RIG_KEYS; k++)
            if (k != key) {
                other = rig_signer((enum rig_key)k);
                assert_err(gp_token_check(&other, with), TSM_MAC_WRONG);
            }
    }
}

static void a_command_without_a_token_or_with_two_is_refused(void **state)
{
    struct gp_signer s = rig_signer(RIG_AES);
    struct octets capdu = capdu_of(0);
    uint8_t out[ROOM], more[ROOM];
    struct bytes with = with_token(&s, &capdu, out);
    struct writer w = WRITER(more);
    (void)state;
    assert_err(gp_token_check(&s, octets_bytes(&capdu)), TSM_MISSING_FIELD);
    assert_err(gp_token_make(&s, with, &w), TSM_CONFLICT);
    assert_err(gp_token_put(with, HEX("00"), &w), TSM_CONFLICT);
    assert_int_equal(w.len, 0);
}

static void what_takes_no_token_is_refused(void **state)
{
    static const char *const none[] = {
        "80E620000D000007F04F54534D010100000000",     /* for personalization [Table 11-47] */
        "80E4000003D2013000",                         /* DELETE [key]: no 4F */
        "80F28002024F0000",                           /* GET STATUS */
        "80E682000C05010203040500000000000000000000", /* a piece of a chain */
    };
    struct gp_signer s = rig_signer(RIG_AES);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_not_equal(gp_token_make(&s, HEX(none[i]), &w), TSM_OK);
    assert_err(gp_token_make(&s, HEX("80E602000A0501020304050000000000"), &w), TSM_MISSING_FIELD);
    assert_string_equal(err_field(), "hash"); /* the code would not be bound */
    assert_err(gp_token_make(&s, HEX("80E602000E050102030405000401020304000000"), &w), TSM_BAD_LENGTH);
    /* 81 05: a length that is longer than it need be */
    assert_err(gp_token_make(&s, HEX("80E608000F000007F04F54534D0101010081000000"), &w), TSM_BAD_VALUE);
    assert_int_equal(w.len, 0);
}

/* Table C-3: the card would refuse the load, so the token is not even made. */
static void a_load_hash_weaker_than_the_scheme_is_refused(void **state)
{
    struct gp_install i = {.p1 = INSTALL_FOR_LOAD,
                           .load_file = HEX("F04F54534D0001"),
                           .hash = HEX("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F")};
    uint8_t capdu[ROOM], out[ROOM];
    struct writer w = WRITER(capdu), token = WRITER(out);
    struct gp_signer s = rig_signer(RIG_P384);
    (void)state;
    assert_ok(install_write(&i, &w));
    assert_err(gp_token_make(&s, written(&w), &token), TSM_KEY_REFUSED);
    s = rig_signer(RIG_P256);
    assert_ok(gp_token_make(&s, written(&w), &token));
}

static void a_public_key_makes_no_token(void **state)
{
    SIGN_KEY key = {0};
    struct gp_signer s, whole = rig_signer(RIG_P256);
    struct octets capdu = capdu_of(1);
    uint8_t out[ROOM], made[ROOM];
    struct writer w = WRITER(out);
    struct bytes with = with_token(&whole, &capdu, made);
    (void)state;
    assert_ok(sign_key_read(bytes_of_text(PEM_P256_PUBLIC), &key));
    assert_ok(gp_signer_pair(&key, &s));
    assert_err(gp_token_make(&s, octets_bytes(&capdu), &w), TSM_KEY_REFUSED);
    assert_ok(gp_token_check(&s, with));
}

static void keys_that_no_scheme_knows_are_refused(void **state)
{
    SIGN_KEY key = {0};
    (void)state;
    assert_err(sign_key_read(bytes_of_text(PEM_RSA_512), &key), TSM_KEY_REFUSED);
    assert_err(sign_key_read(bytes_of_text(PEM_P521), &key), TSM_KEY_REFUSED);
    assert_err(sign_key_read(bytes_of_text("no key"), &key), TSM_BAD_FORM);
    assert_err(sign_key_read(BYTES_NONE, &key), TSM_BAD_FORM);
    assert_null(key.ops);
}

/* 2048 bits: 256 octets of token do not fit a short command, the chain gives them back in order. */
static void a_long_token_is_sent_in_a_chain(void **state)
{
    struct gp_signer s = rig_signer(RIG_RSA_2048);
    struct octets capdu = capdu_of(1);
    uint8_t out[ROOM], joined[ROOM];
    struct bytes with = with_token(&s, &capdu, out);
    struct writer all = WRITER(joined);
    struct command_chain chain;
    struct apdu whole;
    (void)state;
    assert_ok(apdu_read(with, &whole));
    assert_int_equal(whole.data.len, capdu.len - 6 - 1 + 3 + 256); /* 82 01 00 for 00 */
    assert_ok(command_chain_make(with, 239, &chain));
    assert_int_equal(chain.blocks, 2);
    for (size_t n = 0; n < chain.blocks; n++) {
        uint8_t piece[APDU_SHORT_MAX];
        struct writer w = WRITER(piece);
        struct apdu a;
        assert_ok(command_chain_block(&chain, n, &w));
        assert_ok(apdu_read(written(&w), &a));
        assert_int_equal(a.p1, n + 1 == chain.blocks ? 0x0C : 0x8C);
        assert_ok(write_span(&all, a.data));
    }
    assert_true(bytes_equal(written(&all), whole.data));
    assert_err(command_chain_block(&chain, 2, &all), TSM_NOT_FOUND);
    assert_err(command_chain_make(HEX("80F28002024F0000"), 255, &chain), TSM_BAD_VALUE);
    assert_err(command_chain_make(HEX("80E4800000"), 255, &chain), TSM_BAD_VALUE);
    assert_err(command_chain_make(with, 0, &chain), TSM_BAD_VALUE);
}

/* Above 255 octets of data the length has three octets. */
static void a_long_command_counts_its_length_in_three_octets(void **state)
{
    static uint8_t parameters[300];
    struct gp_token_command c = {.ins = INS_INSTALL};
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    c.install = (struct gp_install){.p1 = INSTALL_FOR_EXTRADITION,
                                    .domain = HEX("F04F54534DD00001"),
                                    .application = HEX("F04F54534D0101"),
                                    .parameters = BYTES(parameters)};
    assert_ok(gp_token_command_input(&c, &w));
    assert_hex(BYTES_OF(out, 5), "1000000142"); /* 9 + 1 + 8 + 1 + 3 + 300 */
}

static void one_token_covers_load_and_install_together(void **state)
{
    struct octets
        first = octets_of(
            "80E60E011F07F04F54534D000108F04F54534DD0000140000102030405060708090A0B0C0D0E0F101112131415161718"
            "191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F000000"),
        last = octets_of("80E60E0317000007F04F54534D01010300000004C90200010000");
    struct gp_signer s = rig_signer(RIG_P384);
    struct gp_token_pair pair;
    uint8_t made[GP_TOKEN_MAX], out[ROOM];
    struct writer token = WRITER(made), with = WRITER(out);
    (void)state;
    first.at[4] = (uint8_t)(first.len - 6);
    last.at[4] = (uint8_t)(last.len - 6);
    pair = (struct gp_token_pair){octets_bytes(&first), octets_bytes(&last)};
    assert_ok(gp_token_make_combined(&s, pair, &token));
    assert_ok(gp_token_put(pair.last, written(&token), &with));
    assert_err(gp_token_check_combined(&s, pair), TSM_MISSING_FIELD);
    pair.last = written(&with);
    assert_ok(gp_token_check_combined(&s, pair));
    assert_err(gp_token_check(&s, pair.last), TSM_MAC_WRONG); /* it is no token of the last one alone */
    first.at[7] ^= 1;
    assert_err(gp_token_check_combined(&s, pair), TSM_MAC_WRONG);
    assert_err(gp_token_check_combined(&s, (struct gp_token_pair){pair.last, pair.last}), TSM_BAD_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_made_over_parameters_length_and_data),
        cmocka_unit_test(every_scheme_makes_tokens_for_every_command),
        cmocka_unit_test(a_token_of_another_command_is_refused),
        cmocka_unit_test(a_token_of_another_key_is_refused),
        cmocka_unit_test(a_command_without_a_token_or_with_two_is_refused),
        cmocka_unit_test(what_takes_no_token_is_refused),
        cmocka_unit_test(a_load_hash_weaker_than_the_scheme_is_refused),
        cmocka_unit_test(a_public_key_makes_no_token),
        cmocka_unit_test(keys_that_no_scheme_knows_are_refused),
        cmocka_unit_test(a_long_token_is_sent_in_a_chain),
        cmocka_unit_test(a_long_command_counts_its_length_in_three_octets),
        cmocka_unit_test(one_token_covers_load_and_install_together),
    };
    return cmocka_run_group_tests_name("delegated/token", tests, rig_setup, rig_teardown);
}
