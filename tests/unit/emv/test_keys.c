/* SPDX-License-Identifier: Apache-2.0 */
/* Card keys and session keys against published values. Unit test of emv/derive. [EMV Book 2 A1.3, A1.4] */
#include "emv/derive.h"

#include <string.h>

#include "../rows.h"
#include "emv_keys.h"

struct udk_row {
    const char *name;
    enum emv_option option;
    const char *imk, *pan, *psn, *udk;
};

static const struct udk_row udk_rows[] = {
    /* source: knovichikhin/pyemv tests/test_ac_hsm.py, test_kd_hsm.py and README */
    {"option A, sequence number 45", EMV_OPTION_A, "0123456789ABCDEFFEDCBA9876543210", "9901234567890123",
     "45", "F84315C7B95BD3B0C74694922C3808B0"},
    {"option A, sequence number 00", EMV_OPTION_A, "0123456789ABCDEFFEDCBA9876543210", "1234567890123456",
     "00", "154F349D8585CB7F6B0798E9839B10C1"},
    {"option A, PAN of 17 digits", EMV_OPTION_A, "0123456789ABCDEFFEDCBA9876543210", "12345678901234567",
     "45", "946DC1A8C78A624519BC4645CB073737"},
    {"option A, PAN of 17 digits, no sequence number", EMV_OPTION_A, "0123456789ABCDEFFEDCBA9876543210",
     "12345678901234567", NULL, "8357F1866492A1C8D657132AABF25789"},
    {"option B, PAN of 16 digits is option A", EMV_OPTION_B, "0123456789ABCDEFFEDCBA9876543210",
     "1234567890123456", "00", "154F349D8585CB7F6B0798E9839B10C1"},
    {"option B, PAN of 17 digits", EMV_OPTION_B, "0123456789ABCDEFFEDCBA9876543210", "12345678901234567",
     "45", "F767ECC2263B2C543775CB62AB6B57D6"},
    {"option B, PAN of 17 digits, sequence number 00", EMV_OPTION_B, "0123456789ABCDEFFEDCBA9876543210",
     "12345678901234567", "00", "1C13AE23B54AF7BA49FBE09192C87983"},
    {"option B, PAN of 18 digits", EMV_OPTION_B, "0123456789ABCDEFFEDCBA9876543210", "123456789012345679",
     "00", "1083E9C8A72AA26BDC9B10570B73BACB"},
    {"option B, a hash with too few decimal digits", EMV_OPTION_B, "0123456789ABCDEFFEDCBA9876543210",
     "000000000000000005", "23", "2608BAA2378C92DAE0948A97E0CD230B"},
    /* source: jPOS JCESecurityModuleTest (dCVV), where option B hashes short PANs, too */
    {"option A, PAN of 12 digits", EMV_OPTION_A, "12345678123456781234567812345678", "123456789012", "00",
     "C27C25043720DCDF31E04F2FAEC17AE0"},
    {"option B that always hashes, PAN of 12 digits", EMV_OPTION_B_ALWAYS, "12345678123456781234567812345678",
     "123456789012", "00", "024CFE20646B6BE961B66B199B02C197"},
    {"option B, PAN of 19 digits", EMV_OPTION_B, "12345678123456781234567812345678", "1234567890123456789",
     "00", "1AF168516BC8076720D9AB318A510E6D"},
};

static void row_derives(void **state)
{
    const struct udk_row *row = *state;
    struct cipher_key imk = tdes_of(row->imk);
    uint8_t y[EMV_BLOCK], udk[EMV_KEY_LEN];
    assert_ok(emv_diversification(row->option, (struct emv_card_id){row->pan, row->psn}, emv_crypto(), y));
    assert_ok(emv_udk(&imk, y, udk));
    assert_hex(BYTES(udk), row->udk);
}

struct session_row {
    const char *name, *udk, *r, *session;
};

/* source: knovichikhin/pyemv tests/test_ac_hsm.py and test_cvn_hsm.py */
static const struct session_row session_rows[] = {
    {"a free R", "F84315C7B95BD3B0C74694922C3808B0", "1234567890123456", "3E736BF8D37664348A04E3ABE00DEFC1"},
    {"R from the counter", "154F349D8585CB7F6B0798E9839B10C1", "001C000000000000",
     "436B942AD637E08564B532B0EC97CB26"},
    {"R from the cryptogram", "94F867167C64EF3EEAB0CB627A7A3480", "7A788EA6B8A3E733",
     "B97A1C1FCE087C3B6820B52F62AB7667"},
    {"R from counter and unpredictable number", "154F349D8585CB7F6B0798E9839B10C1", "001C0000ABCDEF12",
     "5D8F37BCD9E5DA68048CDFA2EA255D9E"},
};

static void row_opens_a_session(void **state)
{
    const struct session_row *row = *state;
    struct cipher_key udk = tdes_of(row->udk);
    uint8_t session[EMV_KEY_LEN];
    assert_ok(emv_session_key(&udk, octets_of(row->r).at, session));
    assert_hex(BYTES(session), row->session);
}

static void r_is_made_of_counter_and_number(void **state)
{
    static const uint8_t un[4] = {0xAB, 0xCD, 0xEF, 0x12};
    uint8_t r[EMV_BLOCK];
    (void)state;
    emv_r_of_atc(0x001C, r);
    assert_hex(BYTES(r), "001C000000000000");
    emv_r_of_atc_un(0x001C, un, r);
    assert_hex(BYTES(r), "001C0000ABCDEF12");
}

/* source: knovichikhin/pyemv tests/test_cvn_hsm.py */
static void visa_script_keys_are_masked_by_the_counter(void **state)
{
    uint8_t session[EMV_KEY_LEN];
    (void)state;
    emv_visa_script_key(octets_of("94F867167C64EF3EEAB0CB627A7A3480").at, 0x001C, session);
    assert_hex(BYTES(session), "94F867167C64EF23EAB0CB627A7ACB62");
    emv_visa_script_key(octets_of("19296D4CD626859E8AADDF0B2AAB8FEA").at, 0x001C, session);
    assert_hex(BYTES(session), "19296D4CD62685838AADDF0B2AAB7008");
}

/* source: knovichikhin/pyemv tests/test_sm_hsm.py */
static void check_values_are_the_first_bytes_of_a_zero_block(void **state)
{
    struct cipher_key key = tdes_of("0123456789ABCDEFFEDCBA9876543210");
    uint8_t kcv[EMV_KCV_LEN];
    (void)state;
    assert_ok(emv_kcv(&key, kcv));
    assert_hex(BYTES(kcv), "08D7B4");
}

static void expect_no_card(const char *pan, const char *psn)
{
    uint8_t y[EMV_BLOCK];
    assert_err(emv_diversification(EMV_OPTION_A, (struct emv_card_id){pan, psn}, NULL, y), TSM_BAD_FORM);
    if (pan && *pan)
        assert_null(strstr(err_cause(), pan));
}

static void what_is_no_pan_is_refused_without_showing_it(void **state)
{
    (void)state;
    expect_no_card("12345678901", "00");
    expect_no_card("12345678901234567890", "00");
    expect_no_card("123456789012345X", "00");
    expect_no_card("", "00");
    expect_no_card(NULL, "00");
    expect_no_card("1234567890123456", "0");
    expect_no_card("1234567890123456", "A0");
}

static void a_master_must_be_a_double_length_key(void **state)
{
    struct cipher_key three = tdes_of("0123456789ABCDEFFEDCBA98765432100011223344556677"), none = {0}, aes;
    uint8_t y[EMV_BLOCK] = {0}, udk[EMV_KEY_LEN];
    (void)state;
    assert_ok(crypto_key(emv_crypto(), CIPHER_AES, HEX("0123456789ABCDEFFEDCBA9876543210"), &aes));
    assert_err(emv_udk(&three, y, udk), TSM_KEY_REFUSED);
    assert_err(emv_udk(&aes, y, udk), TSM_KEY_REFUSED);
    assert_err(emv_udk(&none, y, udk), TSM_KEY_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(r_is_made_of_counter_and_number),
        cmocka_unit_test(visa_script_keys_are_masked_by_the_counter),
        cmocka_unit_test(check_values_are_the_first_bytes_of_a_zero_block),
        cmocka_unit_test(what_is_no_pan_is_refused_without_showing_it),
        cmocka_unit_test(a_master_must_be_a_double_length_key),
    };
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof *tests);
    for (size_t i = 0; i < sizeof udk_rows / sizeof *udk_rows; i++)
        rows_add(&rows, "card key as published: ", udk_rows[i].name, row_derives, &udk_rows[i]);
    for (size_t i = 0; i < sizeof session_rows / sizeof *session_rows; i++)
        rows_add(&rows, "session key as published: ", session_rows[i].name, row_opens_a_session,
                 &session_rows[i]);
    return rows_run(&rows, "emv/keys", emv_setup, emv_teardown);
}
