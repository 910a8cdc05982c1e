/* SPDX-License-Identifier: Apache-2.0 */
/* Key blocks: published examples both ways, and every way to spoil one. Unit test of emv/keyblock. Published
 * values: openemv/tr31 test/tr31_decrypt_test.c (payShield 10k examples), ANSI X9.143 annex A as printed
 * there. */
#include <string.h>

#include "../vectors.h"
#include "emv/keyblock/keyblock.h"
#include "emv/keyblock/rules.h"
#include "emv_keys.h"

static struct bytes text_of(const char *s)
{
    return bytes_of_text(s);
}

static struct cipher_key kbpk_of(const char *hex, char version)
{
    struct octets o = octets_of(hex);
    struct cipher_key k;
    assert_ok(crypto_key(emv_crypto(), version == 'D' || version == 'E' ? CIPHER_AES : CIPHER_TDES,
                         octets_bytes(&o), &k));
    return k;
}

/* A block of each version that is read, from the sources above. */
static const struct sample {
    const char *kbpk, *block, *key;
} samples[] = {
    {"EFE0853B256B583D868F251CE99EA1D9",
     "A0072K0TN00N0000F40D5672C6D0EC86F860BA88D44D00F0CA9A8CE8CD2F640287A9A9EB",
     "5DB50B454F8389ADCE573BE50861F2BF"},
    {"88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6",
     "D0112P0AE00E0000B82679114F470F540165EDFBF7E250FCEA43F810D215F8D207E2E417C07156A27E8E31DA05F7425509593D0"
     "3"
     "A457DC34",
     "3F419E1CB7079442AA37474C2EFBF8B8"},
};
static const char sample_d_padding[] = "1C2965473CE206BB855B01533782";

static enum tsm_err unwrap(const char *kbpk, struct bytes block, struct octets *key)
{
    struct cipher_key k = kbpk_of(kbpk, block.len ? (char)block.at[0] : 'B');
    struct keyblock_header h;
    struct writer w = {key->at, 0, sizeof key->at};
    enum tsm_err e = keyblock_unwrap(&k, emv_crypto(), block, &h, &w);
    key->len = w.len;
    return e;
}

static void published_blocks_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct octets key;
        assert_ok(unwrap(samples[i].kbpk, text_of(samples[i].block), &key));
        assert_hex(octets_bytes(&key), samples[i].key);
    }
}

static void the_published_block_is_made_again_from_its_padding(void **state)
{
    const struct sample *s = &samples[1];
    struct cipher_key k = kbpk_of(s->kbpk, 'D');
    struct octets key = octets_of(s->key), padding = octets_of(sample_d_padding);
    struct keyblock_header h = {.version = 'D',
                                .usage = "P0",
                                .algorithm = 'A',
                                .mode = 'E',
                                .key_version = "00",
                                .exportability = 'E',
                                .reserved = "00"};
    struct keyblock_plain p = {&h, octets_bytes(&key), octets_bytes(&padding)};
    uint8_t room[256];
    struct writer w = WRITER(room);
    (void)state;
    assert_int_equal(keyblock_padding(&h, key.len, false), padding.len);
    assert_ok(keyblock_wrap(&k, emv_crypto(), &p, &w));
    assert_int_equal(w.len, strlen(s->block));
    assert_memory_equal(room, s->block, w.len);
}

/* A block of version B with an optional block, made here, so that every kind of character is in it. */
static struct bytes made_block(char version, uint8_t room[512])
{
    static const uint8_t key[16] = {1, 2, 4, 7, 8, 11, 13, 14, 16, 19, 21, 22, 25, 26, 28, 31};
    static const uint8_t padding[64] = {0xA5};
    struct cipher_key k = kbpk_of("EFE0853B256B583D868F251CE99EA1D9", version);
    struct keyblock_header h = {.version = version,
                                .usage = "E0",
                                .algorithm = 'T',
                                .mode = 'X',
                                .key_version = "01",
                                .exportability = 'S',
                                .reserved = "00",
                                .options_n = 1};
    struct keyblock_plain p = {&h, BYTES(key), BYTES_NONE};
    struct writer w = {room, 0, 512};
    h.option[0] = (struct keyblock_option){"LB", text_of("issuer one")};
    p.padding = BYTES_OF(padding, keyblock_padding(&h, sizeof key, true));
    assert_ok(keyblock_wrap(&k, emv_crypto(), &p, &w));
    return written(&w);
}

static void what_was_wrapped_is_unwrapped_in_every_version_that_is_made(void **state)
{
    (void)state;
    for (const char *version = "BDE"; *version; version++) {
        uint8_t room[512];
        struct octets key;
        struct bytes block = made_block(*version, room);
        assert_ok(unwrap("EFE0853B256B583D868F251CE99EA1D9", block, &key));
        assert_hex(octets_bytes(&key), "01020407080B0D0E10131516191A1C1F");
    }
}

static void every_prefix_and_every_flipped_bit_of_a_block_is_refused(void **state)
{
    (void)state;
    for (const char *version = "BDE"; *version; version++) {
        uint8_t room[512], spoilt[512];
        struct octets key;
        struct bytes block = made_block(*version, room);
        for (size_t n = 0; n < block.len; n++)
            assert_true(unwrap("EFE0853B256B583D868F251CE99EA1D9", BYTES_OF(room, n), &key) != TSM_OK);
        memcpy(spoilt, room, block.len);
        spoilt[block.len] = '0';
        assert_err(unwrap("EFE0853B256B583D868F251CE99EA1D9", BYTES_OF(spoilt, block.len + 1), &key),
                   TSM_BAD_LENGTH);
        for (size_t i = 0; i < block.len * 8; i++) {
            struct cipher_key k = kbpk_of("EFE0853B256B583D868F251CE99EA1D9", *version);
            struct keyblock_header h;
            struct writer w = {key.at, 0, sizeof key.at};
            memcpy(spoilt, room, block.len);
            spoilt[i / 8] ^= (uint8_t)(1 << i % 8);
            assert_true(keyblock_unwrap(&k, emv_crypto(), BYTES_OF(spoilt, block.len), &h, &w) != TSM_OK);
            assert_int_equal(w.len, 0);
        }
    }
}

static void old_versions_are_read_but_not_made(void **state)
{
    struct cipher_key k = kbpk_of("EFE0853B256B583D868F251CE99EA1D9", 'A');
    struct keyblock_header h = {.version = 'A',
                                .usage = "P0",
                                .algorithm = 'T',
                                .mode = 'E',
                                .key_version = "00",
                                .exportability = 'E',
                                .reserved = "00"};
    struct octets key = octets_of("0123456789ABCDEFFEDCBA9876543210000000000000");
    struct keyblock_plain p = {&h, octets_bytes(&key), BYTES_NONE};
    uint8_t room[256];
    struct writer w = WRITER(room);
    (void)state;
    assert_err(keyblock_wrap(&k, emv_crypto(), &p, &w), TSM_UNSUPPORTED);
    h.version = 'C';
    assert_err(keyblock_wrap(&k, emv_crypto(), &p, &w), TSM_UNSUPPORTED);
}

static void a_long_optional_block_has_the_length_of_the_standard(void **state)
{
    uint8_t room[512], data[252];
    struct keyblock_header h = {.version = 'B',
                                .usage = "P0",
                                .algorithm = 'T',
                                .mode = 'E',
                                .key_version = "00",
                                .exportability = 'N',
                                .reserved = "00",
                                .options_n = 1};
    struct keyblock_header back;
    struct writer w = WRITER(room);
    struct reader r;
    size_t length;
    (void)state;
    memset(data, 'P', sizeof data);
    h.option[0] = (struct keyblock_option){"KS", BYTES(data)};
    assert_ok(keyblock_header_write(&h, 0, &w));
    assert_memory_equal(room, "B0288P0TE00N0200KS00040106PPPP", 30);
    r = READER(written(&w));
    assert_ok(keyblock_header_read(&r, &back, &length));
    assert_int_equal(length, w.len);
    assert_int_equal(back.option[0].data.len, sizeof data);
}

static void rules_hold_usage_algorithm_mode_and_length_together(void **state)
{
    (void)state;
    assert_ok(keyblock_rules_check((struct keyblock_policy){"E0", 'T', 'X', 'N'}, 16));
    assert_ok(keyblock_rules_check((struct keyblock_policy){"P0", 'A', 'D', 'E'}, 32));
    assert_ok(keyblock_rules_check((struct keyblock_policy){"K0", 'T', 'N', 'N'}, 24));
    assert_err(keyblock_rules_check((struct keyblock_policy){"E0", 'T', 'E', 'N'}, 16), TSM_KEY_REFUSED);
    assert_err(keyblock_rules_check((struct keyblock_policy){"E0", 'R', 'X', 'N'}, 16), TSM_KEY_REFUSED);
    assert_err(keyblock_rules_check((struct keyblock_policy){"E0", 'T', 'X', 'Q'}, 16), TSM_KEY_REFUSED);
    assert_err(keyblock_rules_check((struct keyblock_policy){"E0", 'T', 'X', 'N'}, 32), TSM_KEY_REFUSED);
    assert_err(keyblock_rules_check((struct keyblock_policy){"Z9", 'T', 'X', 'N'}, 16), TSM_KEY_REFUSED);
}

static void a_key_serves_its_own_usage_and_mode_only(void **state)
{
    struct keyblock_policy pin = {"P0", 'T', 'E', 'N'};
    (void)state;
    assert_err(keyblock_rules_use(pin, USAGE_PIN, "D", "zpk"), TSM_KEY_REFUSED);
    assert_ok(keyblock_rules_use(pin, USAGE_PIN, "E", "zpk"));
    assert_err(keyblock_rules_use(pin, USAGE_CVK, "G", "zpk"), TSM_KEY_REFUSED);
    pin.mode = 'B';
    assert_ok(keyblock_rules_use(pin, USAGE_PIN, "D", "zpk"));
    pin.mode = 'N';
    assert_ok(keyblock_rules_use(pin, USAGE_PIN, "D", "zpk"));
}

static void a_key_leaves_with_no_more_freedom_than_it_has(void **state)
{
    struct keyblock_policy from = {"E0", 'T', 'X', 'S'}, to = from;
    (void)state;
    assert_ok(keyblock_rules_export(from, to, "imk"));
    to.exportability = 'N';
    assert_ok(keyblock_rules_export(from, to, "imk"));
    to.exportability = 'E';
    assert_err(keyblock_rules_export(from, to, "imk"), TSM_KEY_REFUSED);
    to = from;
    to.usage[1] = '1';
    assert_err(keyblock_rules_export(from, to, "imk"), TSM_KEY_REFUSED);
    from.exportability = 'N';
    assert_err(keyblock_rules_export(from, from, "imk"), TSM_KEY_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_blocks_open),
        cmocka_unit_test(the_published_block_is_made_again_from_its_padding),
        cmocka_unit_test(what_was_wrapped_is_unwrapped_in_every_version_that_is_made),
        cmocka_unit_test(every_prefix_and_every_flipped_bit_of_a_block_is_refused),
        cmocka_unit_test(old_versions_are_read_but_not_made),
        cmocka_unit_test(a_long_optional_block_has_the_length_of_the_standard),
        cmocka_unit_test(rules_hold_usage_algorithm_mode_and_length_together),
        cmocka_unit_test(a_key_serves_its_own_usage_and_mode_only),
        cmocka_unit_test(a_key_leaves_with_no_more_freedom_than_it_has),
    };
    return cmocka_run_group_tests_name("emv/keyblock", tests, emv_setup, emv_teardown);
}
