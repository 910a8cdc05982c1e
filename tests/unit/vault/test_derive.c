/* SPDX-License-Identifier: Apache-2.0 */
/* The operations with keys that a personalisation script may name, by published values; a card's own key that
 * is kept between two turns. Unit test of vault/emv. */
#include <string.h>

#include "rig.h"
#include "vault/emv/inside.h"
#include "vault/keys/master.h"

enum { ORDER = 77, BITS_1024 = 128 };

static struct bytes made(enum script_how how, const char *key, const char *with, const char *over)
{
    static uint8_t room[SHA256_LEN];
    struct script_derivation d = {.how = (int)how, .name = "x"};
    struct octets w = octets_of(with), o = octets_of(over);
    struct writer out = WRITER(room);
    snprintf(d.key, sizeof d.key, "%s", key);
    assert_ok(derive_for(rig_party("bank"), &d, (struct emv_card_id){NULL, NULL}, octets_bytes(&w),
                         octets_bytes(&o), &out));
    return written(&out);
}

static void published_values_come_out(void **state)
{
    struct octets master = octets_of("00112233445566778899AABBCCDDEEFF");
    (void)state;
    rig_need();
    /* NXP AN10922 2.2.1 */
    assert_ok(vault_import_master(rig_party("bank"), "div", MASTER_AES, octets_bytes(&master)));
    assert_hex(made(HOW_DIVERSIFY, "div", "", "04782E21801D803042F54E585020416275"),
               "A8DD63A3B89D54B37CA802473FDA9175");
    assert_hex(
        made(HOW_DIVERSIFY, "", "00112233445566778899AABBCCDDEEFF", "04782E21801D803042F54E585020416275"),
        "A8DD63A3B89D54B37CA802473FDA9175");
    /* RFC 4493 example 2 */
    assert_hex(made(HOW_CMAC, "", "2B7E151628AED2A6ABF7158809CF4F3C", "6BC1BEE22E409F96E93D7E117393172A"),
               "070A16B46B4D4144F79BDD9DD04A287C");
    /* RFC 4231 test case 1 */
    assert_hex(made(HOW_HMAC, "", "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", "4869205468657265"),
               "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7");
    assert_hex(made(HOW_KCV, "", "0123456789ABCDEFFEDCBA9876543210", ""), "08D7B4");
    assert_int_equal(made(HOW_MAC, "", "0123456789ABCDEFFEDCBA9876543210", "00").len, EMV_BLOCK);
}

static void the_houses_own_keys_derive_nothing(void **state)
{
    static const char *const own[] = {VAULT_KEK, VAULT_KEY_DUPLICATE, VAULT_KEY_INTAKE};
    uint8_t room[SHA256_LEN];
    (void)state;
    rig_need();
    for (size_t i = 0; i < 3; i++) {
        struct script_derivation d = {.how = HOW_DIVERSIFY, .name = "x"};
        struct octets over = octets_of("04782E21801D803042F54E585020416275");
        struct writer out = WRITER(room);
        snprintf(d.key, sizeof d.key, "%s", own[i]);
        assert_err(derive_for(rig_party("bank"), &d, (struct emv_card_id){NULL, NULL}, BYTES_NONE,
                              octets_bytes(&over), &out),
                   TSM_KEY_REFUSED);
    }
}

static void a_kept_pair_comes_back_and_no_changed_one(void **state)
{
    static struct icc_pair pair, back;
    static struct kept_key kept = {.order = ORDER};
    struct vault_party *p = rig_party("bank");
    (void)state;
    rig_need();
    assert_ok(icc_pair_make(BITS_1024, &pair));
    pair.certificate_len = pair.remainder_len = 3;
    assert_ok(kept_seal(p, &pair, &kept));
    assert_true(kept.fresh && kept.len);
    assert_ok(kept_open(p, &kept, &back));
    assert_memory_equal(&pair, &back, sizeof pair);
    for (size_t n = 0; n < kept.len; n += 7) {
        struct kept_key cut = kept;
        cut.blob[n] ^= 1;
        memset(&back, 0, sizeof back);
        assert_int_not_equal(kept_open(p, &cut, &back), TSM_OK);
        cut = kept;
        cut.len = n + 1;
        assert_int_not_equal(kept_open(p, &cut, &back), TSM_OK);
    }
    kept.order++;
    assert_err(kept_open(p, &kept, &back), TSM_MAC_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values_come_out),
        cmocka_unit_test(the_houses_own_keys_derive_nothing),
        cmocka_unit_test(a_kept_pair_comes_back_and_no_changed_one),
    };
    return cmocka_run_group_tests(tests, rig_setup, rig_teardown);
}
