/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, receipts and DAP by keys that are made in the token and never leave it; what the public half of
 * each accepts outside. Unit test of vault/operation/delegated.h. [GPCS C.2 to C.5] */
#include <string.h>

#include "base/sign/sign.h"
#include "rig.h"
#include "vault/keys/master.h"
#include "vault/operation/delegated.h"

enum { ROOM = 1024 };

#define INSTALL "80E60C002407F04F54534D000108F04F54534D00010107F04F54534D01010300000002C9000000"
#define DOMAIN  "F04F54534DD00001"

static const struct {
    const char *name;
    enum vault_signing kind;
    enum gp_scheme scheme;
} keys[] = {
    {"aes-128", SIGNING_AES_128, GP_SCHEME_AES},     {"aes-256", SIGNING_AES_256, GP_SCHEME_AES},
    {"rsa-1024", SIGNING_RSA_1024, GP_SCHEME_RSA_1}, {"rsa-2048", SIGNING_RSA_2048, GP_SCHEME_RSA_2},
    {"p-256", SIGNING_P256, GP_SCHEME_ECC},          {"p-384", SIGNING_P384, GP_SCHEME_ECC},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static struct vault_party *party(void)
{
    static bool made;
    struct vault_party *p = rig_party("owner");
    for (size_t i = 0; i < KEYS && !made; i++)
        assert_ok(vault_make_signing(p, keys[i].name, keys[i].kind));
    made = true;
    return p;
}

static struct octets install(void)
{
    struct octets o = octets_of(INSTALL);
    o.at[4] = (uint8_t)(o.len - 6);
    return o;
}

static struct bytes with_token(struct vault_party *p, const char *name, uint8_t *out)
{
    struct octets capdu = install();
    uint8_t made[GP_TOKEN_MAX];
    struct writer token = WRITER(made), with = {out, 0, ROOM};
    assert_ok(vault_make_token(p, signing_named(name), octets_bytes(&capdu), &token));
    assert_ok(gp_token_put(octets_bytes(&capdu), written(&token), &with));
    return written(&with);
}

static void every_key_makes_tokens_that_it_knows_again(void **state)
{
    struct vault_party *p = party();
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t out[ROOM];
        struct bytes with = with_token(p, keys[i].name, out);
        assert_ok(vault_check_token(p, signing_named(keys[i].name), with));
        assert_err(vault_check_token(p, signing_named(keys[(i + 1) % KEYS].name), with), TSM_MAC_WRONG);
        out[20] ^= 1;
        assert_err(vault_check_token(p, signing_named(keys[i].name), with), TSM_MAC_WRONG);
    }
}

/* What a card gets is the public half alone. */
static void the_public_half_verifies_outside(void **state)
{
    struct vault_party *p = party();
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t room[VAULT_PUBLIC_MAX], out[ROOM];
        struct writer w = WRITER(room);
        struct vault_public n;
        SIGN_KEY key = {0};
        struct gp_signer s;
        if (keys[i].scheme == GP_SCHEME_AES) {
            assert_err(vault_signing_public(p, keys[i].name, &w, &n), TSM_KEY_MISSING);
            continue;
        }
        assert_ok(vault_signing_public(p, keys[i].name, &w, &n));
        if (n.type == SIGN_RSA)
            assert_ok(sign_key_rsa(&(struct rsa_numbers){n.n, n.e, BYTES_NONE}, &key));
        else
            assert_ok(sign_key_ec(n.point, BYTES_NONE, &key));
        assert_false(key.private_half);
        assert_ok(gp_signer_pair(&key, &s));
        assert_int_equal(s.scheme, keys[i].scheme);
        assert_ok(gp_token_check(&s, with_token(p, keys[i].name, out)));
    }
}

static void keys_of_another_use_sign_nothing(void **state)
{
    static const char *const others[] = {VAULT_KEK, VAULT_KEY_INTAKE, VAULT_KEY_DUPLICATE, "master"};
    struct vault_party *p = party();
    struct octets capdu = install();
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(vault_generate_master(p, "master", MASTER_AES, 16));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_err(vault_make_token(p, signing_named(others[i]), octets_bytes(&capdu), &w), TSM_KEY_REFUSED);
    assert_err(vault_make_token(p, signing_named("nobody"), octets_bytes(&capdu), &w), TSM_KEY_MISSING);
    assert_err(vault_make_signing(p, keys[0].name, keys[0].kind), TSM_UNIQUE);
    assert_int_equal(w.len, 0);
}

static void dap_blocks_are_signed_and_checked(void **state)
{
    struct vault_party *p = party();
    struct octets hash = octets_of("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
                                   "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F");
    (void)state;
    for (size_t i = 0; i < KEYS; i++) {
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        struct load_file f;
        if (keys[i].kind == SIGNING_AES_256) /* the token tells its length: SHA-512 is due [AmdD Table 8-1] */
            assert_err(vault_make_dap(p, signing_named(keys[i].name), HEX(DOMAIN), BYTES_OF(hash.at, 48), &w),
                       TSM_KEY_REFUSED);
        assert_ok(vault_make_dap(p, signing_named(keys[i].name), HEX(DOMAIN), octets_bytes(&hash), &w));
        assert_ok(write_span(&w, HEX("C401AA")));
        assert_ok(load_file_read(written(&w), &f));
        assert_ok(vault_check_dap(p, signing_named(keys[i].name), &f.block[0], octets_bytes(&hash)));
        hash.at[0] ^= 1;
        assert_err(vault_check_dap(p, signing_named(keys[i].name), &f.block[0], octets_bytes(&hash)),
                   TSM_MAC_WRONG);
        hash.at[0] ^= 1;
    }
}

/* The card holds the private half; the owner judges by the public one that it was given. */
static void a_receipt_is_judged_by_name_or_by_the_cards_public_key(void **state)
{
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtM34DIUGWx88NBoa\n"
                              "tWhRnVBLHoBg+chOePQTZVuvyTmhRANCAATz+jiZKikBIvTh185yzX1sIlyQ+gvp\n"
                              "+2sSYMKT4Hfgr4uBRsvx7NjMcPHs/d82+1tqLlO/AONYk/dcuvlwp+JJ\n"
                              "-----END PRIVATE KEY-----\n";
    struct vault_party *p = party();
    struct octets unique = octets_of("47110102030405060708"), aid = octets_of("F04F54534D0101");
    struct receipt_event event = {.kind = RECEIPT_FOR_DELETE, .application = octets_bytes(&aid)};
    struct receipt_data data = {.counter = 3, .sd_unique = octets_bytes(&unique)};
    struct receipt_terms terms = {octets_bytes(&unique), BYTES_NONE, 2};
    struct receipt_case c = {{NULL, NULL}, bytes_of_text(pem), &terms, &event, BYTES_NONE};
    struct receipt_judgement j;
    SIGN_KEY key = {0};
    struct gp_signer s;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(sign_key_read(bytes_of_text(pem), &key));
    assert_ok(gp_signer_pair(&key, &s));
    assert_ok(receipt_make(&s, &data, &event, &w));
    c.answer = written(&w);
    assert_ok(vault_judge_receipt(p, &c, &j));
    assert_int_equal(j.verdict, RECEIPT_GOOD);
    c.key = signing_named("p-256");
    assert_ok(vault_judge_receipt(p, &c, &j));
    assert_int_equal(j.verdict, RECEIPT_FORGED);
    c.key = signing_named("aes-128");
    assert_ok(vault_judge_receipt(p, &c, &j));
    assert_int_equal(j.verdict, RECEIPT_FORGED);
}

/* The published receipts under the key 40..4F, which stands first in a sealed set. */
static void a_sealed_set_judges_receipts_of_both_macs(void **state)
{
    static const char *const values[KEYSET_KEYS] = {"404142434445464748494A4B4C4D4E4F",
                                                    "505152535455565758595A5B5C5D5E5F",
                                                    "606162636465666768696A6B6C6D6E6F"};
    /* source: independent reference, accepted by kaoh/globalplatform gpshell3 */
    static const struct {
        uint8_t protocol;
        enum cipher_alg alg;
        const char *answer;
    } rows[] = {
        {3, CIPHER_AES, "2310230B2B0EDC346249A0DACEF9F14A99E50200010E42040102030445060A0B0C0D0E0F"},
        {2, CIPHER_TDES, "1B0878FF2F3A35C9637E0200010E42040102030445060A0B0C0D0E0F"},
    };
    struct vault_party *p = party();
    struct octets aid = octets_of("D0D1D2D3D4D50101");
    struct receipt_event event = {.kind = RECEIPT_FOR_DELETE, .application = octets_bytes(&aid)};
    struct receipt_terms terms = {.last = 0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sealed_keyset set =
            rig_keyset(p, 70 + i, (struct keyset_form){rows[i].protocol, 0x71, rows[i].alg, 16}, values);
        struct octets answer = octets_of(rows[i].answer);
        struct receipt_case c = {signing_sealed(&set), BYTES_NONE, &terms, &event, octets_bytes(&answer)};
        struct receipt_judgement j;
        assert_ok(vault_judge_receipt(p, &c, &j));
        assert_int_equal(j.verdict, RECEIPT_GOOD);
        answer.at[answer.len - 1] ^= 1;
        assert_ok(vault_judge_receipt(p, &c, &j));
        assert_int_equal(j.verdict, RECEIPT_FORGED);
        set.id++; /* the blob of another row */
        assert_err(vault_judge_receipt(p, &c, &j), TSM_MAC_WRONG);
    }
}

static void a_card_gets_the_public_half_by_put_key(void **state)
{
    struct vault_party *p = party();
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(vault_signing_field(p, "aes-128", 0x70, &w), TSM_KEY_MISSING);
    assert_ok(vault_signing_field(p, "p-256", 0x70, &w));
    assert_hex(BYTES_OF(out, 4), "70B04104");
    assert_hex(BYTES_OF(out + w.len - 4, 4), "F0010000");
    w.len = 0;
    assert_ok(vault_signing_field(p, "p-384", 0x70, &w));
    assert_hex(BYTES_OF(out + w.len - 4, 4), "F0010100");
    w.len = 0;
    assert_ok(vault_signing_field(p, "rsa-1024", 0x70, &w));
    assert_hex(BYTES_OF(out, 4), "70A18180");
    assert_hex(BYTES_OF(out + w.len - 6, 6), "A00301000100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_makes_tokens_that_it_knows_again),
        cmocka_unit_test(the_public_half_verifies_outside),
        cmocka_unit_test(keys_of_another_use_sign_nothing),
        cmocka_unit_test(dap_blocks_are_signed_and_checked),
        cmocka_unit_test(a_sealed_set_judges_receipts_of_both_macs),
        cmocka_unit_test(a_card_gets_the_public_half_by_put_key),
        cmocka_unit_test(a_receipt_is_judged_by_name_or_by_the_cards_public_key),
    };
    return cmocka_run_group_tests_name("vault/delegated", tests, rig_setup, rig_teardown);
}
