/* SPDX-License-Identifier: Apache-2.0 */
/* The published payment vectors that stand beside the tree: keys, cryptograms, issuer answers, card values.
 * Unit test of emv/. Rows of methods that are not offered here are counted in the output. */
#include <string.h>

#include "../vectors.h"
#include "emv/cardvalue.h"
#include "emv/cryptogram.h"
#include "emv_keys.h"

static const char file[] = "vectors-payments.json";
enum { FIELDS_MAX = 256 };

typedef bool check_fn(const json_t *v); /* false: a method that is not offered */

static void every(const char *kind, check_fn *check)
{
    struct vectors v = vectors_open(file);
    size_t at = 0, passed = 0;
    const json_t *one;
    while ((one = vectors_next(&v, "vectors", kind, &at))) {
        print_message("# %s\n", vector_text(one, "name"));
        if (check(one))
            passed++;
        else
            print_message("# not offered: %s\n", vector_text(one, "name"));
    }
    vectors_close(&v);
    assert_true(passed > 0);
}

static struct cipher_key key_in(const json_t *v, const char *name)
{
    return tdes_of(vector_text(v, name));
}

static bool option_in(const json_t *v, const char *name, enum emv_option *out)
{
    static const char *const words[] = {"A", "B", "B-always-hash"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(vector_text(v, name), words[i])) {
            *out = (enum emv_option)i;
            return true;
        }
    return false;
}

/* The card key of the master `imk` for the card of the vector. */
static bool udk_in(const json_t *v, const char *imk, const char *option_name, uint8_t udk[EMV_KEY_LEN])
{
    struct emv_card_id id = {vector_text(v, "inputs.pan"), vector_text(v, "inputs.psn")};
    struct cipher_key key = key_in(v, imk);
    enum emv_option option;
    uint8_t y[EMV_BLOCK];
    if (!option_in(v, option_name, &option))
        return false;
    assert_ok(emv_diversification(option, id, emv_crypto(), y));
    assert_ok(emv_udk(&key, y, udk));
    return true;
}

static void expect_kcv(const json_t *v, struct bytes key_value)
{
    struct cipher_key key;
    uint8_t kcv[EMV_KCV_LEN];
    if (!vector_has(v, "expected.kcv"))
        return;
    assert_ok(crypto_key(emv_crypto(), CIPHER_TDES, key_value, &key));
    assert_ok(emv_kcv(&key, kcv));
    assert_hex(BYTES(kcv), vector_text(v, "expected.kcv"));
}

static bool check_udk(const json_t *v)
{
    uint8_t udk[EMV_KEY_LEN];
    if (!udk_in(v, "inputs.imk", "inputs.option", udk))
        return false;
    assert_hex(BYTES(udk), vector_text(v, "expected.icc_mk"));
    expect_kcv(v, BYTES(udk));
    return true;
}

static uint16_t atc_in(const json_t *v, const char *name)
{
    struct octets o = vector_octets(v, name);
    return (uint16_t)(o.at[0] << 8 | o.at[1]);
}

static bool check_session_key(const json_t *v)
{
    const char *method = vector_text(v, "inputs.method");
    struct cipher_key mk = key_in(v, "inputs.icc_mk");
    uint8_t r[EMV_BLOCK], session[EMV_KEY_LEN];
    if (!strcmp(method, "Visa SM XOR")) {
        emv_visa_script_key(vector_octets(v, "inputs.icc_mk").at, atc_in(v, "inputs.atc"), session);
    } else if (vector_has(v, "inputs.r")) {
        assert_ok(emv_session_key(&mk, vector_octets(v, "inputs.r").at, session));
    } else if (!strncmp(method, "Mastercard SKD", 14)) {
        emv_r_of_atc_un(atc_in(v, "inputs.atc"), vector_octets(v, "inputs.un").at, r);
        assert_ok(emv_session_key(&mk, r, session));
    } else {
        return false; /* the tree of EMV2000, withdrawn by EMVCo */
    }
    assert_hex(BYTES(session), vector_text(v, "expected.sk"));
    expect_kcv(v, BYTES(session));
    return true;
}

/* Values of the objects that go into a cryptogram, in order. */
static struct octets ac_data_in(const json_t *v, const char *list)
{
    struct octets data = {0};
    const json_t *field;
    size_t i;
    json_array_foreach(vector_member(v, list), i, field)
    {
        struct octets value = octets_of(json_string_value(json_array_get(field, 1)));
        assert_true(data.len + value.len <= FIELDS_MAX);
        memcpy(data.at + data.len, value.at, value.len);
        data.len += value.len;
    }
    return data;
}

static bool check_cryptogram(const json_t *v)
{
    struct cipher_key key = key_in(v, "inputs.sk");
    struct octets data =
        vector_has(v, "inputs.data") ? vector_octets(v, "inputs.data") : ac_data_in(v, "inputs.fields");
    uint8_t ac[EMV_AC_LEN];
    assert_ok(
        emv_ac(&key, (enum emv_padding)vector_number(v, "inputs.padding_method"), octets_bytes(&data), ac));
    assert_hex(BYTES(ac), vector_text(v, "expected.ac"));
    return true;
}

static bool check_mac(const json_t *v)
{
    struct cipher_key key = key_in(v, "inputs.key");
    struct octets data = vector_octets(v, "inputs.data");
    uint8_t mac[EMV_BLOCK];
    assert_ok(
        emv_mac(&key, (enum emv_padding)vector_number(v, "inputs.padding_method"), octets_bytes(&data), mac));
    assert_hex(BYTES_OF(mac, vector_octets(v, "expected.mac").len), vector_text(v, "expected.mac"));
    return true;
}

static bool check_arpc(const json_t *v)
{
    struct octets arqc = vector_octets(v, "inputs.arqc");
    uint8_t arpc[EMV_AC_LEN];
    if (vector_number(v, "inputs.method") == 1) {
        struct cipher_key key = key_in(v, "inputs.key");
        assert_ok(emv_arpc_1(&key, arqc.at, vector_octets(v, "inputs.arc").at, arpc));
        assert_hex(BYTES_OF(arpc, EMV_AC_LEN), vector_text(v, "expected.arpc"));
    } else {
        struct cipher_key key = key_in(v, "inputs.sk");
        struct octets data = vector_octets(v, "inputs.proprietary_auth_data");
        assert_ok(emv_arpc_2(&key, arqc.at, vector_octets(v, "inputs.csu").at, octets_bytes(&data), arpc));
        assert_hex(BYTES_OF(arpc, EMV_ARPC_SHORT), vector_text(v, "expected.arpc"));
    }
    return true;
}

static const char *field_in(const json_t *v, const char *tag)
{
    const json_t *field;
    size_t i;
    json_array_foreach(vector_member(v, "inputs.ac_fields"), i, field)
    {
        if (!strcmp(json_string_value(json_array_get(field, 0)), tag))
            return json_string_value(json_array_get(field, 1));
    }
    fail_msg("no field %s", tag);
    return "";
}

/* The cryptogram key of a whole card: the card key itself or one of the two session keys. */
static void ac_key_of(const json_t *v, const char *method, const uint8_t udk[EMV_KEY_LEN],
                      uint8_t key[EMV_KEY_LEN])
{
    struct octets atc = octets_of(field_in(v, "9F36"));
    uint16_t counter = (uint16_t)(atc.at[0] << 8 | atc.at[1]);
    struct cipher_key mk;
    uint8_t r[EMV_BLOCK];
    memcpy(key, udk, EMV_KEY_LEN);
    if (!strncmp(method, "none", 4))
        return;
    emv_r_of_atc(counter, r);
    if (strstr(method, "Mastercard"))
        emv_r_of_atc_un(counter, octets_of(field_in(v, "9F37")).at, r);
    assert_ok(crypto_key(emv_crypto(), CIPHER_TDES, BYTES_OF(udk, EMV_KEY_LEN), &mk));
    assert_ok(emv_session_key(&mk, r, key));
}

static void check_answer(const json_t *v, const uint8_t udk[EMV_KEY_LEN], const uint8_t session[EMV_KEY_LEN],
                         const uint8_t arqc[EMV_AC_LEN])
{
    const uint8_t *value = !strncmp(vector_text(v, "inputs.arpc_key"), "ICC MK", 6) ? udk : session;
    struct cipher_key key;
    uint8_t arpc[EMV_AC_LEN];
    assert_ok(crypto_key(emv_crypto(), CIPHER_TDES, BYTES_OF(value, EMV_KEY_LEN), &key));
    if (vector_number(v, "inputs.arpc_method") == 1) {
        assert_ok(emv_arpc_1(&key, arqc, vector_octets(v, "inputs.arc").at, arpc));
        assert_hex(BYTES_OF(arpc, EMV_AC_LEN), vector_text(v, "expected.arpc"));
    } else {
        struct octets data = {0};
        if (vector_has(v, "inputs.proprietary_auth_data"))
            data = vector_octets(v, "inputs.proprietary_auth_data");
        assert_ok(emv_arpc_2(&key, arqc, vector_octets(v, "inputs.csu").at, octets_bytes(&data), arpc));
        assert_hex(BYTES_OF(arpc, EMV_ARPC_SHORT), vector_text(v, "expected.arpc"));
    }
}

static bool check_whole_card(const json_t *v)
{
    const char *method = vector_has(v, "inputs.session_key") ? vector_text(v, "inputs.session_key")
                                                             : vector_text(v, "inputs.session_key_ac");
    struct octets data = ac_data_in(v, "inputs.ac_fields");
    struct cipher_key key;
    uint8_t udk[EMV_KEY_LEN], session[EMV_KEY_LEN], ac[EMV_AC_LEN];
    if (!udk_in(v, "inputs.imk_ac", "inputs.mk_option", udk))
        return false;
    assert_hex(BYTES(udk), vector_text(v, "expected.icc_mk_ac"));
    ac_key_of(v, method, udk, session);
    assert_hex(BYTES(session), vector_text(v, "expected.sk_ac"));
    assert_ok(crypto_key(emv_crypto(), CIPHER_TDES, BYTES(session), &key));
    assert_ok(
        emv_ac(&key, (enum emv_padding)vector_number(v, "inputs.padding_method"), octets_bytes(&data), ac));
    assert_hex(BYTES(ac), vector_text(v, "expected.arqc"));
    check_answer(v, udk, session, ac);
    return true;
}

static bool check_cvv(const json_t *v)
{
    struct cipher_key cvk = key_in(v, "inputs.cvk");
    const char *expiry = vector_has(v, "inputs.expiry_yymm") ? "inputs.expiry_yymm" : "inputs.expiry_digits";
    char cvv[CVV_ROOM];
    assert_ok(emv_cvv(&cvk,
                      (struct cvv_input){vector_text(v, "inputs.pan"), vector_text(v, expiry),
                                         vector_text(v, "inputs.service_code")},
                      cvv));
    assert_string_equal(cvv, vector_text(v, "expected.cvv"));
    return true;
}

static bool check_dcvv(const json_t *v)
{
    struct cvv_input in = {vector_text(v, "inputs.pan"), vector_text(v, "inputs.expiry_yymm"),
                           vector_text(v, "inputs.service_code")};
    struct cipher_key key;
    uint8_t udk[EMV_KEY_LEN];
    char cvv[CVV_ROOM];
    if (!udk_in(v, "inputs.imk", "inputs.mk_option", udk))
        return false;
    assert_hex(BYTES(udk), vector_text(v, "expected.icc_mk"));
    assert_ok(crypto_key(emv_crypto(), CIPHER_TDES, BYTES(udk), &key));
    assert_ok(emv_dcvv(&key, in, atc_in(v, "inputs.atc"), cvv));
    assert_string_equal(cvv, vector_text(v, "expected.dcvv"));
    return true;
}

static bool check_kcv(const json_t *v)
{
    struct octets key = vector_octets(v, "inputs.key");
    if (strcmp(vector_text(v, "inputs.algorithm"), "TDES"))
        return false; /* the AES conventions are the key blocks' */
    expect_kcv(v, octets_bytes(&key));
    return true;
}

static bool check_cvc3(const json_t *v)
{
    struct cvc3_input in = {.atc = atc_in(v, "inputs.atc")};
    struct cipher_key key;
    uint8_t udk[EMV_KEY_LEN];
    char cvc3[CVC3_ROOM];
    if (vector_has(v, "inputs.imk_cvc3")) {
        assert_true(udk_in(v, "inputs.imk_cvc3", "inputs.mk_option", udk));
        assert_hex(BYTES(udk), vector_text(v, "expected.icc_cvc3_key"));
    } else {
        memcpy(udk, vector_octets(v, "inputs.icc_cvc3_key").at, sizeof udk);
    }
    assert_ok(crypto_key(emv_crypto(), CIPHER_TDES, BYTES(udk), &key));
    memcpy(in.un, vector_octets(v, "inputs.un").at, sizeof in.un);
    if (vector_has(v, "inputs.track_template")) {
        struct octets track = vector_octets(v, "inputs.track_template");
        assert_ok(emv_cvc3_iv(&key, octets_bytes(&track), in.iv));
    } else {
        memcpy(in.iv, vector_octets(v, "inputs.iv_cvc3").at, sizeof in.iv);
    }
    assert_hex(BYTES(in.iv), vector_text(v, "expected.iv_cvc3"));
    assert_ok(emv_cvc3(&key, &in, cvc3));
    assert_string_equal(cvc3, vector_text(v, "expected.cvc3"));
    return true;
}

static bool check_udk_aes(const json_t *v)
{
    struct emv_card_id id = {vector_text(v, "inputs.pan"), vector_text(v, "inputs.psn")};
    struct octets imk = vector_octets(v, "inputs.imk"), r = vector_octets(v, "inputs.r"),
                  data = vector_octets(v, "inputs.ac_data");
    struct bytes part = octets_bytes(&data);
    uint8_t y[EMV_AES_BLOCK], mac[CMAC_LEN];
    struct cipher_key key;
    SECRET made = {0};
    assert_ok(emv_diversification_aes(id, y));
    assert_hex(BYTES(y), vector_text(v, "expected.y"));
    assert_ok(crypto_key(emv_crypto(), CIPHER_AES, octets_bytes(&imk), &key));
    assert_ok(emv_udk_aes(&key, y, &made));
    assert_hex(secret_bytes(&made), vector_text(v, "expected.icc_mk"));
    assert_ok(crypto_key(emv_crypto(), CIPHER_AES, secret_bytes(&made), &key));
    assert_ok(emv_session_key_aes(&key, r.at, &made));
    assert_hex(secret_bytes(&made), vector_text(v, "expected.sk"));
    assert_ok(crypto_key(emv_crypto(), CIPHER_AES, secret_bytes(&made), &key));
    assert_ok(crypto_cmac(&key, &part, 1, mac));
    assert_hex(BYTES_OF(mac, EMV_AC_LEN), vector_text(v, "expected.ac"));
    return true;
}

#define TEST(name, kind, check)    \
    static void name(void **state) \
    {                              \
        (void)state;               \
        every(kind, check);        \
    }
TEST(every_card_key, "icc_master_key", check_udk)
TEST(every_session_key, "session_key", check_session_key)
TEST(every_cryptogram, "application_cryptogram", check_cryptogram)
TEST(every_mac, "mac_alg3", check_mac)
TEST(every_issuer_answer, "arpc", check_arpc)
TEST(every_card_profile, "cvn_profile", check_whole_card)
TEST(every_cryptogram_with_its_answer, "arqc_arpc", check_whole_card)
TEST(every_verification_value, "cvv", check_cvv)
TEST(every_dynamic_value, "dcvv", check_dcvv)
TEST(every_check_value, "kcv", check_kcv)
TEST(every_stripe_value, "cvc3", check_cvc3)
TEST(every_aes_card_key, "icc_master_key_aes", check_udk_aes)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_card_key),
        cmocka_unit_test(every_session_key),
        cmocka_unit_test(every_cryptogram),
        cmocka_unit_test(every_mac),
        cmocka_unit_test(every_issuer_answer),
        cmocka_unit_test(every_card_profile),
        cmocka_unit_test(every_cryptogram_with_its_answer),
        cmocka_unit_test(every_verification_value),
        cmocka_unit_test(every_dynamic_value),
        cmocka_unit_test(every_check_value),
        cmocka_unit_test(every_stripe_value),
        cmocka_unit_test(every_aes_card_key),
    };
    return cmocka_run_group_tests_name("emv/published vectors", tests, emv_setup, emv_teardown);
}
