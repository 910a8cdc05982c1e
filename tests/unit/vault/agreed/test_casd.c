/* SPDX-License-Identifier: Apache-2.0 */
/* A domain's first keys agreed with a CASD: they exist in the provider's vault and in the card, and nowhere
 * in what the owner carries. Unit test of vault/operation/casd.c. */
#include "vault/operation/casd.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "../rig.h"
#include "vault/ephemeral.h"

enum { EPHEMERAL_ID = 51, KEYSET_ID = 52, ROOM = 512 };

static const uint8_t counter[3];

/* The card's CASD, and what the owner saw of the exchange. */
struct exchange {
    struct vault_party *p;
    struct crypto *crypto;
    struct casd_terms terms;
    struct ephemeral casd;
    uint8_t dgis[ROOM], blob[SEALED_EPHEMERAL_MAX], answer[ROOM];
    struct writer d, e, a;
    struct casd_finish finish;
};

static void exchange(struct exchange *x)
{
    struct casd_terms seen;
    struct casd_request request;
    struct casd_agreement card;
    uint8_t receipt[CMAC_LEN];
    memset(x, 0, sizeof *x);
    x->p = rig_party("provider");
    assert_ok(crypto_new(&x->crypto));
    x->terms = (struct casd_terms){
        .scenario = CASD_PULL_AGREED, .usage = 0x10, .key_len = 16, .kvn = 0x30, .counter = BYTES(counter)};
    x->d = WRITER(x->dgis);
    x->e = WRITER(x->blob);
    x->a = WRITER(x->answer);
    assert_ok(ephemeral_make(EC_P256, &x->casd));
    assert_ok(vault_start_casd(x->p, &(struct casd_start){&x->terms, EC_P256, EPHEMERAL_ID}, &x->d, &x->e));
    assert_ok(casd_request_read(written(&x->d), &seen, &request));
    card = (struct casd_agreement){&seen, &x->casd.key, {EC_P256, request.ephemeral.point}};
    assert_ok(casd_receipt(x->crypto, &card, BYTES_NONE, receipt));
    assert_ok(casd_answer_write(&(struct casd_answer){BYTES_NONE, BYTES(receipt)}, &x->a));
    x->finish = (struct casd_finish){&x->terms,
                                     {EPHEMERAL_ID, written(&x->e)},
                                     {EC_P256, BYTES_OF(x->casd.point, x->casd.point_len)},
                                     written(&x->a)};
}

static void the_vault_holds_the_keys_that_the_card_holds(void **state)
{
    struct exchange x;
    struct casd_agreement card;
    struct casd_terms seen;
    struct casd_request request;
    struct casd_keys keys;
    uint8_t blob[SEALED_KEYSET_MAX], kcvs[KEYSET_KEYS][GP_KCV_LEN], due[GP_KCV_LEN];
    struct writer b = WRITER(blob);
    struct keyset_facts facts;
    (void)state;
    exchange(&x);
    assert_ok(vault_take_casd(x.p, &x.finish, (struct keyset_target){KEYSET_ID, &b, kcvs}));
    assert_ok(vault_keyset_facts(x.p, (struct sealed_keyset){KEYSET_ID, written(&b)}, &facts));
    assert_int_equal(facts.form.protocol, PROTOCOL_SCP03);
    assert_int_equal(facts.form.kvn, 0x30);
    assert_ok(casd_request_read(written(&x.d), &seen, &request));
    card = (struct casd_agreement){&seen, &x.casd.key, {EC_P256, request.ephemeral.point}};
    assert_ok(casd_derive(x.crypto, &card, written(&x.a), &keys));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        struct cipher_key key;
        assert_ok(crypto_key(x.crypto, CIPHER_AES, secret_bytes(&keys.key[i]), &key));
        assert_ok(gp_kcv(&key, GP_KCV_STANDARD, due));
        assert_memory_equal(kcvs[i], due, GP_KCV_LEN);
        assert_null(memmem(x.dgis, sizeof x.dgis, keys.key[i].at, 16));
        assert_null(memmem(x.answer, sizeof x.answer, keys.key[i].at, 16));
    }
    crypto_free(x.crypto);
}

static void another_card_s_certificate_or_a_changed_answer_gives_no_keys(void **state)
{
    struct exchange x, other;
    uint8_t blob[SEALED_KEYSET_MAX];
    struct writer b = WRITER(blob);
    struct keyset_target to = {KEYSET_ID, &b, NULL};
    (void)state;
    exchange(&x);
    exchange(&other);
    x.answer[x.a.len - 1] ^= 1;
    assert_err(vault_take_casd(x.p, &x.finish, to), TSM_CRYPTOGRAM_WRONG);
    x.answer[x.a.len - 1] ^= 1;
    x.finish.casd = other.finish.casd;
    assert_err(vault_take_casd(x.p, &x.finish, to), TSM_CRYPTOGRAM_WRONG);
    x.finish.casd.curve = EC_P384;
    assert_err(vault_take_casd(x.p, &x.finish, to), TSM_KEY_REFUSED);
    x.terms.scenario = CASD_PUSH;
    assert_err(vault_take_casd(x.p, &x.finish, to), TSM_UNSUPPORTED);
    assert_err(vault_start_casd(x.p, &(struct casd_start){&x.terms, EC_P256, EPHEMERAL_ID}, &x.d, &x.e),
               TSM_UNSUPPORTED);
    assert_int_equal(b.len, 0);
    crypto_free(x.crypto);
    crypto_free(other.crypto);
}

/* The RSA pair of a CASD and what its certificate says of it. */
struct deciphering {
    EVP_PKEY *pair;
    uint8_t n[256], e[3];
    struct gp_certificate certificate;
};
static void deciphering(struct deciphering *d)
{
    BIGNUM *n = NULL;
    memset(d, 0, sizeof *d);
    d->pair = EVP_RSA_gen(2048);
    assert_non_null(d->pair);
    assert_int_equal(EVP_PKEY_get_bn_param(d->pair, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    assert_int_equal(BN_bn2binpad(n, d->n, sizeof d->n), sizeof d->n);
    BN_free(n);
    memcpy(d->e, "\x01\x00\x01", sizeof d->e);
    d->certificate = (struct gp_certificate){
        .uses = CERTIFICATE_DECIPHERS, .modulus = BYTES(d->n), .exponent = BYTES(d->e)};
}

static size_t decipher(const struct deciphering *d, struct bytes in, uint8_t *out, size_t room)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, d->pair, NULL);
    size_t len = room;
    assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_decrypt(ctx, out, &len, in.at, in.len), 1);
    EVP_PKEY_CTX_free(ctx);
    return len;
}

static void pushed_keys_are_read_by_the_card_alone(void **state)
{
    static const struct keyset_form form = {PROTOCOL_SCP03, 0x30, CIPHER_AES, 16};
    static const char *const keys[] = {"404142434445464748494A4B4C4D4E4F", "505152535455565758595A5B5C5D5E5F",
                                       "606162636465666768696A6B6C6D6E6F"};
    struct vault_party *p = rig_party("provider");
    struct casd_terms t = {.scenario = CASD_PUSH, .usage = 0x10, .key_len = 16, .kvn = 0x30}, seen;
    struct casd_request request;
    struct deciphering d;
    struct casd_push push = {&t, rig_keyset(p, KEYSET_ID, form, keys), &d.certificate};
    uint8_t dgis[ROOM], plain[ROOM];
    struct writer w = WRITER(dgis), none = WRITER(dgis);
    size_t len;
    (void)state;
    deciphering(&d);
    assert_ok(vault_push_casd(p, &push, &w));
    assert_null(memmem(dgis, w.len, "\x40\x41\x42\x43", 4));
    assert_ok(casd_request_read(written(&w), &seen, &request));
    len = decipher(&d, request.encrypted, plain, sizeof plain);
    assert_hex(BYTES_OF(plain, len), "404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F"
                                     "606162636465666768696A6B6C6D6E6F");
    t.kvn = 0x31; /* another than the set's */
    assert_err(vault_push_casd(p, &push, &none), TSM_BAD_VALUE);
    t.kvn = 0x30;
    d.certificate.modulus.len = 128;
    assert_err(vault_push_casd(p, &push, &none), TSM_KEY_REFUSED);
    d.certificate.modulus.len = 256;
    d.certificate.uses = CERTIFICATE_AGREES;
    assert_err(vault_push_casd(p, &push, &none), TSM_KEY_REFUSED);
    t.scenario = CASD_PULL_AGREED;
    assert_err(vault_push_casd(p, &push, &none), TSM_BAD_VALUE);
    assert_int_equal(none.len, 0);
    EVP_PKEY_free(d.pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vault_holds_the_keys_that_the_card_holds),
        cmocka_unit_test(another_card_s_certificate_or_a_changed_answer_gives_no_keys),
        cmocka_unit_test(pushed_keys_are_read_by_the_card_alone),
    };
    return cmocka_run_group_tests_name("casd", tests, rig_setup, rig_teardown);
}
