/* SPDX-License-Identifier: Apache-2.0 */
/* Key check values, diversification, key wrapping, PUT KEY and keys by STORE DATA. Unit test of gp/content.
 */
#include <stdlib.h>
#include <string.h>

#include "gp/command/put_key.h"
#include "gp/content/dgi.h"
#include "gp/keys/diversify.h"
#include "gp/keys/storekeys.h"
#include "gp/keys/wrapkey.h"
#include "rig.h"

enum { ROOM = 512 };

static const char factory[] = "404142434445464748494A4B4C4D4E4F";
static const char reversed[] = "0F0E0D0C0B0A09080706050403020100";

/* sources: GPCS B.6 with the factory key as printed by martinpaljak/GlobalPlatformPro; osmocom/pysim
 * test_globalplatform.py */
static void check_values_are_the_published_ones(void **state)
{
    static const struct {
        enum cipher_alg alg;
        const char *key, *kcv;
    } rows[] = {{CIPHER_TDES, factory, "8BAF47"},
                {CIPHER_AES, factory, "504A77"},
                {CIPHER_AES, "101112131415161718191A1B1C1D1E1F", "013808"},
                {CIPHER_AES, "202122232425262728292A2B2C2D2E2F", "840DE5"},
                {CIPHER_AES, "7C5E0EB1D8F19C63D51CFD20174D8F903C5C0AB035FB1F81", "1DE8EA"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cipher_key key = key_of(rows[i].alg, rows[i].key);
        uint8_t kcv[GP_KCV_LEN];
        assert_ok(gp_kcv(&key, GP_KCV_STANDARD, kcv));
        assert_hex(BYTES(kcv), rows[i].kcv);
    }
}

/* AES-128 of a zero block under a zero key: FIPS 197 known answer 66E94B.. */
static void the_vendor_rule_takes_a_block_of_zeros(void **state)
{
    struct cipher_key key = key_of(CIPHER_AES, "00000000000000000000000000000000");
    uint8_t kcv[GP_KCV_LEN];
    (void)state;
    assert_ok(gp_kcv(&key, GP_KCV_AES_ZERO, kcv));
    assert_hex(BYTES(kcv), "66E94B");
}

/* source: martinpaljak/GlobalPlatformPro TestPlaintextKeys.java; KDD 00..09 */
static void card_keys_are_the_published_ones(void **state)
{
    static const struct {
        const char *method, *master, *key;
        enum gp_key_id kid;
    } rows[] = {
        {"emv", factory, "0EF59FCBF8019B62E62AF6EA20B8BF25", GP_KEY_ENC},
        {"emv", factory, "64021E43C0C7D264A1C7C6D01E1C8761", GP_KEY_DEK},
        {"visa2", factory, "8510FC973208218CA86888BCEC203635", GP_KEY_ENC},
        {"visa2", factory, "1068B5FB6F06C78C7A4DFC343B21C78F", GP_KEY_MAC},
        {"kdf3", factory, "808BC985A1069AD2A9AC94E0FE7B8843", GP_KEY_ENC},
        {"kdf3", "404142434445464748494A4B4C4D4E4F5051525354555657",
         "DBCAADD8612534A5428BB2ECC61C734C7F214510E31F07E2", GP_KEY_MAC},
        {"kdf3", "404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F",
         "2E4446700FA96B1010D2E5DA69E6BE3AF2431D4E27EB4B77D9239509899A358C", GP_KEY_DEK},
        {"none", factory, factory, GP_KEY_ENC},
    };
    struct octets kdd = octets_of("00010203040506070809");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum gp_kdf method;
        struct cipher_key master;
        struct secret out;
        assert_ok(gp_kdf_of_name(rows[i].method, &method));
        master = key_of(method == GP_KDF_KDF3 ? CIPHER_AES : CIPHER_TDES, rows[i].master);
        assert_ok(gp_diversify(method, &master, kdd.at, rows[i].kid, &out));
        assert_hex(secret_bytes(&out), rows[i].key);
    }
}

static void a_master_of_the_wrong_kind_is_refused(void **state)
{
    struct cipher_key aes = key_of(CIPHER_AES, factory), tdes = key_of(CIPHER_TDES, factory);
    struct cipher_key in_token = {.alg = CIPHER_AES, .handle = 7, .value = {.len = 16}};
    struct octets kdd = octets_of("00010203040506070809");
    struct secret out = {.len = 99};
    enum gp_kdf method;
    (void)state;
    assert_err(gp_diversify(GP_KDF_EMV, &aes, kdd.at, GP_KEY_ENC, &out), TSM_KEY_REFUSED);
    assert_err(gp_diversify(GP_KDF_KDF3, &tdes, kdd.at, GP_KEY_ENC, &out), TSM_KEY_REFUSED);
    assert_err(gp_diversify(GP_KDF_NONE, &in_token, kdd.at, GP_KEY_ENC, &out), TSM_KEY_REFUSED);
    assert_err(gp_diversify((enum gp_kdf)9, &aes, kdd.at, GP_KEY_ENC, &out), TSM_BAD_VALUE);
    assert_int_equal(out.len, 99);
    assert_err(gp_kdf_of_name("visa1", &method), TSM_NOT_FOUND);
}

/* sources: kaoh/globalplatform storeDataTest.c (AES-256 under AES-256); martinpaljak/GlobalPlatformPro and
 * ievkh/scll-rust (TDES, session DEK of sequence 0000) */
static void keys_are_wrapped_as_published(void **state)
{
    struct cipher_key aes =
        key_of(CIPHER_AES, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
    struct cipher_key tdes = key_of(CIPHER_TDES, "E11987EE331B417A5D67D760692F89D4");
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(gp_wrap_key(&aes, HEX("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"), &w));
    assert_hex(written(&w), "5A6E045708FB7196F02E553D02C3A692C77147EBD5121DE8D0FAE7762423B6BF");
    w.len = 0;
    assert_ok(gp_wrap_key(&tdes, HEX(factory), &w));
    assert_hex(written(&w), "EFBEE6C6D99D7B70BDE9D7E927F020AF");
    assert_err(gp_wrap_key(&aes, BYTES_NONE, &w), TSM_BAD_LENGTH);
}

static enum tsm_err refuse(const struct cipher_key *k, enum cipher_dir dir, const uint8_t *iv,
                           struct bytes in, uint8_t *out)
{
    (void)k, (void)dir, (void)iv, (void)in, (void)out;
    return FAIL(TOKEN_FAILED, "the token is out of order");
}

static void a_failed_wrap_leaves_no_key_in_the_buffer(void **state)
{
    struct cipher_key dek = key_of(CIPHER_AES, factory);
    struct cipher_ops ops = *dek.ops;
    uint8_t out[ROOM] = {0}, nothing[ROOM] = {0};
    struct writer w = WRITER(out);
    (void)state;
    ops.cbc = refuse;
    dek.ops = &ops;
    assert_err(gp_wrap_key(&dek, HEX(reversed), &w), TSM_TOKEN_FAILED);
    assert_int_equal(w.len, 0);
    assert_memory_equal(out, nothing, sizeof out);
}

static struct gp_new_keys triple(enum gp_key_layout layout, struct octets *hold)
{
    struct bytes value;
    *hold = octets_of(reversed);
    value = octets_bytes(hold);
    return (struct gp_new_keys){
        .kvn = 0x31, .alg = CIPHER_AES, .layout = layout, .count = 3, .value = {value, value, value}};
}

/* sources: recorded from martinpaljak/GlobalPlatformPro --lock (Table 11-70) and kaoh/globalplatform gpshell3
 * put_auth (Table 11-71), new key version 31 and 32 */
static void put_key_is_the_recorded_command_in_both_layouts(void **state)
{
    struct cipher_key dek = key_of(CIPHER_AES, factory);
    struct octets hold;
    struct gp_new_keys keys = triple(GP_LAYOUT_LENGTH_INSIDE, &hold);
    uint8_t out[ROOM], due[PUTKEY_ANSWER_MAX];
    struct writer w = WRITER(out), d = WRITER(due);
    (void)state;
    assert_ok(put_key_write(&(struct put_key){0, 1, &keys}, &dek, &w, &d));
    assert_hex(written(&w), "80D8008146 31 881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
                            "881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
                            "881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA 00");
    assert_hex(written(&d), "31C1CCDAC1CCDAC1CCDA");
    keys = triple(GP_LAYOUT_BARE, &hold);
    keys.kvn = 0x32;
    w.len = d.len = 0;
    assert_ok(put_key_write(&(struct put_key){0, 1, &keys}, &dek, &w, &d));
    assert_hex(written(&w), "80D8008143 32 8810FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
                            "8810FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA"
                            "8810FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA 00");
}

static void a_24_octet_key_has_its_length_inside_in_either_layout(void **state)
{
    struct cipher_key dek = key_of(CIPHER_AES, factory);
    struct octets value = octets_of("404142434445464748494A4B4C4D4E4F5051525354555657");
    (void)state;
    for (int layout = 0; layout < 2; layout++) {
        struct gp_new_keys keys = {
            .kvn = 1, .alg = CIPHER_AES, .layout = (enum gp_key_layout)layout, .count = 1};
        uint8_t out[ROOM], due[PUTKEY_ANSWER_MAX];
        struct writer w = WRITER(out), d = WRITER(due);
        struct reader r;
        struct gp_key_field field;
        keys.value[0] = octets_bytes(&value);
        assert_ok(putkey_write(&keys, &dek, &w, &d));
        assert_hex(BYTES_OF(out, 4), "01 88 21 18");
        assert_int_equal(w.len, 1 + 2 + 1 + 32 + 4);
        r = (struct reader){BYTES_OF(out + 1, w.len - 1)};
        assert_ok(putkey_next(&r, &field));
        assert_int_equal(field.clear_len, 24);
        assert_int_equal(r.left.len, 0);
    }
}

/* TDES: 80 10, the key under ECB, 03, its check value; replaced at the same version, P2 names a single key.
 */
static void a_TDES_key_has_no_length_inside(void **state)
{
    struct cipher_key dek = key_of(CIPHER_TDES, "E11987EE331B417A5D67D760692F89D4");
    struct octets value = octets_of(factory);
    struct gp_new_keys keys = {.kvn = 0x20, .alg = CIPHER_TDES, .count = 1, .value = {octets_bytes(&value)}};
    uint8_t out[ROOM], due[PUTKEY_ANSWER_MAX];
    struct writer w = WRITER(out), d = WRITER(due);
    (void)state;
    assert_ok(put_key_write(&(struct put_key){0x20, 3, &keys}, &dek, &w, &d));
    assert_hex(written(&w), "80D8200317 20 8010EFBEE6C6D99D7B70BDE9D7E927F020AF038BAF47 00");
}

static void key_sets_that_no_card_takes_are_refused(void **state)
{
    struct cipher_key dek = key_of(CIPHER_AES, factory);
    struct octets hold, odd = octets_of("00112233");
    struct gp_new_keys keys = triple(GP_LAYOUT_BARE, &hold);
    uint8_t out[ROOM], due[PUTKEY_ANSWER_MAX];
    struct writer w = WRITER(out), d = WRITER(due);
    (void)state;
    keys.kvn = 0x80;
    assert_err(putkey_write(&keys, &dek, &w, &d), TSM_BAD_VALUE);
    keys.kvn = 0x00;
    assert_err(putkey_write(&keys, &dek, &w, &d), TSM_BAD_VALUE);
    keys.kvn = 0x01;
    keys.count = 4;
    assert_err(putkey_write(&keys, &dek, &w, &d), TSM_BAD_VALUE);
    keys.count = 3;
    keys.value[1] = octets_bytes(&odd);
    assert_err(putkey_write(&keys, &dek, &w, &d), TSM_BAD_LENGTH);
    keys.value[0] = keys.value[2] = keys.value[1];
    assert_err(putkey_write(&keys, &dek, &w, &d), TSM_BAD_LENGTH);
    keys = triple(GP_LAYOUT_BARE, &hold);
    assert_ok(put_key_write(&(struct put_key){0, 0x7D, &keys}, &dek, &w, &d)); /* identifiers 7D to 7F */
    w.len = d.len = 0;
    assert_err(put_key_write(&(struct put_key){0, 0x7E, &keys}, &dek, &w, &d), TSM_BAD_VALUE);
    assert_err(put_key_write(&(struct put_key){0x80, 1, &keys}, &dek, &w, &d), TSM_BAD_VALUE);
    assert_int_equal(w.len, 0);
    assert_int_equal(d.len, 0);
}

static void the_answer_to_put_key_must_prove_every_key(void **state)
{
    struct octets due = octets_of("31C1CCDAC1CCDA504A77"), got = due;
    (void)state;
    assert_ok(putkey_check_answer(octets_bytes(&got), octets_bytes(&due)));
    for (size_t bit = 0; bit < 8 * got.len; bit++) {
        got.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_err(putkey_check_answer(octets_bytes(&got), octets_bytes(&due)), TSM_KCV_WRONG);
        got.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < got.len; n++)
        assert_err(putkey_check_answer(BYTES_OF(got.at, n), octets_bytes(&due)), TSM_SHORT_INPUT);
    got.len++;
    assert_err(putkey_check_answer(octets_bytes(&got), octets_bytes(&due)), TSM_TRAILING_BYTES);
}

static void public_keys_go_in_clear(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(putkey_write_ecc_public(0x70, HEX("04 0102 0304"), 0x00, &w));
    assert_hex(written(&w), "70 B0050401020304 F00100 00");
    w.len = 0;
    assert_ok(putkey_write_rsa_public(0x71, HEX("C1C2C3"), HEX("010001"), &w));
    assert_hex(written(&w), "71 A103C1C2C3 A003010001 00");
    assert_err(putkey_write_ecc_public(0x70, HEX("02 0102"), 0x00, &w), TSM_BAD_VALUE); /* compressed */
}

static struct store_keys set_of(enum storekeys_dialect dialect, struct octets hold[3])
{
    /* source: kaoh/globalplatform storeDataTest.c test_build_store_data_keys_scp03_aes128 */
    static const char *const values[] = {"404142434445464748494A4B4C4D4E4F",
                                         "505152535455565758595A5B5C5D5E5F",
                                         "606162636465666768696A6B6C6D6E6F"};
    static const uint16_t usages[] = {KEY_USAGE_C_ENC_R_ENC, KEY_USAGE_C_MAC_R_MAC, KEY_USAGE_C_DEK_R_DEK};
    struct store_keys keys = {
        .dialect = dialect, .kvn = 1, .access = 1, .purpose = 3, .alg = CIPHER_AES, .key_len = 16};
    keys.count = 3;
    for (size_t i = 0; i < 3; i++) {
        hold[i] = octets_of(values[i]);
        keys.key[i] =
            (struct store_key){.kid = (uint8_t)(i + 1), .usage = usages[i], .value = octets_bytes(&hold[i])};
    }
    return keys;
}

static void keys_by_store_data_are_the_published_ones(void **state)
{
    static struct octets hold[3];
    struct cipher_key dek = key_of(CIPHER_AES, "000102030405060708090A0B0C0D0E0F");
    struct store_keys keys = set_of(STOREKEYS_SHARED, hold);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(storekeys_write(&keys, &dek, &w));
    assert_hex(written(&w), "00B930B71080018881011083010196010197020003B9088201018403504A77B9088201028403F2A8"
                            "DFB9088201038403D7D0E4"
                            "811310D533E59B45A153ED7E5E9C5DFCFD4AAA8113103EF0B1A5E3059DAB21FCE23A7B61C4CA8113"
                            "10ADDE68F7AD497268D31A"
                            "0DDD5C74B08F");
}

/* Table 11-92: all attributes with each key. */
static void the_older_dialect_repeats_the_attributes(void **state)
{
    static struct octets hold[3];
    struct cipher_key dek = key_of(CIPHER_AES, "000102030405060708090A0B0C0D0E0F");
    struct store_keys keys = set_of(STOREKEYS_EACH, hold), back;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(storekeys_write(&keys, &dek, &w));
    assert_hex(BYTES_OF(out, 3 + 25), "00B94B B917 950138 960101 800188 810110 820101 830101 8403504A77");
    assert_ok(storekeys_read(written(&w), &back));
    assert_int_equal(back.dialect, STOREKEYS_EACH);
    assert_int_equal(back.count, 3);
    assert_int_equal(back.kvn, 1);
    assert_int_equal(back.key_len, 16);
    assert_int_equal(back.key[2].usage, KEY_USAGE_C_DEK_R_DEK);
    assert_hex(BYTES(back.key[1].kcv), "F2A8DF");
    assert_hex(back.key[0].value, "D533E59B45A153ED7E5E9C5DFCFD4AAA");
}

static enum tsm_err read_keys(struct bytes in)
{
    struct store_keys keys;
    return storekeys_read(in, &keys);
}

static void cut_or_longer_keys_by_store_data_are_refused(void **state)
{
    (void)state;
    assert_refuses_prefixes_and_tail(read_keys, "00B91CB71080018881011083010196010197027003B908820101840361DD"
                                                "C3811310A0CCF098A39DD26541068A6E945F2938");
    assert_err(read_keys(HEX("00B800")), TSM_BAD_VALUE);
}

static void groupings_have_a_length_of_one_or_three_octets(void **state)
{
    static uint8_t value[300], out[ROOM];
    static const size_t lengths[] = {0, 1, 254, 255, 300}, coded[] = {1, 1, 1, 3, 3};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct writer w = WRITER(out);
        struct reader r;
        struct dgi d;
        assert_ok(dgi_write(&w, 0x0101, BYTES_OF(value, lengths[i])));
        assert_int_equal(w.len, 2 + coded[i] + lengths[i]);
        r = (struct reader){written(&w)};
        assert_ok(dgi_next(&r, &d));
        assert_int_equal(d.id, 0x0101);
        assert_int_equal(d.value.len, lengths[i]);
        for (size_t n = 0; n < w.len; n++) {
            struct reader cut = {BYTES_OF(out, n)};
            assert_err(dgi_next(&cut, &d), TSM_SHORT_INPUT);
            assert_int_equal(cut.left.len, n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_values_are_the_published_ones),
        cmocka_unit_test(the_vendor_rule_takes_a_block_of_zeros),
        cmocka_unit_test(card_keys_are_the_published_ones),
        cmocka_unit_test(a_master_of_the_wrong_kind_is_refused),
        cmocka_unit_test(keys_are_wrapped_as_published),
        cmocka_unit_test(a_failed_wrap_leaves_no_key_in_the_buffer),
        cmocka_unit_test(put_key_is_the_recorded_command_in_both_layouts),
        cmocka_unit_test(a_24_octet_key_has_its_length_inside_in_either_layout),
        cmocka_unit_test(a_TDES_key_has_no_length_inside),
        cmocka_unit_test(key_sets_that_no_card_takes_are_refused),
        cmocka_unit_test(the_answer_to_put_key_must_prove_every_key),
        cmocka_unit_test(public_keys_go_in_clear),
        cmocka_unit_test(keys_by_store_data_are_the_published_ones),
        cmocka_unit_test(the_older_dialect_repeats_the_attributes),
        cmocka_unit_test(cut_or_longer_keys_by_store_data_are_refused),
        cmocka_unit_test(groupings_have_a_length_of_one_or_three_octets),
    };
    return cmocka_run_group_tests_name("gp/keys", tests, rig_setup, rig_teardown);
}
