/* SPDX-License-Identifier: Apache-2.0 */
/* Offline data authentication: certificates made and recovered with published test keys, and nothing taken
 * that was changed. Unit test of emv/oda. */
#include <string.h>

#include "../vectors.h"
#include "emv/oda/oda.h"

static const char file[] = "vectors-payments.json";

static struct sign_key key_of(const json_t *v, const char *n, const char *e, const char *d)
{
    struct octets modulus = vector_octets(v, n), exponent = vector_octets(v, e), private = {0};
    struct sign_key k = {0};
    if (d)
    private = vector_octets(v, d);
    assert_ok(sign_key_card(
        &(struct rsa_numbers){octets_bytes(&modulus), octets_bytes(&exponent), octets_bytes(&private)}, &k));
    return k;
}

/* A published test key by the last word of its name. */
static struct sign_key test_key(const struct vectors *v, const char *role)
{
    size_t at = 0;
    const json_t *one;
    while ((one = vectors_next(v, "vectors", "rsa_test_key", &at)))
        if (!strcmp(vector_text(one, "inputs.role"), role))
            return key_of(one, "expected.modulus", "expected.public_exponent", "expected.private_exponent");
    fail_msg("no test key %s", role);
    return (struct sign_key){0};
}

static void issuer_certificates_are_recovered_and_made_again(void **state)
{
    struct vectors v = vectors_open(file);
    SIGN_KEY ca = test_key(&v, "ca");
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "issuer_certificate", &at))) {
        SIGN_KEY k = key_of(one, "inputs.ca_modulus", "inputs.ca_exponent", NULL);
        struct octets tag90 = vector_octets(one, "inputs.tag90"), tag92 = vector_octets(one, "inputs.tag92"),
                      e = vector_octets(one, "inputs.tag9F32");
        uint8_t room[4 * ODA_MODULUS_MAX];
        struct writer w = WRITER(room);
        struct oda_key key;
        struct oda_certificate again;
        print_message("# %s\n", vector_text(one, "name"));
        assert_ok(oda_read_issuer(&k, (struct oda_certificate){octets_bytes(&tag90), octets_bytes(&tag92)},
                                  octets_bytes(&e), &w, &key));
        assert_hex(key.subject, vector_text(one, "expected.issuer_id"));
        assert_hex(BYTES(key.expiry), vector_text(one, "expected.expiry_mmyy"));
        assert_hex(key.modulus, vector_text(one, "expected.issuer_modulus"));
        if (strcmp(vector_text(one, "inputs.ca_rid"), "AFFFFFFFFF") != 0)
            continue; /* of the others only the public half is published */
        assert_ok(oda_certify_issuer(&ca, &key, &w, &again));
        assert_true(bytes_equal(again.signature, octets_bytes(&tag90)));
        assert_true(bytes_equal(again.remainder, octets_bytes(&tag92)));
    }
    vectors_close(&v);
}

static void spoilt_issuer_certificates_are_refused(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "issuer_certificate_reject", &at))) {
        SIGN_KEY k = key_of(one, "inputs.ca_modulus", "inputs.ca_exponent", NULL);
        struct octets tag90 = vector_octets(one, "inputs.tag90"), tag92 = vector_octets(one, "inputs.tag92"),
                      e = vector_octets(one, "inputs.tag9F32");
        uint8_t room[4 * ODA_MODULUS_MAX];
        struct writer w = WRITER(room);
        struct oda_key key;
        assert_true(oda_read_issuer(&k, (struct oda_certificate){octets_bytes(&tag90), octets_bytes(&tag92)},
                                    octets_bytes(&e), &w, &key) != TSM_OK);
    }
    vectors_close(&v);
}

static void the_card_certificate_of_the_test_chain_is_made_byte_for_byte(void **state)
{
    struct vectors v = vectors_open(file);
    SIGN_KEY issuer = test_key(&v, "issuer");
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "icc_certificate", &at))) {
        struct octets tag = vector_octets(one, "inputs.tag9F46"), e = vector_octets(one, "inputs.tag9F47"),
                      data;
        struct oda_icc_evidence from = {{octets_bytes(&tag), BYTES_NONE}, octets_bytes(&e), BYTES_NONE};
        uint8_t room[4 * ODA_MODULUS_MAX];
        struct writer w = WRITER(room);
        struct oda_key key;
        struct oda_certificate again;
        if (strcmp(vector_text(one, "name"), "oda-chain-icc") != 0)
            continue; /* static data of the others are not published */
        data = vector_octets(one, "inputs.static_data");
        from.data = octets_bytes(&data);
        assert_ok(oda_read_icc(&issuer, &from, &w, &key));
        assert_hex(key.modulus, vector_text(one, "expected.icc_modulus"));
        assert_ok(oda_certify_icc(&issuer, &key, from.data, &w, &again));
        assert_true(bytes_equal(again.signature, octets_bytes(&tag)));
        data.at[7] ^= 1;
        assert_err(oda_read_icc(&issuer, &from, &w, &key), TSM_MAC_WRONG);
    }
    vectors_close(&v);
}

static void signed_static_data_are_made_byte_for_byte_and_recovered(void **state)
{
    struct vectors v = vectors_open(file);
    SIGN_KEY issuer = test_key(&v, "issuer");
    size_t at = 0;
    const json_t *one = vectors_next(&v, "vectors", "make_signed_static_data", &at);
    struct octets data = vector_octets(one, "inputs.static_data"), code = vector_octets(one, "inputs.dac");
    uint8_t room[ODA_MODULUS_MAX], dac[ODA_DAC];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(oda_sign_static(&issuer, code.at, octets_bytes(&data), &w));
    assert_hex(written(&w), vector_text(one, "expected.tag93"));
    assert_ok(oda_read_static(&issuer, written(&w), octets_bytes(&data), dac));
    assert_hex(BYTES(dac), "DAC0");
    for (size_t i = 0; i < w.len; i++) {
        room[i] ^= 0x10;
        assert_true(oda_read_static(&issuer, written(&w), octets_bytes(&data), dac) != TSM_OK);
        room[i] ^= 0x10;
        assert_true(oda_read_static(&issuer, BYTES_OF(room, i), octets_bytes(&data), dac) != TSM_OK);
    }
    vectors_close(&v);
}

static void signed_dynamic_data_are_recovered(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "signed_dynamic_data", &at))) {
        SIGN_KEY icc = key_of(one, "inputs.icc_modulus", "inputs.icc_exponent", NULL);
        bool cda = !strcmp(vector_text(one, "inputs.mode"), "CDA");
        struct octets tag = vector_octets(one, "inputs.tag9F4B"),
                      data = vector_octets(one, cda ? "inputs.unpredictable_number" : "inputs.ddol_data");
        uint8_t room[2 * ODA_MODULUS_MAX];
        struct writer w = WRITER(room);
        struct bytes dynamic;
        print_message("# %s\n", vector_text(one, "name"));
        assert_ok(oda_read_dynamic(&icc, octets_bytes(&tag), octets_bytes(&data), &w, &dynamic));
        assert_hex(dynamic, vector_text(one, "expected.icc_dynamic_data"));
    }
    vectors_close(&v);
}

static void records_give_their_contents_up_to_file_10(void **state)
{
    uint8_t room[64];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(oda_static_record(&w, 1, HEX("70045F340101")));
    assert_ok(oda_static_record(&w, 11, HEX("70045F340101")));
    assert_hex(written(&w), "5F34010170045F340101");
    assert_err(oda_static_record(&w, 10, HEX("5F340101")), TSM_BAD_VALUE);
    assert_true(oda_static_record(&w, 10, HEX("7005 5F340101")) != TSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issuer_certificates_are_recovered_and_made_again),
        cmocka_unit_test(spoilt_issuer_certificates_are_refused),
        cmocka_unit_test(the_card_certificate_of_the_test_chain_is_made_byte_for_byte),
        cmocka_unit_test(signed_static_data_are_made_byte_for_byte_and_recovered),
        cmocka_unit_test(signed_dynamic_data_are_recovered),
        cmocka_unit_test(records_give_their_contents_up_to_file_10),
    };
    return cmocka_run_group_tests_name("emv/oda", tests, NULL, NULL);
}
