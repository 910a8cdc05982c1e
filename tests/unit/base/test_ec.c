/* SPDX-License-Identifier: Apache-2.0 */
/* Elliptic curves against published values, signatures in both codings, and what is refused. Unit test of
 * base/ec. [RFC 5903 8, RFC 6979 A.2, RFC 7027 A] */
#include "../vectors.h"
#include "base/ec/ec.h"

/* RFC 5903 8.1 and 8.2: the two parties' d and points, the x coordinate that they share. RFC 7027 A.1. */
static const struct {
    enum ec_curve curve;
    const char *d, *peer, *shared;
} agreements[] = {
    {EC_P256, "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
     "04D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF6356FBF3CA366CC23E8157854C13C58D6AAC23F"
     "046"
     "ADA30F8353E74F33039872AB",
     "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE"},
    {EC_P384,
     "099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F160647B67414DCE655E35B538041E649EE3FAEF896783AB194",
     "04E558DBEF53EECDE3D3FCCFC1AEA08A89A987475D12FD950D83CFA41732BC509D0D1AC43A0336DEF96FDA41D0774A3571DCFBE"
     "C7A"
     "ACF3196472169E838430367F66EEBE3C6E70C416DD5F0C68759DD1FFF83FA40142209DFF5EAAD96DB9E6386C",
     "11187331C279962D93D604243FD592CB9D0A926F422E47187521287E7156C5C4D603135569B9E9D09CF5D4A270F59746"},
    {EC_BRAINPOOL_P256, "81DB1EE100150FF2EA338D708271BE38300CB54241D79950F77B063039804F1D",
     "048D2D688C6CF93E1160AD04CC4429117DC2C41825E1E9FCA0ADDD34E6F1B39F7B990C57520812BE512641E47034832106BC7D3"
     "E8D"
     "D0E4C7F1136D7006547CEC6A",
     "89AFC39D41D3B327814B80940B042590F96556EC91E6AE7939BCE31F3A18BF2B"},
};

static void published_agreements_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof agreements / sizeof agreements[0]; i++) {
        struct octets d = octets_of(agreements[i].d), peer = octets_of(agreements[i].peer);
        EC_PRIVATE own = {0};
        SECRET x = {0};
        assert_ok(ec_private_of(agreements[i].curve, octets_bytes(&d), &own));
        assert_ok(ec_agree(&own, (struct ec_public){agreements[i].curve, octets_bytes(&peer)}, &x));
        assert_hex(secret_bytes(&x), agreements[i].shared);
    }
}

/* RFC 6979 A.2.5 and A.2.6: the message "sample" with SHA-256 and SHA-384. */
static const struct {
    enum ec_curve curve;
    const char *point, *rs;
} signatures[] = {
    {EC_P256,
     "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B"
     "20C"
     "2D7E9F5177A3C294D4462299",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900D"
     "BB9"
     "AFF4064DC4AB2F843ACDA8"},
    {EC_P384,
     "04EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC138015D"
     "9B7"
     "2D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720",
     "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE4699EF4AE"
     "B15"
     "F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8"},
};

static enum tsm_err verify(enum ec_curve curve, const struct octets *point, const struct octets *rs)
{
    const struct bytes parts[] = {bytes_of_text("sam"), BYTES_NONE, bytes_of_text("ple")};
    return ec_verify((struct ec_public){curve, octets_bytes(point)}, parts, 3, octets_bytes(rs));
}

static void published_signatures_are_right_and_no_bit_of_them_may_change(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        struct octets point = octets_of(signatures[i].point), rs = octets_of(signatures[i].rs);
        assert_ok(verify(signatures[i].curve, &point, &rs));
        for (size_t bit = 0; bit < 8 * rs.len; bit += 5) {
            rs.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_err(verify(signatures[i].curve, &point, &rs), TSM_MAC_WRONG);
            rs.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        rs.len--;
        assert_err(verify(signatures[i].curve, &point, &rs), TSM_BAD_LENGTH);
    }
}

static void a_point_off_the_curve_or_of_another_form_is_refused(void **state)
{
    struct octets point = octets_of(signatures[0].point), d = octets_of(agreements[0].d);
    struct ec_public key = {EC_P256, octets_bytes(&point)};
    EC_PRIVATE own = {0};
    SECRET x = {0};
    (void)state;
    assert_ok(ec_public_check(key));
    assert_ok(ec_private_of(EC_P256, octets_bytes(&d), &own));
    point.at[40] ^= 1;
    assert_err(ec_public_check(key), TSM_BAD_VALUE);
    assert_err(ec_agree(&own, key, &x), TSM_BAD_VALUE);
    assert_int_equal(x.len, 0);
    point.at[40] ^= 1;
    point.at[0] = 0x02;
    assert_err(ec_public_check(key), TSM_BAD_VALUE);
    point.at[0] = 0x04;
    key.curve = EC_BRAINPOOL_P256;
    assert_err(ec_public_check(key), TSM_BAD_VALUE);
    assert_err(ec_agree(&own, key, &x), TSM_KEY_REFUSED);
    key.curve = EC_P384;
    assert_err(ec_public_check(key), TSM_BAD_LENGTH);
    key.curve = EC_CURVES;
    assert_err(ec_public_check(key), TSM_UNSUPPORTED);
    key = (struct ec_public){EC_P256, BYTES_NONE};
    assert_err(ec_public_check(key), TSM_BAD_LENGTH);
}

static void a_private_key_has_the_length_of_its_curve_and_is_no_zero(void **state)
{
    struct octets d = octets_of(agreements[0].d), peer = octets_of(agreements[0].peer);
    struct ec_public key = {EC_P256, octets_bytes(&peer)};
    EC_PRIVATE own = {0};
    SECRET x = {0};
    (void)state;
    assert_err(ec_private_of(EC_P384, octets_bytes(&d), &own), TSM_BAD_LENGTH);
    assert_err(ec_private_of(EC_CURVES, octets_bytes(&d), &own), TSM_UNSUPPORTED);
    assert_err(ec_agree(&own, key, &x), TSM_KEY_REFUSED);
    d = octets_of("0000000000000000000000000000000000000000000000000000000000000000");
    assert_ok(ec_private_of(EC_P256, octets_bytes(&d), &own));
    assert_err(ec_agree(&own, key, &x), TSM_CRYPTO_FAILED);
}

static void a_signature_goes_from_plain_to_der_and_back(void **state)
{
    static const char *const plain[] = {
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E9"
        "00DBB9"
        "AFF4064DC4AB2F843ACDA8",
        "000000000000000000000000000000000000000000000000000000000000007F008000000000000000000000000000000000"
        "0000"
        "000000000000000000000001",
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "0000"
        "000000000000000000000000",
    };
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        struct octets rs = octets_of(plain[i]);
        uint8_t room[EC_DER_MAX], back[EC_RS_MAX];
        struct writer der = WRITER(room), w = WRITER(back);
        assert_ok(ec_signature_der(octets_bytes(&rs), &der));
        assert_ok(ec_signature_plain(EC_P256, written(&der), &w));
        assert_hex(written(&w), plain[i]);
        for (size_t n = 0; n < der.len; n++) {
            struct writer none = WRITER(back);
            assert_int_not_equal(ec_signature_plain(EC_P256, BYTES_OF(room, n), &none), TSM_OK);
        }
    }
}

static void der_in_another_than_the_strict_form_is_refused(void **state)
{
    static const char *const rows[] = {
        "300602010102010100",     /* an octet after it */
        "3007020200010201FF",     /* a zero too many; a negative number */
        "30060201010201FF",       /* negative */
        "3106020101020101",       /* no SEQUENCE */
        "3006030101020101",       /* no INTEGER */
        "30050201010200",         /* an empty number */
        "308106020101020101",     /* a length in a longer form */
        "3009020101020101020101", /* a third number */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct octets der = octets_of(rows[i]);
        uint8_t room[EC_RS_MAX];
        struct writer w = WRITER(room);
        assert_int_not_equal(ec_signature_plain(EC_P256, octets_bytes(&der), &w), TSM_OK);
        assert_int_equal(w.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_agreements_come_out),
        cmocka_unit_test(published_signatures_are_right_and_no_bit_of_them_may_change),
        cmocka_unit_test(a_point_off_the_curve_or_of_another_form_is_refused),
        cmocka_unit_test(a_private_key_has_the_length_of_its_curve_and_is_no_zero),
        cmocka_unit_test(a_signature_goes_from_plain_to_der_and_back),
        cmocka_unit_test(der_in_another_than_the_strict_form_is_refused),
    };
    return cmocka_run_group_tests_name("ec", tests, NULL, NULL);
}
