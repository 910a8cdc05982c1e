/* SPDX-License-Identifier: Apache-2.0 */
/* The offices around a delegated domain, for tests: how the kinds of keys sign and how their other half comes
 * onto the card; pure but for key generation; GPCS 2.3.1 B.1 to B.4, 11.8.2.3. */
#include "office.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_SIGNATURE 512

struct office office_sym(uint8_t type, const char *hex)
{
    struct office o = {.sym.type = type};
    size_t n;

    assert_true(lab_hex_read(hex, o.sym.value, sizeof o.sym.value, &n));
    o.sym.len = (uint8_t)n;
    return o;
}

struct office office_rsa(unsigned bits)
{
    struct office o = {.pair = EVP_RSA_gen(bits)};

    assert_non_null(o.pair);
    return o;
}

struct office office_ecc(const char *group, uint8_t reference)
{
    struct office o = {.pair = EVP_EC_gen(group), .curve = reference};

    assert_non_null(o.pair);
    return o;
}

void office_close(struct office *o)
{
    EVP_PKEY_free(o->pair);
}

static bool is_rsa(const struct office *o)
{
    return EVP_PKEY_is_a(o->pair, "RSA") == 1;
}

static const EVP_MD *digest(const struct office *o)
{
    int bits = EVP_PKEY_get_bits(o->pair);

    if (is_rsa(o))
        return bits <= 1024 ? EVP_sha1() : EVP_sha256();
    return bits < 384 ? EVP_sha256() : bits < 512 ? EVP_sha384() : EVP_sha512();
}

static void pad_rsa(const struct office *o, EVP_PKEY_CTX *ctx)
{
    if (!is_rsa(o) || EVP_PKEY_get_bits(o->pair) <= 1024)
        return;
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32), 1);
}

static size_t to_plain(const struct office *o, const uint8_t *der, size_t n, uint8_t *plain)
{
    int half = (EVP_PKEY_get_bits(o->pair) + 7) / 8;
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &der, (long)n);

    assert_non_null(s);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(s), plain, half), half);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(s), plain + half, half), half);
    ECDSA_SIG_free(s);
    return 2 * (size_t)half;
}

static size_t sign_pair(const struct office *o, const uint8_t *msg, size_t n, uint8_t *signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t raw[MAX_SIGNATURE];
    size_t len = sizeof raw;
    EVP_PKEY_CTX *how;

    assert_int_equal(EVP_DigestSignInit(ctx, &how, digest(o), NULL, o->pair), 1);
    pad_rsa(o, how);
    assert_int_equal(EVP_DigestSign(ctx, raw, &len, msg, n), 1);
    EVP_MD_CTX_free(ctx);
    if (!is_rsa(o))
        return to_plain(o, raw, len, signature);
    memcpy(signature, raw, len);
    return len;
}

void office_sign(const struct office *o, const char *hex, char *signature)
{
    uint8_t msg[MAX_SIGNED], to[MAX_SIGNATURE];
    size_t n, len = o->sym.type == KEY_TYPE_AES ? 16 : 8;

    assert_true(lab_hex_read(hex, msg, sizeof msg, &n));
    if (o->pair != NULL)
        len = sign_pair(o, msg, n, to);
    else if (o->sym.type == KEY_TYPE_AES)
        assert_true(aes_cmac(&o->sym, msg, n, to));
    else
        assert_true(des_mac_retail(&o->sym, NULL, msg, n, to));
    lab_hex_write(to, len, signature);
}

bool office_made(const struct office *o, const char *hex, const char *signature)
{
    char own[2 * MAX_SIGNATURE + 1];

    office_sign(o, hex, own);
    return strcmp(own, signature) == 0;
}

static void rsa_block(const struct office *o, char *block)
{
    BIGNUM *n = NULL, *e = NULL;
    char *n_hex, *e_hex;
    size_t len;

    assert_int_equal(EVP_PKEY_get_bn_param(o->pair, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    assert_int_equal(EVP_PKEY_get_bn_param(o->pair, OSSL_PKEY_PARAM_RSA_E, &e), 1);
    n_hex = BN_bn2hex(n);
    e_hex = BN_bn2hex(e);
    len = strlen(n_hex) / 2;
    sprintf(block, len > 255 ? "A182%04zX%sA0%02zX%s00" : "A181%02zX%sA0%02zX%s00", len, n_hex,
            strlen(e_hex) / 2, e_hex);
    OPENSSL_free(n_hex);
    OPENSSL_free(e_hex);
    BN_free(n);
    BN_free(e);
}

static void ecc_block(const struct office *o, char *block)
{
    uint8_t point[200];
    char hex[2 * sizeof point + 1];
    size_t len;

    assert_int_equal(
        EVP_PKEY_get_octet_string_param(o->pair, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &len), 1);
    lab_hex_write(point, len, hex);
    sprintf(block, len > 127 ? "B081%02zX%sF001%02X00" : "B0%02zX%sF001%02X00", len, hex, o->curve);
}

uint16_t put_office_key(struct desk *d, const struct office *o, uint8_t kvn)
{
    char block[2048], body[2100], key[2 * SYM_MAX_KEY + 1];

    if (o->pair == NULL) {
        lab_hex_write(o->sym.value, o->sym.len, key);
        key_block(d, o->sym.type, key, true, block);
    } else if (is_rsa(o)) {
        rsa_block(o, block);
    } else {
        ecc_block(o, block);
    }
    snprintf(body, sizeof body, "%02X%s", kvn, block);
    return secure_chain(d, "80D80001", body);
}
