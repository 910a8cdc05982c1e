/* SPDX-License-Identifier: Apache-2.0 */
/* PIN blocks both ways, translations, and everything that is no PIN block. Unit test of emv/pin. Published
 * values: psec tests/test_pinblock.py (ISO 9564-1 formats 0 and 4). */
#include <stdio.h>
#include <string.h>

#include "../vectors.h"
#include "emv/pin/pin.h"
#include "emv_keys.h"

static const char file[] = "vectors-payments.json";

static struct pin pin_of(const char *digits)
{
    struct pin p = {""};
    snprintf(p.digits, sizeof p.digits, "%s", digits);
    return p;
}

static const char *pan_in(const json_t *v)
{
    return vector_has(v, "inputs.pan") ? vector_text(v, "inputs.pan") : NULL;
}

static struct cipher_key key_in(const char *hex, enum pin_format format)
{
    struct octets o = octets_of(hex);
    struct cipher_key k;
    assert_ok(crypto_key(emv_crypto(), format == PIN_ISO_4 ? CIPHER_AES : CIPHER_TDES, octets_bytes(&o), &k));
    return k;
}

static void published_blocks_come_out_and_are_read(void **state)
{
    struct pin p = pin_of("1234"), back;
    struct cipher_key k = key_in("00112233445566778899AABBCCDDEEFF", PIN_ISO_4);
    uint8_t block[PIN_BLOCK], random[PIN_RANDOM_MAX], room[PIN_BLOCK_4];
    struct writer w = WRITER(room);
    (void)state;
    memset(random, 0xFF, sizeof random);
    assert_ok(pin_block_write(PIN_ISO_0, &p, (struct pin_fill){"5555555551234567", NULL}, block));
    assert_hex(BYTES(block), "041261AAAAEDCBA9");
    assert_ok(pin_block_read(PIN_ISO_0, block, "5555555551234567", &back));
    assert_string_equal(back.digits, "1234");
    assert_ok(pin_seal(&k, PIN_ISO_4, &p, (struct pin_fill){"1234567890123456789", random}, &w));
    assert_hex(written(&w), "28B41FDDD29B743E93124BD8E32D921E");
    assert_ok(pin_open(&k, PIN_ISO_4, written(&w), "1234567890123456789", &back));
    assert_string_equal(back.digits, "1234");
    assert_err(pin_open(&k, PIN_ISO_4, written(&w), "1234567890123456788", &back), TSM_BAD_VALUE);
}

static void every_format_gives_the_pin_back(void **state)
{
    static const uint8_t random[PIN_RANDOM_MAX] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};
    (void)state;
    for (int f = PIN_ISO_0; f < PIN_ISO_4; f++)
        for (size_t n = PIN_MIN; n <= PIN_MAX; n++) {
            struct pin p = pin_of("987654321098"), back;
            struct pin_fill fill = {"4761739001010119", random};
            uint8_t block[PIN_BLOCK];
            p.digits[n] = 0;
            assert_ok(pin_block_write((enum pin_format)f, &p, fill, block));
            assert_ok(pin_block_read((enum pin_format)f, block, fill.pan, &back));
            assert_string_equal(back.digits, p.digits);
        }
}

static void the_table_of_translations_is_the_standards(void **state)
{
    (void)state;
    for (int from = 0; from < PIN_FORMATS; from++)
        assert_err(pin_may_become(PIN_ISO_2, (enum pin_format)from), TSM_NOT_ALLOWED);
    assert_err(pin_may_become(PIN_ISO_1, PIN_ISO_0), TSM_NOT_ALLOWED);
    assert_err(pin_may_become(PIN_ISO_4, PIN_ISO_0), TSM_NOT_ALLOWED);
    assert_err(pin_may_become(PIN_ISO_0, PIN_ISO_1), TSM_NOT_ALLOWED);
    assert_ok(pin_may_become(PIN_ISO_0, PIN_ISO_4));
    assert_ok(pin_may_become(PIN_ISO_4, PIN_ISO_2));
}

static void published_clear_blocks(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "pin_block", &at))) {
        struct octets random = {0};
        struct pin p = pin_of(vector_text(one, "inputs.pin"));
        uint8_t block[PIN_BLOCK];
        if (vector_has(one, "inputs.random"))
            random = vector_octets(one, "inputs.random");
        assert_ok(pin_block_write((enum pin_format)vector_number(one, "inputs.format"), &p,
                                  (struct pin_fill){pan_in(one), random.at}, block));
        assert_hex(BYTES(block), vector_text(one, "expected.block"));
    }
    for (at = 0; (one = vectors_next(&v, "vectors", "pin_block_decode", &at));) {
        struct octets block = vector_octets(one, "inputs.block");
        struct pin p;
        assert_ok(
            pin_block_read((enum pin_format)vector_number(one, "inputs.format"), block.at, pan_in(one), &p));
        assert_string_equal(p.digits, vector_text(one, "expected.pin"));
    }
    for (at = 0; (one = vectors_next(&v, "vectors", "pin_block4_pan_field", &at));) {
        uint8_t field[PIN_BLOCK_4];
        assert_ok(pin4_account(vector_text(one, "inputs.pan"), field));
        assert_hex(BYTES(field), vector_text(one, "expected.field"));
    }
    for (at = 0; (one = vectors_next(&v, "vectors", "pin_block4_pin_field", &at));) {
        struct pin p = pin_of(vector_text(one, "inputs.pin"));
        uint8_t field[PIN_BLOCK_4];
        assert_ok(pin4_write(&p, vector_octets(one, "inputs.random").at, field));
        assert_hex(BYTES(field), vector_text(one, "expected.field"));
    }
    vectors_close(&v);
}

static void published_spoilt_blocks_are_refused(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "pin_block_reject", &at))) {
        enum pin_format f = (enum pin_format)vector_number(one, "inputs.format");
        struct octets block = vector_octets(one, "inputs.block");
        struct pin p;
        print_message("# %s\n", vector_text(one, "name"));
        if (block.len != (f == PIN_ISO_4 ? PIN_BLOCK_4 : PIN_BLOCK)) {
            struct cipher_key k = key_in("00112233445566778899AABBCCDDEEFF", f);
            assert_err(pin_open(&k, f, octets_bytes(&block), pan_in(one), &p),
                       f == PIN_ISO_2 ? TSM_UNSUPPORTED : TSM_BAD_LENGTH);
            continue;
        }
        assert_true((f == PIN_ISO_4 ? pin4_read(block.at, &p)
                                    : pin_block_read(f, block.at, pan_in(one), &p)) != TSM_OK);
    }
    vectors_close(&v);
}

static void published_translations(void **state)
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    (void)state;
    while ((one = vectors_next(&v, "vectors", "pin_translate", &at))) {
        enum pin_format from = (enum pin_format)vector_number(one, "inputs.from_format"),
                        to = (enum pin_format)vector_number(one, "inputs.to_format");
        struct cipher_key in = key_in(vector_text(one, "inputs.key_in"), from),
                          out = key_in(vector_text(one, "inputs.key_out"), to);
        struct octets block = vector_octets(one, "inputs.block_in"), random = {0};
        char pan[20] = "";
        struct pin p;
        uint8_t room[PIN_BLOCK_MAX];
        struct writer w = WRITER(room);
        if (vector_has(one, "inputs.random"))
            random = vector_octets(one, "inputs.random");
        snprintf(pan, sizeof pan, "%s%s", vector_text(one, pan_in(one) ? "inputs.pan" : "inputs.account12"),
                 pan_in(one) ? "" : "0");
        assert_ok(pin_may_become(from, to));
        assert_ok(pin_open(&in, from, octets_bytes(&block), pan, &p));
        assert_string_equal(p.digits, vector_text(one, "expected.pin"));
        assert_ok(pin_seal(&out, to, &p, (struct pin_fill){pan, random.at}, &w));
        assert_hex(written(&w), vector_text(one, "expected.block_out"));
    }
    for (at = 0; (one = vectors_next(&v, "vectors", "pin_block_decrypt", &at));) {
        enum pin_format f = (enum pin_format)vector_number(one, "inputs.format");
        struct cipher_key k = key_in(vector_text(one, "inputs.key"), f);
        struct octets block = vector_octets(one, "inputs.block");
        struct pin p;
        assert_ok(pin_open(&k, f, octets_bytes(&block), pan_in(one), &p));
        assert_string_equal(p.digits, vector_text(one, "expected.pin"));
    }
    vectors_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_blocks_come_out_and_are_read),
        cmocka_unit_test(every_format_gives_the_pin_back),
        cmocka_unit_test(the_table_of_translations_is_the_standards),
        cmocka_unit_test(published_clear_blocks),
        cmocka_unit_test(published_spoilt_blocks_are_refused),
        cmocka_unit_test(published_translations),
    };
    return cmocka_run_group_tests_name("emv/pin", tests, emv_setup, emv_teardown);
}
