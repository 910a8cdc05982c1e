/* SPDX-License-Identifier: Apache-2.0 */
/* From a sealed card record to groupings under the DEK of the card. Unit test of vault/operation/perso.c. */
#include "vault/operation/perso.h"

#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "scan.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"
#include "vault/keys/emv.h"
#include "vault/keys/master.h"

enum { ID = 12, BOX = 4096 };
static const char *const keys_128[] = {"404142434445464748494A4B4C4D4E4F", "404142434445464748494A4B4C4D4E4F",
                                       "0F0E0D0C0B0A09080706050403020100"};
static const struct keyset_form scp80_form = {PROTOCOL_SCP80, 1, CIPHER_AES, 16};

static const char card[] =
    "{\"pan\":\"5413330089010434\",\"psn\":\"01\",\"expiry\":\"3012\",\"effective\":\"2611\","
    "\"service_code\":\"201\",\"cardholder\":\"DEMO/CUSTOMER\",\"card_ref\":\"ref-1\"}";

static const char profile_json[] =
    "{\"name\":\"test\",\"scheme\":\"test\",\"label\":\"TEST\",\"aid\":\"A0000000041010\",\"derivation\":"
    "\"A\","
    "\"keys\":{\"ac\":\"p-ac\",\"mac\":\"p-mac\",\"enc\":\"p-enc\",\"cvk\":\"p-cvk\"},"
    "\"application\":[{\"id\":\"0101\",\"value\":\"70( 57({track2}) 5F20({cardholder}) )\"},"
    "{\"id\":\"8000\",\"encrypted\":true,\"value\":\"{udk_ac}{udk_mac}{udk_enc}\"},"
    "{\"id\":\"8010\",\"encrypted\":true,\"value\":\"241234FFFFFFFFFF\"},"
    "{\"id\":\"9000\",\"value\":\"{kcv_ac}{kcv_mac}{kcv_enc}\"}],"
    "\"ppse\":[{\"id\":\"9102\",\"value\":\"A5( 50({label}) )\"}]}";

static struct emv_profile *profile(void)
{
    static struct emv_profile p;
    assert_ok(emv_profile_read(bytes_of_text(profile_json), &p));
    return &p;
}

static struct bytes jwe_of(struct vault_party *p, const char *text)
{
    static uint8_t box[BOX];
    struct writer w = WRITER(box);
    json_t *jwk = NULL;
    assert_ok(vault_public_jwk(p, VAULT_KEY_INTAKE, &jwk));
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text(text), NULL}, &w));
    json_decref(jwk);
    return written(&w);
}

static void need_masters(struct vault_party *p)
{
    static const char *const names[] = {"p-ac", "p-mac", "p-enc"};
    bool there = false;
    assert_ok(vault_has_key(p, "p-cvk", &there));
    if (there)
        return;
    for (size_t i = 0; i < 3; i++)
        assert_ok(vault_generate_master(p, names[i], MASTER_TDES, 16));
    assert_ok(vault_generate_master(p, "p-cvk", MASTER_CVK, CVK_LEN));
}

static void a_card_record_is_judged_and_shown_masked(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct card_order o = {jwe_of(p, card), "2611", bytes_of_text("product|se-1")};
    struct card_facts a, b;
    (void)state;
    assert_ok(vault_card_judge(p, &o, &a));
    assert_string_equal(a.masked, "541333******0434");
    assert_string_equal(a.card_ref, "ref-1");
    assert_ok(vault_card_judge(p, &o, &b));
    assert_memory_equal(a.duplicate, b.duplicate, sizeof a.duplicate);
    o.within = bytes_of_text("product|se-2");
    assert_ok(vault_card_judge(p, &o, &b));
    assert_memory_not_equal(a.duplicate, b.duplicate, sizeof a.duplicate);
    o.yymm = "3101";
    assert_err(vault_card_judge(p, &o, &b), TSM_EXPIRED);
}

static void a_bad_card_record_names_its_field_and_not_its_value(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct card_order o = {.yymm = "2611"};
    struct card_facts f;
    char bad[sizeof card];
    (void)state;
    memcpy(bad, card, sizeof bad);
    *strstr(bad, "0434") = '1';
    o.jwe = jwe_of(p, bad);
    assert_err(vault_card_judge(p, &o, &f), TSM_BAD_VALUE);
    assert_string_equal(err_field(), "pan");
    assert_null(strstr(err_cause(), "541333"));
}

static void decrypt(struct bytes in, uint8_t *out)
{
    struct crypto *c;
    struct cipher_key dek;
    assert_ok(crypto_new(&c));
    assert_ok(crypto_key(c, CIPHER_AES, HEX(keys_128[KEY_DEK]), &dek));
    assert_ok(crypto_cbc(&dek, DECRYPT, NULL, in, out));
    crypto_free(c);
}

static void the_groupings_of_a_card_are_made(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct perso_order o = {
        profile(), PERSO_APPLICATION, jwe_of(p, card), {rig_keyset(p, ID, scp80_form, keys_128), NULL}, NULL};
    uint8_t box[BOX], clear[64];
    struct writer w = WRITER(box);
    struct emv_perso made;
    struct secret udk;
    struct emv_card_id id = {"5413330089010434", "01"};
    (void)state;
    need_masters(p);
    assert_ok(vault_personalise(p, &o, &w, &made));
    assert_int_equal(made.count, 4);
    assert_int_equal(made.at[0].value.at[0], 0x70);
    assert_true(made.at[1].encrypted);
    assert_int_equal(made.at[1].value.len, 48);
    decrypt(made.at[1].value, clear);
    assert_ok(vault_emv_udk(p, "p-mac", EMV_OPTION_A, id, &udk));
    assert_memory_equal(clear + 16, udk.at, 16);
    decrypt(made.at[2].value, clear);
    assert_hex(BYTES_OF(clear, 16), "241234FFFFFFFFFF8000000000000000");
    assert_int_equal(made.at[3].value.len, 9);
}

static void no_card_key_is_left_after_a_personalisation(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct perso_order o = {
        profile(), PERSO_APPLICATION, jwe_of(p, card), {rig_keyset(p, ID, scp80_form, keys_128), NULL}, NULL};
    uint8_t box[BOX];
    struct writer w = WRITER(box);
    struct emv_perso made;
    struct secret udk;
    struct needle n;
    (void)state;
    need_masters(p);
    assert_ok(vault_emv_udk(p, "p-ac", EMV_OPTION_A, (struct emv_card_id){"5413330089010434", "01"}, &udk));
    n = needle_of(udk.at);
    secret_wipe(&udk);
    assert_ok(vault_personalise(p, &o, &w, &made));
    assert_int_equal(needle_count(&n), 0);
}

static void the_ppse_needs_no_card(void **state)
{
    struct vault_party *p = rig_party("bank");
    struct perso_order o = {
        profile(), PERSO_PPSE, BYTES_NONE, {rig_keyset(p, ID, scp80_form, keys_128), NULL}, NULL};
    uint8_t box[BOX];
    struct writer w = WRITER(box);
    struct emv_perso made;
    (void)state;
    assert_ok(vault_personalise(p, &o, &w, &made));
    assert_int_equal(made.count, 1);
    assert_hex(made.at[0].value, "A506500454455354");
}

static void a_personalisation_that_fails_leaves_nothing(void **state)
{
    struct vault_party *p = rig_party("bank"), *other = rig_party("operator");
    struct perso_order o = {
        profile(), PERSO_APPLICATION, jwe_of(p, card), {rig_keyset(p, ID, scp80_form, keys_128), NULL}, NULL};
    uint8_t box[BOX];
    struct writer w = {box, 0, 60};
    struct emv_perso made;
    (void)state;
    need_masters(p);
    assert_err(vault_personalise(p, &o, &w, &made), TSM_NO_ROOM);
    assert_int_equal(w.len, 0);
    o.dek.keys.id++;
    w.cap = sizeof box;
    assert_err(vault_personalise(p, &o, &w, &made), TSM_MAC_WRONG);
    assert_true(vault_personalise(other, &o, &w, &made) != TSM_OK);
    assert_int_equal(w.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_record_is_judged_and_shown_masked),
        cmocka_unit_test(a_bad_card_record_names_its_field_and_not_its_value),
        cmocka_unit_test(the_groupings_of_a_card_are_made),
        cmocka_unit_test(no_card_key_is_left_after_a_personalisation),
        cmocka_unit_test(the_ppse_needs_no_card),
        cmocka_unit_test(a_personalisation_that_fails_leaves_nothing),
    };
    return cmocka_run_group_tests_name("perso", tests, rig_setup, rig_teardown);
}
