/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of cards: what is one, what is none, and what breaks on the way. [PNG third edition 5; ITU-T T.81
 * annex B] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "role/sp/art/art.h"
#include "role/sp/art/picture.h"

/* One black pixel, 1 x 1, greyscale. */
static const uint8_t png[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B, 0x55, 0x00,
    0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01,
    0x48, 0xAF, 0xA4, 0x71, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};

/* 16 x 8 pixels, baseline: the segments that count, one restart marker and a stuffed octet in the scan. */
static const uint8_t jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x04, 'J',  'F',  0xFF, 0xC0, 0x00, 0x0B, 0x08,
                               0x00, 0x08, 0x00, 0x10, 0x01, 0x01, 0x11, 0x00, 0xFF, 0xDA, 0x00, 0x08, 0x01,
                               0x01, 0x00, 0x00, 0x3F, 0x00, 0xA5, 0xFF, 0x00, 0xFF, 0xD0, 0x5A, 0xFF, 0xD9};

static void a_png_and_a_jpeg_say_type_and_size(void **state)
{
    struct picture p;
    (void)state;
    assert_int_equal(picture_read(BYTES(png), &p), TSM_OK);
    assert_string_equal(p.type, "image/png");
    assert_int_equal(p.width, 1);
    assert_int_equal(p.height, 1);
    assert_int_equal(picture_read(BYTES(jpeg), &p), TSM_OK);
    assert_string_equal(p.type, "image/jpeg");
    assert_int_equal(p.width, 16);
    assert_int_equal(p.height, 8);
}

static void fill_octets_stand_before_any_marker(void **state)
{
    uint8_t filled[2 * sizeof jpeg] = {0xFF, 0xD8}; /* the mark of a JPEG has none */
    size_t n = 2;
    struct picture p;
    (void)state;
    for (size_t i = 2; i < sizeof jpeg; i++) {
        if (jpeg[i] == 0xFF && jpeg[i + 1] != 0x00 && jpeg[i + 1] != 0xD0)
            filled[n++] = 0xFF;
        filled[n++] = jpeg[i];
    }
    assert_int_equal(picture_read(BYTES_OF(filled, n), &p), TSM_OK);
    assert_int_equal(p.width, 16);
}

static void every_beginning_of_a_picture_is_refused(void **state)
{
    struct picture p;
    (void)state;
    for (size_t n = 0; n < sizeof png; n++)
        assert_int_not_equal(picture_read(BYTES_OF(png, n), &p), TSM_OK);
    for (size_t n = 0; n < sizeof jpeg; n++)
        assert_int_not_equal(picture_read(BYTES_OF(jpeg, n), &p), TSM_OK);
}

static void every_flipped_bit_of_a_png_is_seen(void **state)
{
    uint8_t spoilt[sizeof png];
    struct picture p;
    (void)state;
    for (size_t i = 0; i < 8 * sizeof png; i++) {
        memcpy(spoilt, png, sizeof png);
        spoilt[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_not_equal(picture_read(BYTES(spoilt), &p), TSM_OK);
    }
}

static void nothing_stands_behind_a_picture(void **state)
{
    uint8_t longer[sizeof png + sizeof jpeg + 1] = {0};
    struct picture p;
    (void)state;
    memcpy(longer, png, sizeof png);
    assert_int_equal(picture_read(BYTES_OF(longer, sizeof png + 1), &p), TSM_BAD_FORM);
    memcpy(longer, jpeg, sizeof jpeg);
    longer[sizeof jpeg] = 0;
    assert_int_equal(picture_read(BYTES_OF(longer, sizeof jpeg + 1), &p), TSM_BAD_FORM);
}

static void other_types_are_not_taken(void **state)
{
    static const char *const others[] = {
        "", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "GIF89a", "RIFF", "%PDF-1.7", "<!DOCTYPE html>"};
    struct picture p;
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(picture_read(bytes_of_text(others[i]), &p), TSM_WRONG_TYPE);
}

static void limits_of_size_hold(void **state)
{
    static uint8_t big[PICTURE_BYTES_MAX + 1];
    uint8_t wide[sizeof jpeg];
    struct picture p;
    (void)state;
    memcpy(big, png, sizeof png);
    assert_int_equal(picture_read(BYTES(big), &p), TSM_TOO_LONG);
    memcpy(wide, jpeg, sizeof jpeg);
    wide[15] = 0x10; /* 4112 pixels */
    assert_int_equal(picture_read(BYTES(wide), &p), TSM_TOO_LONG);
    wide[15] = wide[16] = 0;
    assert_int_equal(picture_read(BYTES(wide), &p), TSM_BAD_FORM);
}

static void locales_are_language_tags(void **state)
{
    static const char *const good[] = {"de", "pt-BR", "zh-Hant-TW", "es-419", "deutsch"},
                             *const bad[] = {"",      "d",      "de-",   "-de",      "1e",
                                             "de_DE", "de--DE", "de DE", "abcdefghi"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(art_locale_is_right(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(art_locale_is_right(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_png_and_a_jpeg_say_type_and_size),
        cmocka_unit_test(fill_octets_stand_before_any_marker),
        cmocka_unit_test(every_beginning_of_a_picture_is_refused),
        cmocka_unit_test(every_flipped_bit_of_a_png_is_seen),
        cmocka_unit_test(nothing_stands_behind_a_picture),
        cmocka_unit_test(other_types_are_not_taken),
        cmocka_unit_test(limits_of_size_hold),
        cmocka_unit_test(locales_are_language_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
