/* SPDX-License-Identifier: Apache-2.0 */
/* The crypto seam against published values. [RFC 4493, SP 800-38A, SP 800-38D, FIPS 180-4, GPCS App. B, EMV
 * Book 2] */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/crypto.h"
#include "base/hex.h"

static struct crypto *lib;

static struct bytes hex(const char *text, uint8_t *room, size_t cap)
{
    size_t n;
    assert_int_equal(hex_read(text, room, cap, &n), TSM_OK);
    return BYTES_OF(room, n);
}

static struct cipher_key key_of(enum cipher_alg alg, const char *text)
{
    uint8_t k[32];
    struct cipher_key out = {0};
    assert_int_equal(crypto_key(lib, alg, hex(text, k, sizeof k), &out), TSM_OK);
    return out;
}

static void assert_hex(struct bytes got, const char *want)
{
    char text[600];
    assert_true(got.len * 2 < sizeof text);
    assert_string_equal(hex_text(got, text), want);
}

/* RFC 4493 clause 4 */
static void cmac_matches_rfc_4493(void **state)
{
    struct cipher_key k = key_of(CIPHER_AES, "2B7E151628AED2A6ABF7158809CF4F3C");
    uint8_t m[64], mac[16];
    struct bytes all = hex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411E"
                           "5FBC1191A0A52EFF69F2445DF4F9B17AD2B417B"
                           "E66C3710",
                           m, sizeof m);
    struct bytes part[2];
    (void)state;
    assert_int_equal(crypto_cmac(&k, NULL, 0, mac), TSM_OK);
    assert_hex(BYTES(mac), "BB1D6929E95937287FA37D129B756746");
    bytes_part(all, 0, 16, &part[0]);
    assert_int_equal(crypto_cmac(&k, part, 1, mac), TSM_OK);
    assert_hex(BYTES(mac), "070A16B46B4D4144F79BDD9DD04A287C");
    bytes_part(all, 0, 7, &part[0]);
    bytes_part(all, 7, 33, &part[1]);
    assert_int_equal(crypto_cmac(&k, part, 2, mac), TSM_OK);
    assert_hex(BYTES(mac), "DFA66747DE9AE63030CA32611497C827");
    assert_int_equal(crypto_cmac(&k, &all, 1, mac), TSM_OK);
    assert_hex(BYTES(mac), "51F0BEBF7E3B9D92FC49741779363CFE");
}

/* SP 800-38A F.2.1, F.2.5 */
static void cbc_matches_sp_800_38a(void **state)
{
    uint8_t iv[16], m[32], out[32];
    struct cipher_key k = key_of(CIPHER_AES, "2B7E151628AED2A6ABF7158809CF4F3C");
    struct cipher_key k256 =
        key_of(CIPHER_AES, "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4");
    struct bytes in = hex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51", m, sizeof m);
    (void)state;
    hex("000102030405060708090A0B0C0D0E0F", iv, sizeof iv);
    assert_int_equal(crypto_cbc(&k, ENCRYPT, iv, in, out), TSM_OK);
    assert_hex(BYTES(out), "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2");
    assert_int_equal(crypto_cbc(&k, DECRYPT, iv, BYTES(out), out), TSM_OK);
    assert_true(bytes_equal(BYTES(out), in));
    assert_int_equal(crypto_cbc(&k256, ENCRYPT, iv, in, out), TSM_OK);
    assert_hex(BYTES(out), "F58C4C04D6E5F1BA779EABFB5F7BFBD69CFC4E967EDB808D679F777BC6702C7D");
    assert_int_equal(crypto_cbc(&k, ENCRYPT, iv, BYTES_OF(m, 17), out), TSM_BAD_LENGTH);
}

/* GPCS B.6: the usual test key of cards; its check value is 8BAF47. */
static void tdes_check_value_of_the_usual_test_key(void **state)
{
    static const uint8_t zero[8];
    uint8_t out[8];
    struct cipher_key k = key_of(CIPHER_TDES, "404142434445464748494A4B4C4D4E4F");
    (void)state;
    assert_int_equal(crypto_ecb(&k, ENCRYPT, BYTES(zero), out), TSM_OK);
    assert_hex(BYTES_OF(out, 3), "8BAF47");
}

/* SP 800-38D (AES-128, test case 4 of the GCM paper). */
static void gcm_matches_the_published_case_and_refuses_a_flipped_bit(void **state)
{
    uint8_t p[60], a[20], n[12], c[60], tag[16], back[60];
    struct cipher_key k = key_of(CIPHER_AES, "FEFFE9928665731C6D6A8F9467308308");
    struct gcm g = {.nonce = hex("CAFEBABEFACEDBADDECAF888", n, sizeof n),
                    .aad = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2", a, sizeof a)};
    struct bytes plain = hex("D9313225F88406E5A55909C5AFF5269A86A7A9531534F7DA2E4C303D8A318A721C3C0C959568095"
                             "32FCF0E2449A6B525B16AEDF5AA0DE657BA637B39",
                             p, sizeof p);
    (void)state;
    assert_int_equal(crypto_gcm_seal(&k, g, plain, c, tag), TSM_OK);
    assert_hex(BYTES(tag), "5BC94FBC3221A5DB94FAE95AE7121A47");
    assert_int_equal(crypto_gcm_open(&k, g, BYTES(c), tag, back), TSM_OK);
    assert_true(bytes_equal(BYTES(back), plain));
    for (size_t bit = 0; bit < 8 * sizeof c; bit += 7) {
        c[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(crypto_gcm_open(&k, g, BYTES(c), tag, back), TSM_MAC_WRONG);
        c[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* FIPS 180-4 examples */
static void digests_of_abc(void **state)
{
    uint8_t d[32];
    struct bytes parts[2] = {bytes_of_text("a"), bytes_of_text("bc")};
    (void)state;
    assert_int_equal(crypto_sha256(lib, parts, 2, d), TSM_OK);
    assert_hex(BYTES(d), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    assert_int_equal(crypto_sha1(lib, parts, 2, d), TSM_OK);
    assert_hex(BYTES_OF(d, 20), "A9993E364706816ABA3E25717850C26C9CD0D89D");
}

static void single_des_is_two_key_tdes_with_equal_halves(void **state)
{
    static const uint8_t zero[8];
    uint8_t one[8], two[8];
    struct cipher_key k8 = key_of(CIPHER_TDES, "0123456789ABCDEF");
    struct cipher_key k16 = key_of(CIPHER_TDES, "0123456789ABCDEF0123456789ABCDEF");
    (void)state;
    crypto_ecb(&k8, ENCRYPT, BYTES(zero), one);
    crypto_ecb(&k16, ENCRYPT, BYTES(zero), two);
    assert_memory_equal(one, two, 8);
    assert_hex(BYTES(one), "D5D44FF720683D0D");
}

/* ISO/IEC 9797-1:2011 annex B.4 (algorithm 3, padding method 1 and 2 of "Now is the time for all "). */
static void retail_mac_matches_iso_9797_1(void **state)
{
    struct cipher_key k = key_of(CIPHER_TDES, "0123456789ABCDEFFEDCBA9876543210");
    uint8_t mac[8];
    (void)state;
    assert_int_equal(crypto_retail_mac(&k, NULL, bytes_of_text("Now is the time for all "), mac), TSM_OK);
    assert_hex(BYTES(mac), "A1C72E74EA3FA9B6");
}

static void padding_80_goes_on_and_comes_off(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++) {
        uint8_t room[64] = {0};
        struct writer w = WRITER(room);
        struct bytes back;
        write_fill(&w, 0x55, n);
        assert_int_equal(pad_80(&w, 0, 16), TSM_OK);
        assert_int_equal(w.len % 16, 0);
        assert_true(w.len > n);
        assert_int_equal(unpad_80(written(&w), &back), TSM_OK);
        assert_int_equal(back.len, n);
    }
    static const uint8_t zeros[8];
    struct bytes none;
    assert_int_equal(unpad_80(BYTES(zeros), &none), TSM_BAD_VALUE);
}

static void every_des_octet_gets_odd_parity(void **state)
{
    uint8_t k[256];
    (void)state;
    for (int i = 0; i < 256; i++)
        k[i] = (uint8_t)i;
    des_parity(k, sizeof k);
    for (int i = 0; i < 256; i++) {
        assert_int_equal(__builtin_popcount(k[i]) % 2, 1);
        assert_int_equal(k[i] & 0xFE, i & 0xFE);
    }
}

static void a_key_of_another_length_is_refused(void **state)
{
    static const uint8_t k[33];
    struct cipher_key out;
    (void)state;
    assert_int_equal(crypto_key(lib, CIPHER_AES, BYTES_OF(k, 15), &out), TSM_BAD_LENGTH);
    assert_string_equal(err_cause(), "an AES key has 16, 24 or 32 octets, not 15");
    assert_int_equal(crypto_key(lib, CIPHER_AES, BYTES_OF(k, 33), &out), TSM_BAD_LENGTH);
    assert_int_equal(crypto_key(lib, CIPHER_TDES, BYTES_OF(k, 12), &out), TSM_BAD_LENGTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cmac_matches_rfc_4493),
        cmocka_unit_test(cbc_matches_sp_800_38a),
        cmocka_unit_test(tdes_check_value_of_the_usual_test_key),
        cmocka_unit_test(gcm_matches_the_published_case_and_refuses_a_flipped_bit),
        cmocka_unit_test(digests_of_abc),
        cmocka_unit_test(single_des_is_two_key_tdes_with_equal_halves),
        cmocka_unit_test(retail_mac_matches_iso_9797_1),
        cmocka_unit_test(padding_80_goes_on_and_comes_off),
        cmocka_unit_test(every_des_octet_gets_odd_parity),
        cmocka_unit_test(a_key_of_another_length_is_refused),
    };
    int failed;
    if (crypto_new(&lib) != TSM_OK)
        return 1;
    failed = cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
    crypto_free(lib);
    return failed;
}
