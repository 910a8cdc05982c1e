/* SPDX-License-Identifier: Apache-2.0 */
/* Key blocks through the vault: taken in and given out by key names, and what their heads forbid. Unit test
 * of vault/block. Published block: X9.143 annex A.7.4 as in openemv/tr31 test/tr31_decrypt_test.c. */
#include <string.h>

#include "emv/keyblock/keyblock.h"
#include "rig.h"
#include "vault/block/block.h"
#include "vault/keys/emv.h"
#include "vault/keys/master.h"
#include "vault/party.h"

static const char kbpk_hex[] = "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6";
static const char published[] =
    "D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D207E2E417C07156A27E"
    "8E31DA05F7425509593D03A457DC34";

struct head {
    char version;
    const char *usage;
    char algorithm, mode, exportability;
};

/* A block made outside of the vault, as a partner makes one. */
static struct bytes partner_block(struct head head, const char *key_hex)
{
    static uint8_t room[BLOCK_TEXT_MAX];
    static const uint8_t padding[64] = {7};
    struct octets kbpk = octets_of(head.version == 'D' ? kbpk_hex : "EFE0853B256B583D868F251CE99EA1D9");
    struct octets key = octets_of(key_hex);
    struct keyblock_header h = {.version = head.version,
                                .algorithm = head.algorithm,
                                .mode = head.mode,
                                .key_version = "01",
                                .exportability = head.exportability,
                                .reserved = "00"};
    struct keyblock_plain plain = {&h, octets_bytes(&key), BYTES_NONE};
    struct writer w = WRITER(room);
    struct crypto *c;
    struct cipher_key k;
    memcpy(h.usage, head.usage, 2);
    plain.padding = BYTES_OF(padding, keyblock_padding(&h, key.len, true));
    assert_ok(crypto_new(&c));
    assert_ok(crypto_key(c, head.version == 'D' ? CIPHER_AES : CIPHER_TDES, octets_bytes(&kbpk), &k));
    assert_ok(keyblock_wrap(&k, c, &plain, &w));
    crypto_free(c);
    return written(&w);
}

/* A party with the published protection key and one of TDES. */
static struct vault_party *party(void)
{
    struct vault_party *p = rig_party("issuer");
    bool there;
    assert_ok(vault_has_key(p, "kbpk", &there));
    if (!there) {
        assert_ok(vault_import_master(p, "kbpk", MASTER_KBPK, HEX(kbpk_hex)));
        assert_ok(vault_import_block(
            p,
            &(struct block_import){.kbpk = "kbpk",
                                   .name = "kbpk-des",
                                   .text = partner_block((struct head){'D', "K1", 'T', 'B', 'N'},
                                                         "EFE0853B256B583D868F251CE99EA1D9")},
            NULL));
    }
    return p;
}

static enum tsm_err take(const char *name, struct head head, const char *key_hex)
{
    struct block_import in = {.kbpk = head.version == 'D' ? "kbpk" : "kbpk-des",
                              .name = name,
                              .text = partner_block(head, key_hex)};
    return vault_import_block(party(), &in, NULL);
}

static void the_published_block_comes_in_under_the_tokens_key(void **state)
{
    struct block_import in = {.kbpk = "kbpk", .name = "pin-a", .text = bytes_of_text(published)};
    struct block_facts f;
    (void)state;
    assert_ok(vault_import_block(party(), &in, &f));
    assert_string_equal(f.policy.usage, "P0");
    assert_int_equal(f.policy.mode, 'E');
    assert_int_equal(f.key_len, 16);
    assert_err(vault_import_block(party(), &in, &f), TSM_UNIQUE);
}

static void a_flipped_head_leaves_no_key_behind(void **state)
{
    char text[sizeof published];
    struct block_import in = {
        .kbpk = "kbpk", .name = "pin-b", .text = {(const uint8_t *)text, sizeof text - 1}};
    bool there = true;
    (void)state;
    for (size_t i = 0; i < KEYBLOCK_HEAD; i++) {
        memcpy(text, published, sizeof text);
        text[i] ^= 1;
        assert_true(vault_import_block(party(), &in, NULL) != TSM_OK);
    }
    assert_ok(vault_has_key(party(), "pin-b", &there));
    assert_false(there);
}

static void a_master_without_a_block_protects_none(void **state)
{
    struct block_import in = {
        .kbpk = "zone",
        .name = "by-zone",
        .text = partner_block((struct head){'B', "E0", 'T', 'X', 'E'}, "9E15204313F7318ACB79B90BD986AD29")};
    (void)state;
    assert_ok(vault_import_master(party(), "zone", MASTER_TDES, HEX("EFE0853B256B583D868F251CE99EA1D9")));
    assert_err(vault_import_block(party(), &in, NULL), TSM_KEY_REFUSED);
    in.kbpk = "nobody";
    assert_err(vault_import_block(party(), &in, NULL), TSM_KEY_MISSING);
}

static void an_issuer_master_derives_and_nothing_else(void **state)
{
    struct emv_card_id card = {"5413330089010434", "01"};
    struct cvv_input in = {"5413330089010434", "3012", "201"};
    SECRET udk = {0};
    char cvv[CVV_ROOM];
    (void)state;
    assert_ok(take("imk-1", (struct head){'B', "E0", 'T', 'X', 'N'}, "9E15204313F7318ACB79B90BD986AD29"));
    assert_ok(vault_emv_udk(party(), "imk-1", EMV_OPTION_A, card, &udk));
    assert_err(vault_emv_cvv(party(), "imk-1", in, cvv), TSM_KEY_REFUSED);
    assert_ok(take("cvk-1", (struct head){'B', "C0", 'T', 'G', 'N'}, "0123456789ABCDEFFEDCBA9876543210"));
    assert_ok(vault_emv_cvv(party(), "cvk-1", in, cvv));
    assert_err(vault_emv_udk(party(), "cvk-1", EMV_OPTION_A, card, &udk), TSM_KEY_REFUSED);
    assert_ok(take("cvk-2", (struct head){'B', "C0", 'T', 'V', 'N'}, "0123456789ABCDEFFEDCBA9876543211"));
    assert_err(vault_emv_cvv(party(), "cvk-2", in, cvv), TSM_KEY_REFUSED);
}

static void blocks_that_the_rules_forbid_are_refused(void **state)
{
    static const char aes[] = "3F419E1CB7079442AA37474C2EFBF8B8";
    (void)state;
    assert_err(take("x", (struct head){'B', "P0", 'A', 'E', 'N'}, aes), TSM_KEY_REFUSED);
    assert_err(take("x", (struct head){'D', "E0", 'T', 'E', 'N'}, "9E15204313F7318ACB79B90BD986AD29"),
               TSM_KEY_REFUSED);
    assert_err(take("x", (struct head){'D', "B0", 'T', 'X', 'N'}, "9E15204313F7318ACB79B90BD986AD29"),
               TSM_UNSUPPORTED);
    assert_err(take("x", (struct head){'D', "E0", 'T', 'X', 'N'}, "12345678123456781234567812345678"),
               TSM_KEY_REFUSED);
    assert_err(take("x", (struct head){'D', "99", 'A', 'N', 'N'}, aes), TSM_KEY_REFUSED);
}

static void a_key_that_may_leave_comes_back_the_same(void **state)
{
    uint8_t room[BLOCK_TEXT_MAX];
    struct writer w = WRITER(room);
    struct block_facts a, b;
    struct block_import in = {.kbpk = "kbpk", .name = "back", .text = {0}};
    (void)state;
    assert_ok(vault_generate_bound(party(), &(struct block_new){"gone", {"E2", 'T', 'X', 'E'}, 16}, &a));
    assert_ok(vault_export_block(party(), &(struct block_export){"kbpk", "gone", 'D', 'N'}, &w));
    in.text = written(&w);
    assert_ok(vault_import_block(party(), &in, &b));
    assert_memory_equal(a.kcv, b.kcv, sizeof a.kcv);
    assert_int_equal(b.policy.exportability, 'N');
    assert_err(vault_export_block(party(), &(struct block_export){"kbpk", "back", 'D', 'N'}, &w),
               TSM_KEY_REFUSED);
    assert_err(vault_export_block(party(), &(struct block_export){"kbpk", "imk-1", 'D', 'N'}, &w),
               TSM_KEY_REFUSED);
    assert_err(vault_export_block(party(), &(struct block_export){"kbpk", "kbpk", 'D', 'N'}, &w),
               TSM_KEY_REFUSED);
    assert_err(vault_export_block(party(), &(struct block_export){"imk-1", "gone", 'B', 'N'}, &w),
               TSM_KEY_REFUSED);
}

static void a_sensitive_key_does_not_become_freer(void **state)
{
    uint8_t room[BLOCK_TEXT_MAX];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(vault_generate_bound(party(), &(struct block_new){"sens", {"K0", 'A', 'B', 'S'}, 32}, NULL));
    assert_err(vault_export_block(party(), &(struct block_export){"kbpk", "sens", 'D', 'E'}, &w),
               TSM_KEY_REFUSED);
    assert_err(vault_export_block(party(), &(struct block_export){"kbpk-des", "sens", 'B', 'S'}, &w),
               TSM_KEY_REFUSED);
    assert_ok(vault_export_block(party(), &(struct block_export){"kbpk", "sens", 'D', 'S'}, &w));
}

/* As a crash leaves it between the objects of one key: the policy, the left half of a CVK, not the key. */
static void what_is_left_of_half_a_key_goes(void **state)
{
    static const char cvk[] = "0123456789ABCDEFFEDCBA9876543212";
    const struct head head = {'B', "C0", 'T', 'G', 'N'};
    struct cvv_input in = {"5413330089010434", "3012", "201"};
    char cvv[CVV_ROOM];
    bool whole = false;
    (void)state;
    assert_ok(take("half", head, cvk));
    assert_ok(vault_settle_key(party(), "half", &whole));
    assert_true(whole);
    assert_ok(vault_emv_cvv(party(), "half", in, cvv));
    assert_ok(token_destroy(party()->token, "half"));
    assert_err(take("half", head, cvk), TSM_UNIQUE);
    assert_ok(vault_settle_key(party(), "half", &whole));
    assert_false(whole);
    assert_ok(take("half", head, cvk));
    assert_ok(vault_settle_key(party(), "never", &whole));
    assert_false(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_block_comes_in_under_the_tokens_key),
        cmocka_unit_test(a_flipped_head_leaves_no_key_behind),
        cmocka_unit_test(a_master_without_a_block_protects_none),
        cmocka_unit_test(an_issuer_master_derives_and_nothing_else),
        cmocka_unit_test(blocks_that_the_rules_forbid_are_refused),
        cmocka_unit_test(a_key_that_may_leave_comes_back_the_same),
        cmocka_unit_test(a_sensitive_key_does_not_become_freer),
        cmocka_unit_test(what_is_left_of_half_a_key_goes),
    };
    return cmocka_run_group_tests_name("vault/block", tests, rig_setup, rig_teardown);
}
