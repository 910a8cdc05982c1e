/* SPDX-License-Identifier: Apache-2.0 */
/* Whole characters, and what becomes of a text that holds others. Unit test of base/utf8.c. [RFC 3629 3, 4]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/error.h"
#include "base/utf8.h"

static const struct {
    const char *text, *clean;
} texts[] = {
    {"", ""},
    {"plain", "plain"},
    {"caf\xC3\xA9", "caf\xC3\xA9"},
    {"\xE2\x82\xAC \xF0\x9F\x92\xB3", "\xE2\x82\xAC \xF0\x9F\x92\xB3"},
    {"caf\xC3", "caf"}, /* cut */
    {"5 \xE2\x82", "5 "},
    {"\xF0\x9F\x92", ""},
    {"a\xC3z", "a?z"}, /* not cut: something follows */
    {"\xFF\xFE z", "?? z"},
    {"\x80", "?"},
    {"\xC0\xAF", "??"}, /* longer than it need be */
    {"\xE0\x9F\xBF", "???"},
    {"\xED\xA0\x80", "???"},      /* half of a surrogate pair */
    {"\xF4\x90\x80\x80", "????"}, /* beyond the last character */
    {"\xF5", "?"},
};

static void a_text_becomes_whole_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[32];
        snprintf(text, sizeof text, "%s", texts[i].text);
        assert_string_equal(utf8_clean(text), texts[i].clean);
        assert_string_equal(utf8_clean(text), texts[i].clean);
    }
}

/* Each pair and triple of octets: jansson, which reads the whole of RFC 3629, takes what is left. */
static void what_is_left_is_utf8_for_others(void **state)
{
    (void)state;
    for (unsigned v = 0; v < 1U << 24; v += v < 0x8000 ? 1 : 0x1D3) {
        char text[5] = {(char)(v >> 16 | 0xC0), (char)(v >> 8), (char)v, 0}, clean[5];
        json_t *was = json_string(text), *is;
        memcpy(clean, text, sizeof clean);
        is = json_string(utf8_clean(clean));
        assert_non_null(is);
        assert_int_equal(was != NULL, strcmp(clean, text) == 0);
        json_decref(was);
        json_decref(is);
    }
}

static void a_character_is_as_long_as_its_first_octet_says(void **state)
{
    (void)state;
    assert_int_equal(utf8_character(""), 0);
    assert_int_equal(utf8_character("ab"), 1);
    assert_int_equal(utf8_character("\xC3\xA9z"), 2);
    assert_int_equal(utf8_character("\xE2\x82\xAC"), 3);
    assert_int_equal(utf8_character("\xF0\x9F\x92\xB3"), 4);
    assert_int_equal(utf8_character("\xE2\x82"), 0);
}

/* What is told of an error goes into JSON: answers, logs, refused lines. */
static void a_cause_and_its_field_are_whole(void **state)
{
    char quoted[2 * ERR_CAUSE_MAX];
    (void)state;
    memset(quoted, 'x', sizeof quoted);
    memcpy(quoted + ERR_CAUSE_MAX - 2, "\xC3\xA9", 3);
    memcpy(quoted + ERR_FIELD_MAX - 2, "\xC3\xA9", 2);
    assert_int_equal(FAIL(BAD_VALUE, "%s", quoted), TSM_BAD_VALUE);
    assert_int_equal(strlen(err_cause()), ERR_CAUSE_MAX - 2);
    assert_int_equal(FAIL_FIELD(BAD_VALUE, quoted, "\xFFz"), TSM_BAD_VALUE);
    assert_int_equal(strlen(err_field()), ERR_FIELD_MAX - 2);
    assert_string_equal(err_cause(), "?z");
    err_clear();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_becomes_whole_characters),
        cmocka_unit_test(what_is_left_is_utf8_for_others),
        cmocka_unit_test(a_character_is_as_long_as_its_first_octet_says),
        cmocka_unit_test(a_cause_and_its_field_are_whole),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
