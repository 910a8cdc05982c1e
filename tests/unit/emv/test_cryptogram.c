/* SPDX-License-Identifier: Apache-2.0 */
/* Cryptograms, issuer answers and card values against published values. Unit test of emv/cryptogram and
 * emv/cardvalue. [EMV Book 2 8.1, 8.2] */
#include "emv/cryptogram.h"

#include "../rows.h"
#include "emv/cardvalue.h"
#include "emv_keys.h"

struct ac_row {
    const char *name, *key;
    enum emv_padding padding;
    const char *data, *ac;
};

/* source: knovichikhin/pyemv tests/test_ac_hsm.py and test_cvn_hsm.py */
static const struct ac_row ac_rows[] = {
    {"CVN 10: card key, padding 1", "154F349D8585CB7F6B0798E9839B10C1", EMV_PAD_1,
     "0000000040000000000000000124800004800001241911050152BF45851800001C03A06010", "29CCA15AE665FA2E"},
    {"CVN 18: session key, padding 2", "436B942AD637E08564B532B0EC97CB26", EMV_PAD_2,
     "0000000040000000000000000124800004800001241911050152BF45851800001C06011203A0B800", "7A788EA6B8A3E733"},
    {"whole blocks, padding 2 adds one", "3E736BF8D37664348A04E3ABE00DEFC1", EMV_PAD_2,
     "0123456789ABCDEF0123456789ABCDEF", "4B46013359B7A58B"},
    {"whole blocks, padding 1 adds nothing", "3E736BF8D37664348A04E3ABE00DEFC1", EMV_PAD_1,
     "0123456789ABCDEF0123456789ABCDEF", "922F3E83125EB46B"},
    {"one byte over, padding 1", "3E736BF8D37664348A04E3ABE00DEFC1", EMV_PAD_1,
     "0123456789ABCDEF0123456789ABCDEF01", "2E141C6BC4A20DA8"},
    {"Mastercard CVN 17", "5D8F37BCD9E5DA68048CDFA2EA255D9E", EMV_PAD_2,
     "00000000999900000000000001248000000000012420990600ABCDEF121800001CA0000322000000000000000322FF",
     "EAE8A620A75648D8"},
    /* source: knovichikhin/pyemv tests/test_mac.py and psec tests */
    {"MAC algorithm 3, padding 1", "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB", EMV_PAD_1, "68656C6C6F20776F726C64",
     "78DA3D3DEB48FD4D"},
    {"MAC algorithm 3, padding 2", "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB", EMV_PAD_2, "68656C6C6F20776F726C64",
     "2BC2D9EDE0CF31F6"},
    {"MAC algorithm 3, padding 3", "41414141414141414242424242424242", EMV_PAD_3, "68656C6C6F20776F726C64",
     "BA90F750EF43F668"},
};

static void row_cryptogram(void **state)
{
    const struct ac_row *row = *state;
    struct cipher_key key = tdes_of(row->key);
    uint8_t ac[EMV_AC_LEN];
    assert_ok(emv_ac(&key, row->padding, HEX(row->data), ac));
    assert_hex(BYTES(ac), row->ac);
}

struct arpc_row {
    const char *name, *key, *arqc, *arc, *arpc;
};

/* source: knovichikhin/pyemv tests/test_ac_hsm.py and test_cvn_hsm.py */
static const struct arpc_row arpc1_rows[] = {
    {"approval code 0000", "F84315C7B95BD3B0C74694922C3808B0", "2E141C6BC4A20DA8", "0000",
     "16A49AAB314B9262"},
    {"Visa CVN 10", "154F349D8585CB7F6B0798E9839B10C1", "29CCA15AE665FA2E", "3030", "28993816AFAE4AEB"},
    {"Mastercard CVN 16", "154F349D8585CB7F6B0798E9839B10C1", "24CCF3DEE3158C70", "0010", "73F6BBF389A6586C"},
};
static const struct arpc_row arpc2_rows[] = {
    {"Visa CVN 18, no data", "436B942AD637E08564B532B0EC97CB26", "7A788EA6B8A3E733", "", "9AF514C1"},
    {"eight octets of data", "3E736BF8D37664348A04E3ABE00DEFC1", "4B46013359B7A58B", "1234567890ABCDEF",
     "4962B76C"},
    {"no data", "3E736BF8D37664348A04E3ABE00DEFC1", "4B46013359B7A58B", "", "7DFB1188"},
};

static void row_arpc_1(void **state)
{
    const struct arpc_row *row = *state;
    struct cipher_key key = tdes_of(row->key);
    uint8_t arpc[EMV_AC_LEN];
    assert_ok(emv_arpc_1(&key, octets_of(row->arqc).at, octets_of(row->arc).at, arpc));
    assert_hex(BYTES(arpc), row->arpc);
}

static void row_arpc_2(void **state)
{
    const struct arpc_row *row = *state;
    struct cipher_key key = tdes_of(row->key);
    uint8_t arpc[EMV_ARPC_SHORT], csu[EMV_CSU_LEN] = {0};
    assert_ok(emv_arpc_2(&key, octets_of(row->arqc).at, csu, HEX(row->arc), arpc));
    assert_hex(BYTES(arpc), row->arpc);
}

struct cvv_row {
    const char *name, *cvk, *pan, *expiry, *service_code, *cvv;
};

static const struct cvv_row cvv_rows[] = {
    /* source: the CVV test table of a published bank-card standard (fsou.com 84828) */
    {"13 digits", "0123456789ABCDEFFEDCBA9876543210", "4123456789012", "8701", "101", "370"},
    {"13 digits, second", "0123456789ABCDEFFEDCBA9876543210", "4999988887777", "9105", "111", "649"},
    {"16 digits", "0123456789ABCDEFFEDCBA9876543210", "4123456789012345", "8701", "101", "561"},
    {"the worked example", "0123456789ABCDEFFEDCBA9876543210", "4123456789012345", "8701", "111", "856"},
    {"16 digits, second", "0123456789ABCDEFFEDCBA9876543210", "4666655554444111", "9206", "120", "664"},
    /* source: knovichikhin/psec tests */
    {"an expiry that is no month", "99999999999999998888888888888888", "2222222222222222", "3333", "111",
     "361"},
    /* source: jPOS JCESecurityModuleTest */
    {"CVV2 of 12 digits", "12345678123456781234567812345678", "123456789012", "1108", "000", "204"},
    {"two different halves", "12345678123456788765432187654321", "123456789012", "1108", "000", "453"},
};

static void row_cvv(void **state)
{
    const struct cvv_row *row = *state;
    struct cipher_key cvk = tdes_of(row->cvk);
    char cvv[CVV_ROOM];
    assert_ok(emv_cvv(&cvk, (struct cvv_input){row->pan, row->expiry, row->service_code}, cvv));
    assert_string_equal(cvv, row->cvv);
}

/* source: jPOS JCESecurityModuleTest */
static void dcvv_puts_the_counter_into_the_pan(void **state)
{
    struct cipher_key udk = tdes_of("DCE992BCE398C264F7858AFD4C4A324A");
    char cvv[CVV_ROOM];
    (void)state;
    assert_ok(emv_dcvv(&udk, (struct cvv_input){"1234567890123456", "1310", "226"}, 0x3210, cvv));
    assert_string_equal(cvv, "422");
    assert_err(emv_dcvv(&udk, (struct cvv_input){"1234567890123456", "1310", "226"}, 0x000A, cvv),
               TSM_BAD_FORM);
}

static void values_need_digits_and_a_double_length_key(void **state)
{
    struct cipher_key cvk = tdes_of("0123456789ABCDEFFEDCBA9876543210"),
                      three = tdes_of("0123456789ABCDEFFEDCBA98765432100011223344556677"), none = {0};
    char cvv[CVV_ROOM];
    (void)state;
    assert_err(emv_cvv(&cvk, (struct cvv_input){"41234567890A2345", "8701", "101"}, cvv), TSM_BAD_FORM);
    assert_err(emv_cvv(&cvk, (struct cvv_input){"4123456789012345", "871", "101"}, cvv), TSM_BAD_FORM);
    assert_err(emv_cvv(&cvk, (struct cvv_input){"4123456789012345", "8701", "1O1"}, cvv), TSM_BAD_FORM);
    assert_err(emv_cvv(&cvk, (struct cvv_input){"4123456789012345", "8701", NULL}, cvv), TSM_BAD_FORM);
    assert_err(emv_cvv(&three, (struct cvv_input){"4123456789012345", "8701", "101"}, cvv), TSM_KEY_REFUSED);
    assert_err(emv_cvv(&none, (struct cvv_input){"4123456789012345", "8701", "101"}, cvv), TSM_KEY_MISSING);
}

static void a_flipped_bit_changes_the_cryptogram(void **state)
{
    struct cipher_key key = tdes_of("436B942AD637E08564B532B0EC97CB26");
    struct octets data = octets_of("0000000040000000000000000124800004800001241911050152BF4585");
    uint8_t right[EMV_AC_LEN], wrong[EMV_AC_LEN];
    (void)state;
    assert_ok(emv_ac(&key, EMV_PAD_2, octets_bytes(&data), right));
    for (size_t bit = 0; bit < 8 * data.len; bit++) {
        data.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_ok(emv_ac(&key, EMV_PAD_2, octets_bytes(&data), wrong));
        assert_memory_not_equal(right, wrong, sizeof right);
        data.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void too_long_inputs_are_refused(void **state)
{
    static uint8_t data[EMV_MAC_INPUT_MAX + 1];
    struct cipher_key key = tdes_of("436B942AD637E08564B532B0EC97CB26"), none = {0};
    uint8_t mac[EMV_BLOCK], csu[EMV_CSU_LEN] = {0}, arpc[EMV_ARPC_SHORT];
    (void)state;
    assert_ok(emv_mac(&key, EMV_PAD_3, BYTES_OF(data, EMV_MAC_INPUT_MAX), mac));
    assert_ok(emv_mac(&key, EMV_PAD_1, BYTES_NONE, mac));
    assert_err(emv_mac(&key, EMV_PAD_1, BYTES(data), mac), TSM_TOO_LONG);
    assert_err(emv_mac(&none, EMV_PAD_1, BYTES_NONE, mac), TSM_KEY_MISSING);
    assert_err(emv_arpc_2(&key, mac, csu, BYTES_OF(data, EMV_PROPRIETARY_MAX + 1), arpc), TSM_TOO_LONG);
}

#define ADD(table, what, run)                                    \
    for (size_t i = 0; i < sizeof(table) / sizeof *(table); i++) \
    rows_add(&rows, what, (table)[i].name, run, &(table)[i])

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dcvv_puts_the_counter_into_the_pan),
        cmocka_unit_test(values_need_digits_and_a_double_length_key),
        cmocka_unit_test(a_flipped_bit_changes_the_cryptogram),
        cmocka_unit_test(too_long_inputs_are_refused),
    };
    static struct row_tests rows;
    rows_add_tests(&rows, tests, sizeof tests / sizeof *tests);
    ADD(ac_rows, "cryptogram as published: ", row_cryptogram);
    ADD(arpc1_rows, "ARPC method 1 as published: ", row_arpc_1);
    ADD(arpc2_rows, "ARPC method 2 as published: ", row_arpc_2);
    ADD(cvv_rows, "CVV as published: ", row_cvv);
    return rows_run(&rows, "emv/cryptogram", emv_setup, emv_teardown);
}
