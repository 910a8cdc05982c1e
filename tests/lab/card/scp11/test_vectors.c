/* SPDX-License-Identifier: Apache-2.0 */
/* The card's half of SCP11 against published sessions: certificates, agreement, derivation, receipt, the
 * messages behind them (Amd F 1.4 6, 7.6.2.3; vectors of kind scp11_session and gp_certificate_7f21). */
#include "vectors.h"

#include "card/certificate/certificate.h"
#include "card/channel/scp03.h"
#include "common/tlv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX 2048
#define TAG_STORE 0xBF21

static json_t *file;

static uint8_t curve_of(const json_t *in)
{
    const char *name = text_of(in, "curve");

    return strcmp(name, "P256") == 0 ? 0x00 : strcmp(name, "P384") == 0 ? 0x01 : 0x03;
}

static struct asym_key private_of(const json_t *in, const char *key)
{
    struct asym_key k = {.type = KEY_TYPE_ECC_PRIVATE, .curve = curve_of(in)};

    k.len = (uint16_t)bytes_of(in, key, k.value, sizeof k.value);
    return k;
}

static struct asym_key point_of(const json_t *in, const char *key)
{
    struct asym_key k;
    uint8_t at[ECKA_MAX_POINT];
    size_t n = bytes_of(in, key, at, sizeof at);

    assert_true(ecka_point(curve_of(in), at, n, &k));
    return k;
}

static void same_point(const struct asym_key *a, const struct asym_key *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->value, b->value, a->len);
}

/* The card's certificates bear its public key. */
static void check_store(const json_t *in)
{
    uint8_t at[BYTES_MAX];
    size_t n = bytes_of(in, "certificate_store", at, sizeof at);
    struct asym_key card = point_of(in, "pk_sd_ecka");
    struct certificate c;
    struct tlv store;

    assert_true(tlv_read(at, n, 0, &store) && store.tag == TAG_STORE && store.end == n);
    assert_true(certificate_read(store.value, store.len, &c));
    assert_true(c.agrees && !c.verifies);
    same_point(&c.key, &card);
}

/* The parts of PERFORM SECURITY OPERATION, put together again, are certificates of the entity. */
static void check_offers(const json_t *in)
{
    struct asym_key own = private_of(in, "sk_oce_ecka"), wanted;
    uint8_t whole[BYTES_MAX], part[300];
    size_t index, len = 0, certificates = 0;
    json_t *command;

    assert_true(ecka_public_of(&own, &wanted));
    json_array_foreach(json_object_get(in, "pso_capdus"), index, command)
    {
        struct certificate c;
        size_t n;

        assert_true(lab_hex_read(json_string_value(command), part, sizeof part, &n));
        memcpy(whole + len, part + 5, part[4]);
        len += part[4];
        if ((part[0] & 0x10) != 0 || !certificate_read(whole, len, &c))
            continue;
        same_point(&c.key, &wanted);
        certificates++;
        len = 0;
    }
    assert_int_equal(len, 0);
    assert_true(certificates >= 1);
}

static void check_agreement(const json_t *in, const json_t *expected, uint8_t *secret, size_t *n)
{
    struct asym_key ephemeral = private_of(in, "esk_oce_ecka"), own = private_of(in, "sk_oce_ecka"), epk,
                    card;
    struct asym_key card_static = point_of(in, "pk_sd_ecka"), stated = point_of(in, "epk_oce_ecka");
    uint8_t answer[BYTES_MAX], wanted[BYTES_MAX];
    size_t len = bytes_of(in, "mutual_authenticate_rapdu", answer, sizeof answer);
    struct tlv point;

    assert_true(ecka_public_of(&ephemeral, &epk));
    same_point(&epk, &stated);
    assert_true(tlv_read(answer, len - 2, 0, &point) &&
                ecka_point(curve_of(in), point.value, point.len, &card));
    *n = 2 * asym_coordinate(curve_of(in));
    assert_true(ecka_agree(&ephemeral, &card, secret));
    assert_true(ecka_agree(&own, &card_static, secret + *n / 2));
    assert_int_equal(bytes_of(expected, "shared_secret", wanted, sizeof wanted), *n);
    assert_memory_equal(secret, wanted, *n);
}

static void check_receipt(const json_t *in, const json_t *expected)
{
    uint8_t command[BYTES_MAX], answer[BYTES_MAX], mac[AES_BLOCK], wanted[AES_BLOCK];
    struct sym_key key = key_of(expected, "receipt_key", KEY_TYPE_AES);
    size_t n = bytes_of(in, "mutual_authenticate_capdu", command, sizeof command);
    struct tlv point;

    bytes_of(in, "mutual_authenticate_rapdu", answer, sizeof answer);
    assert_true(tlv_read(answer, sizeof answer, 0, &point));
    n = command[4];
    memcpy(command + 5 + n, answer, point.end);
    assert_true(aes_cmac(&key, command + 5, n + point.end, mac));
    assert_int_equal(bytes_of(expected, "receipt", wanted, sizeof wanted), AES_BLOCK);
    assert_memory_equal(mac, wanted, AES_BLOCK);
}

static void check_derivation(const json_t *expected, const uint8_t *secret, size_t secret_len)
{
    static const char *const names[] = {"receipt_key", "s_enc", "s_mac", "s_rmac", "s_dek"};
    uint8_t info[64], material[5 * SYM_MAX_KEY];
    size_t info_len = bytes_of(expected, "shared_info", info, sizeof info);
    const struct x963 from = {.secret = secret, .secret_len = secret_len, .info = info, .info_len = info_len};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sym_key k = key_of(expected, names[i], KEY_TYPE_AES);

        assert_true(x963_derive(&from, material, 5 * (size_t)k.len));
        assert_memory_equal(material + i * k.len, k.value, k.len);
    }
}

/* The card reads the entity's commands and answers as the published card did. */
static void check_messages(const json_t *in, const json_t *expected)
{
    struct session s = {.phase = SESSION_OPEN, .scp = SCP11, .level = 0x33};
    uint8_t wrapped[300], clear[300], answer[600];
    size_t index;
    json_t *step;

    s.mac_len = (uint8_t)json_integer_value(json_object_get(in, "mac_len"));
    s.s_enc = key_of(expected, "s_enc", KEY_TYPE_AES);
    s.s_mac = key_of(expected, "s_mac", KEY_TYPE_AES);
    s.s_rmac = key_of(expected, "s_rmac", KEY_TYPE_AES);
    bytes_of(expected, "receipt", s.chain, sizeof s.chain);
    json_array_foreach(json_object_get(expected, "steps"), index, step)
    {
        uint8_t plain[300], reply[600];
        size_t n = bytes_of(step, "wrapped_capdu", wrapped, sizeof wrapped), wanted;
        struct capdu c;
        struct out o;

        assert_true(capdu_parse(wrapped, n, &c) && scp03_unwrap(&s, &c, plain));
        bytes_of(step, "plain_capdu", clear, sizeof clear);
        assert_int_equal(c.lc, clear[4]);
        assert_memory_equal(c.data, clear + 5, c.lc);
        n = bytes_of(step, "plain_rapdu", answer, sizeof answer);
        out_init(&o, reply, sizeof reply);
        out_bytes(&o, answer, n - 2);
        assert_true(scp03_protect(&s, &o, (uint16_t)lab_number(answer + n - 2, 2)));
        wanted = bytes_of(step, "wrapped_rapdu", answer, sizeof answer);
        assert_int_equal(o.len, wanted - 2);
        assert_memory_equal(reply, answer, o.len);
    }
}

static void check_session(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs"), *expected = json_object_get(vector, "expected");
    uint8_t secret[2 * ECKA_MAX_SECRET];
    size_t n;

    check_store(in);
    check_offers(in);
    check_agreement(in, expected, secret, &n);
    check_derivation(expected, secret, n);
    check_receipt(in, expected);
    check_messages(in, expected);
}

static void published_sessions_are_recomputed(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "scp11_session", check_session) > 0);
}

static bool accepted(const uint8_t *at, size_t n, const struct asym_key *authority)
{
    uint8_t *copy = malloc(n); /* exactly as long, so that a sanitizer sees a byte too far */
    struct certificate c;
    bool ok;

    assert_non_null(copy);
    memcpy(copy, at, n);
    ok = certificate_read(copy, n, &c) && certificate_verify(&c, authority);
    free(copy);
    return ok;
}

static void check_certificate(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    uint8_t at[BYTES_MAX], point[ECKA_MAX_POINT];
    size_t n = bytes_of(in, "certificate", at, sizeof at - 1);
    size_t point_len = bytes_of(in, "ca_public_point", point, sizeof point);
    struct asym_key authority;

    assert_true(ecka_point(ECC_P256, point, point_len, &authority));
    assert_true(accepted(at, n, &authority));
    for (size_t cut = 1; cut < n; cut++)
        assert_false(accepted(at, cut, &authority));
    assert_false(accepted(at, n + 1, &authority));
    for (size_t bit = 0; bit < 8 * n; bit++) {
        at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(accepted(at, n, &authority));
        at[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

static void published_certificates_verify_and_no_change_of_them_does(void **state)
{
    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "gp_certificate_7f21", check_certificate) > 0);
}

/* NIST CAVS "ANSI X9.63-2001 KDF", SHA-256, shared secret of 192 bits, no shared information, 128 bits. */
static void the_derivation_gives_the_published_bytes(void **state)
{
    static const uint8_t secret[] = {0x96, 0xC0, 0x56, 0x19, 0xD5, 0x6C, 0x32, 0x8A, 0xB9, 0x5F, 0xE8, 0x4B,
                                     0x18, 0x26, 0x4B, 0x08, 0x72, 0x5B, 0x85, 0xE3, 0x3F, 0xD3, 0x4F, 0x08};
    static const uint8_t wanted[] = {0x44, 0x30, 0x24, 0xC3, 0xDA, 0xE6, 0x6B, 0x95,
                                     0xE6, 0xF5, 0x67, 0x06, 0x01, 0x55, 0x8F, 0x71};
    const struct x963 from = {.secret = secret, .secret_len = sizeof secret};
    uint8_t got[sizeof wanted];

    (void)state;
    assert_true(x963_derive(&from, got, sizeof got));
    assert_memory_equal(got, wanted, sizeof wanted);
}

static void agreement_refuses_what_is_no_key(void **state)
{
    struct asym_key own, other, peer;
    uint8_t shared[ECKA_MAX_SECRET];

    (void)state;
    assert_true(ecka_from_label(ECC_P256, "one", &own) && ecka_from_label(0x01, "two", &other));
    assert_true(ecka_public_of(&other, &peer));
    assert_false(ecka_agree(&own, &peer, shared)); /* another curve */
    assert_true(ecka_public_of(&own, &peer));
    peer.value[40] ^= 1;
    assert_false(ecka_agree(&own, &peer, shared)); /* not on the curve */
    assert_false(ecka_point(ECC_P256, peer.value, peer.len, &peer));
    memset(own.value, 0, own.len);
    assert_false(ecka_public_of(&own, &peer));
    memset(own.value, 0xFF, own.len);
    assert_false(ecka_public_of(&own, &peer)); /* above the order */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_sessions_are_recomputed),
        cmocka_unit_test(published_certificates_verify_and_no_change_of_them_does),
        cmocka_unit_test(the_derivation_gives_the_published_bytes),
        cmocka_unit_test(agreement_refuses_what_is_no_key),
    };
    int failed;

    file = vectors_load("vectors-gp.json");
    failed = cmocka_run_group_tests_name("lab card: published SCP11", tests, NULL, NULL);
    json_decref(file);
    return failed;
}
