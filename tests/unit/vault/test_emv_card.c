/* SPDX-License-Identifier: Apache-2.0 */
/* Cards with offline authentication, a PIN and values that their issuer prepared: made in the vault, judged
 * here as a terminal judges them. Unit test of vault/emv and of its part in vault/operation/perso.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ber.h"
#include "base/hex.h"
#include "rig.h"
#include "vault/block/block.h"
#include "vault/emv/emv.h"
#include "vault/emv/inside.h"
#include "vault/jose/jwe.h"
#include "vault/jose/jwk.h"
#include "vault/keys/master.h"
#include "vault/operation/perso.h"

enum { ID = 12, BOX = 8192 };
static const char *const keys_128[] = {"404142434445464748494A4B4C4D4E4F", "404142434445464748494A4B4C4D4E4F",
                                       "0F0E0D0C0B0A09080706050403020100"};
static const struct keyset_form scp80_form = {PROTOCOL_SCP80, 1, CIPHER_AES, 16};
static const char zpk_hex[] = "9E15204313F7318ACB79B90BD986AD29",
                  tk_hex[] = "0123456789ABCDEFFEDCBA9876543210";

static struct vault_party *party(void)
{
    struct vault_party *p = rig_party("chip");
    bool there;
    assert_ok(vault_has_key(p, "scheme-ca", &there));
    if (there)
        return p;
    assert_ok(vault_generate_master(p, "scheme-ca", MASTER_RSA_CARD, 176));
    assert_ok(vault_generate_master(p, "issuer-rsa", MASTER_RSA_CARD, 144));
    assert_ok(vault_generate_master(p, "imk", MASTER_TDES, 16));
    assert_ok(vault_import_master(p, "zpk", MASTER_TDES, HEX(zpk_hex)));
    assert_ok(vault_generate_master(p, "zpk-aes", MASTER_AES, 32));
    assert_ok(vault_import_master(p, "tk", MASTER_TDES, HEX(tk_hex)));
    return p;
}

static struct issuer_certificate certificate(struct vault_party *p, uint8_t room[VAULT_ISSUER_ROOM])
{
    static const struct issuer_order order = {
        "scheme-ca", "issuer-rsa", {0x54, 0x13, 0x33, 0xFF}, {0x12, 0x30}, {0, 0, 1}};
    struct writer w = {room, 0, VAULT_ISSUER_ROOM};
    struct issuer_certificate made;
    assert_ok(vault_certify_issuer(p, &order, &w, &made));
    return made;
}

static struct emv_profile *profile(const struct issuer_certificate *c)
{
    static struct emv_profile p;
    static char text[4096], certificate[2 * ODA_MODULUS_MAX + 1], remainder[2 * ODA_MODULUS_MAX + 1];
    snprintf(
        text, sizeof text,
        "{\"name\":\"chip\",\"scheme\":\"test\",\"label\":\"CHIP\",\"aid\":\"F04F54534D0101\",\"derivation\":"
        "\"A\",\"keys\":{\"ac\":\"imk\",\"pin\":\"zpk\"},"
        "\"oda\":{\"issuer\":\"issuer-rsa\",\"icc_bits\":1024,\"ca_index\":\"92\",\"dac\":\"DAC1\","
        "\"certificate\":\"%s\",\"remainder\":\"%s\",\"exponent\":\"010001\"},"
        "\"application\":[{\"id\":\"0101\",\"value\":\"70( 5A({pan}) 5F24({expiry}) 9F4A(82) )\"},"
        "{\"id\":\"0201\",\"value\":\"70( 93({ssad}) )\"},"
        "{\"id\":\"0202\",\"value\":\"70( 9F46({icc_certificate}) 9F48({icc_remainder}) 9F47({icc_exponent}) "
        ")\"},"
        "{\"id\":\"9104\",\"value\":\"82(7800) 94(0801010110010200)\"},"
        "{\"id\":\"8201\",\"encrypted\":true,\"value\":\"{icc_qinv}\"},"
        "{\"id\":\"8204\",\"encrypted\":true,\"value\":\"{icc_q}\"},"
        "{\"id\":\"8205\",\"encrypted\":true,\"value\":\"{icc_p}\"},"
        "{\"id\":\"8010\",\"encrypted\":true,\"value\":\"{pin_block}\"},"
        "{\"id\":\"8400\",\"encrypted\":true,\"value\":\"{prepared}\"}]}",
        hex_text(c->certificate.signature, certificate), hex_text(c->certificate.remainder, remainder));
    assert_ok(emv_profile_read(bytes_of_text(text), &p));
    return &p;
}

static struct bytes sealed(struct vault_party *p, const char *pin_block, const char *value)
{
    static uint8_t box[BOX];
    struct writer w = WRITER(box);
    json_t *jwk = NULL;
    char text[1024];
    snprintf(
        text, sizeof text,
        "{\"pan\":\"5413330089010434\",\"psn\":\"01\",\"expiry\":\"3012\",\"effective\":\"2611\","
        "\"service_code\":\"201\",\"cardholder\":\"DEMO/CUSTOMER\",\"pin_block\":\"%s\",\"pin_format\":0,"
        "\"transport_key\":\"tk\",\"groupings\":[{\"id\":\"8400\",\"encrypted\":true,\"value\":\"%s\"}]}",
        pin_block, value);
    assert_ok(vault_public_jwk(p, VAULT_KEY_INTAKE, &jwk));
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text(text), NULL}, &w));
    json_decref(jwk);
    return written(&w);
}

static void under(enum cipher_alg alg, const char *key, enum cipher_dir dir, struct bytes in, uint8_t *out)
{
    struct crypto *c;
    struct cipher_key k;
    assert_ok(crypto_new(&c));
    assert_ok(crypto_key(c, alg, HEX(key), &k));
    assert_ok(alg == CIPHER_TDES ? crypto_ecb(&k, dir, in, out) : crypto_cbc(&k, dir, NULL, in, out));
    crypto_free(c);
}

/* The PIN block of 1234 under the zone's key, in hex. */
static const char *pin_block(void)
{
    static char text[2 * PIN_BLOCK + 1];
    struct pin pin = {"1234"};
    uint8_t block[PIN_BLOCK];
    assert_ok(pin_block_write(PIN_ISO_0, &pin, (struct pin_fill){"5413330089010434", NULL}, block));
    under(CIPHER_TDES, zpk_hex, ENCRYPT, BYTES(block), block);
    return hex_text(BYTES(block), text);
}

static struct emv_perso make(struct bytes jwe, const struct emv_profile *profile, uint8_t box[BOX])
{
    struct vault_party *p = party();
    struct perso_order o = {
        profile, PERSO_APPLICATION, jwe, {rig_keyset(p, ID, scp80_form, keys_128), NULL}, NULL};
    struct writer w = {box, 0, BOX};
    struct emv_perso made;
    assert_ok(vault_personalise(p, &o, &w, &made));
    return made;
}

static struct bytes tag_in(struct bytes list, uint32_t tag)
{
    struct reader r = READER(list);
    struct ber object;
    while (r.left.len) {
        assert_ok(ber_read(&r, &object));
        if (object.tag == tag)
            return object.value;
    }
    fail_msg("no tag %X", (unsigned)tag);
    return BYTES_NONE;
}

static void a_terminal_recovers_the_whole_chain_of_a_card(void **state)
{
    uint8_t issuer_room[VAULT_ISSUER_ROOM], box[BOX], room[4 * ODA_MODULUS_MAX], dac[ODA_DAC];
    struct issuer_certificate c = certificate(party(), issuer_room);
    struct emv_perso made =
        make(sealed(party(), pin_block(), "00112233445566778899AABBCCDDEEFF"), profile(&c), box);
    struct bytes first = tag_in(made.at[0].value, 0x70), ssad = tag_in(tag_in(made.at[1].value, 0x70), 0x93),
                 third = tag_in(made.at[2].value, 0x70);
    struct writer w = WRITER(room), d;
    uint8_t data[256];
    struct oda_icc_evidence from;
    struct oda_key issuer, icc;
    SIGN_KEY ca = {0}, signer = {0};
    (void)state;
    assert_ok(sign_key_rsa(&(struct rsa_numbers){c.ca_modulus, c.ca_exponent, BYTES_NONE}, &ca));
    assert_ok(oda_read_issuer(&ca, c.certificate, c.exponent, &w, &issuer));
    assert_ok(sign_key_rsa(&(struct rsa_numbers){issuer.modulus, issuer.exponent, BYTES_NONE}, &signer));
    d = WRITER(data);
    assert_ok(write_span(&d, first));
    assert_ok(write_u16(&d, 0x7800));
    assert_ok(oda_read_static(&signer, ssad, written(&d), dac));
    assert_hex(BYTES(dac), "DAC1");
    from = (struct oda_icc_evidence){
        {tag_in(third, 0x9F46), tag_in(third, 0x9F48)}, tag_in(third, 0x9F47), written(&d)};
    assert_ok(oda_read_icc(&signer, &from, &w, &icc));
    assert_int_equal(icc.modulus.len, 128);
    assert_hex(icc.subject, "5413330089010434FFFF");
    assert_hex(BYTES(icc.expiry), "1230");
    data[3] ^= 1;
    assert_err(oda_read_static(&signer, ssad, written(&d), dac), TSM_MAC_WRONG);
}

static void pin_and_prepared_values_reach_the_card_under_its_own_key(void **state)
{
    uint8_t issuer_room[VAULT_ISSUER_ROOM], box[BOX], clear[256], cipher[16];
    struct issuer_certificate c = certificate(party(), issuer_room);
    struct octets value = octets_of("00112233445566778899AABBCCDDEEFF");
    char text[33];
    struct emv_perso made;
    (void)state;
    under(CIPHER_TDES, tk_hex, ENCRYPT, octets_bytes(&value), cipher);
    made = make(sealed(party(), pin_block(), hex_text(BYTES(cipher), text)), profile(&c), box);
    assert_int_equal(made.at[7].id, 0x8010);
    under(CIPHER_AES, keys_128[KEY_DEK], DECRYPT, made.at[7].value, clear);
    assert_hex(BYTES_OF(clear, 16), "241234FFFFFFFFFF8000000000000000");
    under(CIPHER_AES, keys_128[KEY_DEK], DECRYPT, made.at[8].value, clear);
    assert_hex(BYTES_OF(clear, 16), "00112233445566778899AABBCCDDEEFF");
}

static void a_pin_block_of_another_card_is_refused_by_its_name(void **state)
{
    uint8_t issuer_room[VAULT_ISSUER_ROOM], box[BOX];
    struct issuer_certificate c = certificate(party(), issuer_room);
    struct perso_order o = {profile(&c),
                            PERSO_APPLICATION,
                            sealed(party(), "0123456789ABCDEF", "00112233445566778899AABBCCDDEEFF"),
                            {rig_keyset(party(), ID, scp80_form, keys_128), NULL},
                            NULL};
    struct writer w = WRITER(box);
    struct emv_perso made;
    (void)state;
    assert_err(vault_personalise(party(), &o, &w, &made), TSM_BAD_VALUE);
    assert_string_equal(err_field(), "pin_block");
    assert_int_equal(w.len, 0);
}

/* Each as long as a grouping may be, all of them in one envelope. */
static void as_many_full_groupings_as_a_card_may_have_come_alone(void **state)
{
    char value[2 * CARD_GROUPING_MAX + 1], *text;
    uint8_t box[BOX], clear[BOX];
    struct writer w = WRITER(box), out = WRITER(clear);
    json_t *list = json_array(), *jwk = NULL, *record;
    (void)state;
    memset(value, 'A', sizeof value - 1);
    value[sizeof value - 1] = 0;
    for (int i = 0; i < CARD_GROUPINGS_MAX; i++)
        json_array_append_new(list, json_pack("{ss sb ss}", "id", "8400", "encrypted", 1, "value", value));
    text = json_dumps(list, 0);
    json_decref(list);
    assert_ok(vault_public_jwk(party(), VAULT_KEY_INTAKE, &jwk));
    assert_ok(vault_jwe_seal(jwk, (struct jwe_content){bytes_of_text(text), NULL}, &w));
    record = json_pack("{ss%}", "groupings", (const char *)box, w.len);
    free(text);
    text = json_dumps(record, JSON_COMPACT);
    assert_ok(record_open(party(), bytes_of_text(text), &out));
    json_decref(record);
    json_decref(jwk);
    free(text);
}

static void pin_blocks_go_from_zone_to_zone_and_never_back(void **state)
{
    uint8_t a[PIN_BLOCK_MAX], b[PIN_BLOCK_MAX], in[PIN_BLOCK];
    struct writer wa = WRITER(a), wb = WRITER(b);
    struct pin_translation t = {{"zpk", PIN_ISO_0}, {"zpk-aes", PIN_ISO_4}, "5413330089010434", BYTES(in)};
    size_t len;
    (void)state;
    assert_ok(hex_read(pin_block(), in, sizeof in, &len));
    assert_ok(vault_translate_pin(party(), &t, &wa));
    assert_int_equal(wa.len, PIN_BLOCK_4);
    t = (struct pin_translation){{"zpk-aes", PIN_ISO_4}, {"zpk-aes", PIN_ISO_4}, t.pan, written(&wa)};
    assert_ok(vault_translate_pin(party(), &t, &wb));
    t.pan = "5413330089010426";
    assert_err(vault_translate_pin(party(), &t, &wb), TSM_BAD_VALUE);
    t.to = (struct pin_zone){"zpk", PIN_ISO_0};
    assert_err(vault_translate_pin(party(), &t, &wb), TSM_NOT_ALLOWED);
    t = (struct pin_translation){{"zpk", PIN_ISO_0}, {"imk", PIN_ISO_3}, "5413330089010434", BYTES(in)};
    assert_ok(vault_generate_bound(party(), &(struct block_new){"only-in", {"P0", 'T', 'D', 'N'}, 16}, NULL));
    t.to.key = "only-in";
    assert_err(vault_translate_pin(party(), &t, &wb), TSM_KEY_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_recovers_the_whole_chain_of_a_card),
        cmocka_unit_test(pin_and_prepared_values_reach_the_card_under_its_own_key),
        cmocka_unit_test(a_pin_block_of_another_card_is_refused_by_its_name),
        cmocka_unit_test(as_many_full_groupings_as_a_card_may_have_come_alone),
        cmocka_unit_test(pin_blocks_go_from_zone_to_zone_and_never_back),
    };
    return cmocka_run_group_tests_name("vault/emv card", tests, rig_setup, rig_teardown);
}
