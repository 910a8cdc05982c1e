/* SPDX-License-Identifier: Apache-2.0 */
/* Each scenario of confidential hand-over once between the provider's vault and the laboratory's card, which
 * were written apart: the keys open the domain for the provider, and the owner, who carried everything, opens
 * it no more. What both have from no text can be wrong in both: docs/security.md lists it. Test code. */
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "gp/content/dgi.h"
#include "gp/tlv.h"
#include "scene.h"
#include "vault/operation/casd.h"

static const uint8_t host[] = "HOST";

/* Pull, scenario 3. */
static void agreed(uint8_t parameters, uint8_t key_len)
{
    struct scene s;
    bool ids = parameters & CASD_WITH_IDS;
    struct casd_terms t = {.scenario = CASD_PULL_AGREED,
                           .parameters = parameters,
                           .usage = 0x10,
                           .key_len = key_len,
                           .kvn = KVN};
    uint8_t dgi_room[ROOM], ephemeral_room[SEALED_EPHEMERAL_MAX];
    struct writer dgis = WRITER(dgi_room), ephemeral = WRITER(ephemeral_room), blob;
    struct casd_finish f = {.terms = &t};
    struct rapdu answer;
    begin(&s);
    if (ids) {
        give_numbers(&s);
        t.host_id = BYTES_OF(host, sizeof host - 1);
        t.sin = BYTES(own_sin);
        t.sdin = BYTES(own_sdin);
    }
    assert_ok(vault_start_casd(s.provider, &(struct casd_start){&t, s.agrees.key.curve, EPHEMERAL_ID}, &dgis,
                               &ephemeral));
    assert_int_equal(carry_groupings(&s, written(&dgis), &answer), SW_OK);
    f.ephemeral = (struct sealed_keyset){EPHEMERAL_ID, written(&ephemeral)};
    f.casd = s.agrees.key;
    f.answer = answer.data;
    blob = WRITER(s.blob);
    assert_ok(vault_take_casd(s.provider, &f, (struct keyset_target){.id = KEYSET_ID, .blob = &blob}));
    s.keys = (struct sealed_keyset){KEYSET_ID, written(&blob)};
    provider_opens(&s);
    owner_is_out(&s);
    lab_end(&s.card);
}

static void keys_are_agreed(void **state)
{
    (void)state;
    agreed(0, 16);
}

static void keys_are_agreed_with_a_random_number_of_the_card(void **state)
{
    (void)state;
    agreed(CASD_WITH_RANDOM, 32);
}

static void keys_are_agreed_with_the_numbers_of_host_and_domain(void **state)
{
    (void)state;
    agreed(CASD_WITH_RANDOM | CASD_WITH_IDS, 24);
}

/* Push, scenario 2B. */
static void keys_are_pushed_under_the_certificate_of_the_card(void **state)
{
    struct scene s;
    struct keyset_form form = {PROTOCOL_SCP03, KVN, CIPHER_AES, 16};
    struct casd_terms t = {.scenario = CASD_PUSH, .usage = 0x10, .key_len = 16, .kvn = KVN};
    uint8_t dgi_room[ROOM];
    struct writer dgis = WRITER(dgi_room), blob;
    struct rapdu answer;
    (void)state;
    begin(&s);
    blob = WRITER(s.blob);
    assert_ok(
        vault_generate_keyset(s.provider, &form, (struct keyset_target){.id = KEYSET_ID, .blob = &blob}));
    s.keys = (struct sealed_keyset){KEYSET_ID, written(&blob)};
    assert_ok(vault_push_casd(s.provider, &(struct casd_push){&t, s.keys, &s.deciphers}, &dgis));
    assert_int_equal(carry_groupings(&s, written(&dgis), &answer), SW_OK);
    provider_opens(&s);
    owner_is_out(&s);
    lab_end(&s.card);
}

/* The provider's RSA key in a certificate of the authority that the card knows. */
static size_t provider_certificate(const struct scene *s, EVP_PKEY *rsa, uint8_t *room, size_t cap)
{
    static const uint8_t number[] = {0x09}, name[] = "PROVIDER", usage[] = {0x88},
                         expiry[] = {0x20, 0x49, 0x12, 0x31};
    uint8_t der_room[ROOM], key_room[ROOM], rs_room[EC_RS_MAX], sign_room[EC_DER_MAX];
    struct writer body = WRITER(der_room), key = WRITER(key_room), w = {room, 0, cap}, rs = WRITER(rs_room);
    SIGN_KEY pair = {.owner = NULL};
    uint8_t numbers_room[SIGN_PUBLIC_MAX], *pem = NULL;
    struct writer numbers = WRITER(numbers_room);
    struct sign_public p;
    size_t len = sizeof sign_room;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int n = i2d_PUBKEY(rsa, &pem);
    assert_true(n > 0);
    assert_ok(sign_key_read(BYTES_OF(pem, (size_t)n), &pair));
    OPENSSL_free(pem);
    assert_ok(sign_key_public(&pair, &numbers, &p));
    assert_ok(tlv_write(&key, 0x81, p.n));
    assert_ok(tlv_write(&key, 0x82, p.e));
    assert_ok(tlv_write(&body, 0x93, BYTES(number)));
    assert_ok(tlv_write(&body, 0x42, BYTES_OF(name, 8)));
    assert_ok(tlv_write(&body, 0x5F20, BYTES_OF(name, 8)));
    assert_ok(tlv_write(&body, 0x95, BYTES(usage)));
    assert_ok(tlv_write(&body, 0x5F24, BYTES(expiry)));
    assert_ok(tlv_write(&body, 0x7F49, written(&key)));
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, s->card.authority), 1);
    assert_int_equal(EVP_DigestSign(ctx, sign_room, &len, body.at, body.len), 1);
    EVP_MD_CTX_free(ctx);
    assert_ok(ec_signature_plain(EC_P256, BYTES_OF(sign_room, len), &rs));
    assert_ok(certificate_write(written(&body), written(&rs), &w));
    return w.len;
}

/* Grouping 8010 of the answer, deciphered: three keys in a row. */
static void decipher(EVP_PKEY *rsa, struct bytes answer, uint8_t *keys, size_t len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa, NULL);
    uint8_t plain[256];
    size_t n = sizeof plain;
    struct reader r = READER(answer);
    struct dgi d;
    assert_ok(dgi_next(&r, &d));
    assert_int_equal(d.id, 0x8010);
    assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()), 1);
    assert_int_equal(EVP_PKEY_decrypt(ctx, plain, &n, d.value.at, d.value.len), 1);
    EVP_PKEY_CTX_free(ctx);
    assert_int_equal(n, len);
    memcpy(keys, plain, len);
}

/* Pull, scenario 1: only the request is ours; the answer is read here in the form of the laboratory's card.
 */
static void keys_are_drawn_by_the_card(void **state)
{
    struct scene s;
    struct keyset_form form = {PROTOCOL_SCP03, KVN, CIPHER_AES, 16};
    struct casd_terms t = {.scenario = CASD_PULL_DRAWN, .usage = 0x10, .key_len = 16, .kvn = KVN};
    uint8_t certificate[ROOM], dgi_room[ROOM], keys[KEYSET_KEYS * 16];
    struct casd_request request = {.terms = &t};
    struct import_row row = {.form = form, .keys = BYTES(keys)};
    struct writer dgis = WRITER(dgi_room), blob;
    struct rapdu answer;
    EVP_PKEY *rsa = EVP_RSA_gen(2048);
    (void)state;
    begin(&s);
    request.certificate =
        BYTES_OF(certificate, provider_certificate(&s, rsa, certificate, sizeof certificate));
    assert_ok(casd_request_write(&request, &dgis));
    assert_int_equal(carry_groupings(&s, written(&dgis), &answer), SW_OK);
    decipher(rsa, answer.data, keys, sizeof keys);
    blob = WRITER(s.blob);
    assert_ok(vault_import_clear(s.provider, &row, (struct keyset_target){.id = KEYSET_ID, .blob = &blob}));
    s.keys = (struct sealed_keyset){KEYSET_ID, written(&blob)};
    provider_opens(&s);
    owner_is_out(&s);
    EVP_PKEY_free(rsa);
    lab_end(&s.card);
}

/* The owner holds everything that went by and the certificate; without the ephemeral key it has no keys. */
static void what_the_owner_has_seen_gives_no_keys(void **state)
{
    struct scene s;
    struct casd_terms t = {.scenario = CASD_PULL_AGREED, .usage = 0x10, .key_len = 16, .kvn = KVN};
    uint8_t dgi_room[ROOM], room[SEALED_EPHEMERAL_MAX], other_room[SEALED_EPHEMERAL_MAX], unused_room[ROOM];
    struct writer dgis = WRITER(dgi_room), first = WRITER(room), other = WRITER(other_room), blob;
    struct writer unused = WRITER(unused_room);
    struct casd_finish f = {.terms = &t};
    struct casd_start start;
    struct rapdu answer;
    (void)state;
    begin(&s);
    start = (struct casd_start){&t, s.agrees.key.curve, EPHEMERAL_ID};
    assert_ok(vault_start_casd(s.provider, &start, &dgis, &first));
    assert_ok(vault_start_casd(s.provider, &start, &unused, &other));
    assert_int_equal(carry_groupings(&s, written(&dgis), &answer), SW_OK);
    f.ephemeral = (struct sealed_keyset){EPHEMERAL_ID, written(&other)};
    f.casd = s.agrees.key;
    f.answer = answer.data;
    blob = WRITER(s.blob);
    assert_err(vault_take_casd(s.provider, &f, (struct keyset_target){.id = KEYSET_ID, .blob = &blob}),
               TSM_CRYPTOGRAM_WRONG);
    lab_end(&s.card);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_agreed),
        cmocka_unit_test(keys_are_agreed_with_a_random_number_of_the_card),
        cmocka_unit_test(keys_are_agreed_with_the_numbers_of_host_and_domain),
        cmocka_unit_test(keys_are_pushed_under_the_certificate_of_the_card),
        cmocka_unit_test(keys_are_drawn_by_the_card),
        cmocka_unit_test(what_the_owner_has_seen_gives_no_keys),
    };
    return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
