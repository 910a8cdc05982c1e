/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates out of text files: what is read is what was written, and what is refused. Unit test
 * of base/ec/pem.c and base/sign/sign_public.c. [RFC 7468, RFC 5958, RFC 6979 A.2.5] */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "../vectors.h"
#include "base/ec/pem.h"
#include "base/sign/sign.h"

enum { ROOM = 4096 };

static const char *const groups[] = {"P-256", "P-384", "brainpoolP256r1", "brainpoolP384r1",
                                     "brainpoolP512r1"};
static const enum ec_curve curves[] = {EC_P256, EC_P384, EC_BRAINPOOL_P256, EC_BRAINPOOL_P384,
                                       EC_BRAINPOOL_P512};

/* A fresh pair as PEM text, private or public. */
static struct bytes pem_of(EVP_PKEY *key, bool with_private, uint8_t *room)
{
    BIO *bio = BIO_new(BIO_s_mem());
    int n;
    assert_int_equal(with_private ? PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)
                                  : PEM_write_bio_PUBKEY(bio, key),
                     1);
    n = BIO_read(bio, room, ROOM);
    BIO_free(bio);
    assert_true(n > 0);
    return BYTES_OF(room, (size_t)n);
}

static void a_key_of_every_curve_is_read_and_agrees_with_its_point(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        uint8_t room[ROOM], point_room[EC_SPOT_MAX], public_room[EC_SPOT_MAX], peer_room[EC_SPOT_MAX];
        struct writer point = WRITER(point_room), public = WRITER(public_room), peer = WRITER(peer_room);
        EVP_PKEY *own = EVP_EC_gen(groups[i]), *other = EVP_EC_gen(groups[i]);
        EC_PRIVATE a = {0}, b = {0};
        SECRET ab = {0}, ba = {0};
        enum ec_curve curve = 0;
        assert_ok(ec_private_read(pem_of(own, true, room), &a, &point));
        assert_int_equal(a.curve, curves[i]);
        assert_ok(ec_public_read(pem_of(own, false, room), &curve, &public));
        assert_int_equal(curve, curves[i]);
        assert_true(bytes_equal(written(&point), written(&public)));
        assert_ok(ec_private_read(pem_of(other, true, room), &b, &peer));
        assert_ok(ec_agree(&a, (struct ec_public){curve, written(&peer)}, &ab));
        assert_ok(ec_agree(&b, (struct ec_public){curve, written(&point)}, &ba));
        assert_true(bytes_equal(secret_bytes(&ab), secret_bytes(&ba)));
        EVP_PKEY_free(own);
        EVP_PKEY_free(other);
    }
}

static void what_is_no_private_key_of_a_known_curve_is_refused(void **state)
{
    static const char nothing[] = "no key";
    uint8_t room[ROOM], point_room[EC_SPOT_MAX];
    struct writer point = WRITER(point_room);
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *other = EVP_EC_gen("P-521"), *ec = EVP_EC_gen("P-256");
    EC_PRIVATE key = {0};
    (void)state;
    assert_err(ec_private_read(bytes_of_text(nothing), &key, &point), TSM_BAD_FORM);
    assert_err(ec_private_read(BYTES_NONE, &key, &point), TSM_BAD_FORM);
    assert_err(ec_private_read(pem_of(rsa, true, room), &key, &point), TSM_KEY_REFUSED);
    assert_err(ec_private_read(pem_of(other, true, room), &key, &point), TSM_UNSUPPORTED);
    assert_err(ec_private_read(pem_of(ec, false, room), &key, &point), TSM_KEY_REFUSED);
    assert_int_equal(point.len, 0);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(other);
    EVP_PKEY_free(ec);
}

static void blocks_are_found_by_their_label(void **state)
{
    static const char text[] = "words\n-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n"
                               "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"
                               "-----BEGIN CERTIFICATE-----\r\nBAUG\r\n-----END CERTIFICATE-----\r\n";
    static const uint8_t both[] = {1, 2, 3, 4, 5, 6};
    uint8_t room[256];
    struct writer der = WRITER(room);
    struct bytes left = bytes_of_text(text);
    (void)state;
    assert_ok(pem_next(&left, "CERTIFICATE", &der));
    assert_ok(pem_next(&left, "CERTIFICATE", &der));
    assert_err(pem_next(&left, "CERTIFICATE", &der), TSM_NOT_FOUND);
    assert_true(bytes_equal(written(&der), BYTES(both)));
}

static void broken_blocks_are_refused(void **state)
{
    static const char *const texts[] = {"-----BEGIN CERTIFICATE-----\nAQID\n",
                                        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                                        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
                                        "-----BEGIN CERTIFICATE-----\nAQI\n-----END CERTIFICATE-----\n"};
    uint8_t room[256], small_room[8];
    struct writer small = WRITER(small_room);
    struct bytes left = bytes_of_text("-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n");
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct writer der = WRITER(room);
        struct bytes text = bytes_of_text(texts[i]);
        assert_err(pem_next(&text, "CERTIFICATE", &der), TSM_BAD_FORM);
        assert_int_equal(der.len, 0);
    }
    assert_err(pem_next(&left, "CERTIFICATE", &small), TSM_TOO_LONG);
}

/* The numbers of a key make the same key again. */
static void public_numbers_are_those_of_the_key(void **state)
{
    EVP_PKEY *keys[] = {EVP_RSA_gen(2048), EVP_EC_gen("P-256"), EVP_EC_gen("P-384")};
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint8_t room[ROOM], numbers[SIGN_PUBLIC_MAX];
        struct writer w = WRITER(numbers);
        struct sign_public p;
        SIGN_KEY key = {0};
        SIGN_KEY again = {0};
        uint8_t signature_room[SIGNATURE_MAX];
        struct writer signature = WRITER(signature_room);
        uint8_t digest[32] = {1};
        struct sign_how how = {i ? SIGN_ECDSA : SIGN_PSS, HASH_SHA256};
        assert_ok(sign_key_read(pem_of(keys[i], true, room), &key));
        assert_ok(sign_key_public(&key, &w, &p));
        assert_ok(p.type == SIGN_RSA ? sign_key_rsa(&(struct rsa_numbers){p.n, p.e, BYTES_NONE}, &again)
                                     : sign_key_ec(p.point, BYTES_NONE, &again));
        assert_false(again.private_half);
        assert_ok(sign_digest(&key, how, BYTES(digest), &signature));
        assert_ok(sign_check(&again, how, BYTES(digest), written(&signature)));
        EVP_PKEY_free(keys[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_of_every_curve_is_read_and_agrees_with_its_point),
        cmocka_unit_test(what_is_no_private_key_of_a_known_curve_is_refused),
        cmocka_unit_test(blocks_are_found_by_their_label),
        cmocka_unit_test(broken_blocks_are_refused),
        cmocka_unit_test(public_numbers_are_those_of_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
