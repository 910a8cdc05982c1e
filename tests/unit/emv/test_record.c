/* SPDX-License-Identifier: Apache-2.0 */
/* Values in payment records, file locators, object lists and the PPSE. Unit test of emv/record, emv/digits
 * and emv/ppse. [EMV Book 1 11.3, Book 3 5.4, 10.2] */
#include "emv/record.h"

#include "../vectors.h"
#include "emv/digits.h"
#include "emv/ppse.h"

static uint8_t room[256];

/* source: openemv/emv-utils tests/emv_read_application_data_test.c, and a public PBOC script */
static void track_2_is_written_as_published(void **state)
{
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(track2_write(&w, (struct track2){"4761739001010119", "2212", "201", "1758928889"}));
    assert_hex(written(&w), "4761739001010119D22122011758928889");
    w = WRITER(room);
    assert_ok(track2_write(&w, (struct track2){"4761739001010119", "2912", "201", "0000012345678"}));
    assert_hex(written(&w), "4761739001010119D29122010000012345678F");
    w = WRITER(room);
    assert_ok(track2_write(&w, (struct track2){"6228000100001117", "3012", "201", "0123456789"}));
    assert_hex(written(&w), "6228000100001117D30122010123456789");
}

static void track_2_has_37_digits_at_most(void **state)
{
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(track2_write(&w, (struct track2){"1234567890123456789", "3012", "201", "0123456789"}));
    assert_int_equal(w.len, TRACK2_LEN_MAX);
    assert_err(track2_write(&w, (struct track2){"1234567890123456789", "3012", "201", "01234567890"}),
               TSM_TOO_LONG);
    assert_err(track2_write(&w, (struct track2){"123456789012345X", "3012", "201", ""}), TSM_BAD_FORM);
    assert_err(track2_write(&w, (struct track2){"1234567890123456", "3012", "2D1", ""}), TSM_BAD_FORM);
    assert_int_equal(w.len, TRACK2_LEN_MAX);
}

static void a_month_has_a_first_and_a_last_day(void **state)
{
    static const char *const last[][2] = {
        {"2612", "261231"}, {"2702", "270228"}, {"2802", "280229"}, {"3004", "300430"}};
    struct writer w;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        w = WRITER(room);
        assert_ok(record_last_day(&w, last[i][0]));
        assert_hex(written(&w), last[i][1]);
    }
    w = WRITER(room);
    assert_ok(record_first_day(&w, "2611"));
    assert_hex(written(&w), "261101");
    assert_err(record_last_day(&w, "2613"), TSM_BAD_VALUE);
    assert_err(record_first_day(&w, "2600"), TSM_BAD_VALUE);
    assert_err(record_first_day(&w, "26-1"), TSM_BAD_FORM);
}

static void digits_stand_left_or_right(void **state)
{
    struct writer w = WRITER(room);
    char back[20];
    (void)state;
    assert_ok(digits_write_left(&w, "12345"));
    assert_ok(digits_write_right(&w, "201", 4));
    assert_ok(digits_write_right(&w, "1234567", 4));
    assert_hex(written(&w), "12345F 0201 4567");
    assert_ok(digits_read_left(HEX("541333008902001F"), back, sizeof back));
    assert_string_equal(back, "541333008902001");
    assert_err(digits_read_left(HEX("54D3"), back, sizeof back), TSM_BAD_FORM);
    assert_err(digits_read_left(HEX("5F33"), back, sizeof back), TSM_BAD_FORM);
    assert_err(digits_read_left(HEX("541333"), back, 6), TSM_TOO_LONG);
    assert_err(digits_write_left(&w, "12A"), TSM_BAD_FORM);
    assert_err(digits_write_right(&w, "12", 3), TSM_BAD_LENGTH);
    assert_err(digits_write_right(&w, "", 2), TSM_BAD_FORM);
}

/* source: openemv/emv-utils tests/emv_read_application_data_test.c */
static void a_published_locator_is_read_and_written(void **state)
{
    static const struct afl_entry want[] = {{1, 2, 2, 0}, {2, 1, 4, 0}, {3, 1, 2, 1}};
    struct reader r = READER(HEX("080202001001040018010201"));
    struct writer w = WRITER(room);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct afl_entry e;
        assert_ok(afl_read(&r, &e));
        assert_memory_equal(&e, &want[i], sizeof e);
        assert_ok(afl_write(&w, e));
    }
    assert_ok(read_end(&r));
    assert_hex(written(&w), "080202001001040018010201");
}

/* source: the same test's refusals, and EMV Book 3 10.2 */
static void locators_that_point_nowhere_are_refused(void **state)
{
    static const char *const wrong[] = {"10010000", "00010100", "F8010100", "08000100",
                                        "08020100", "08010102", "09010100"};
    struct afl_entry e;
    struct reader r;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        r = READER(HEX(wrong[i]));
        assert_err(afl_read(&r, &e), TSM_BAD_VALUE);
    }
    r = READER(HEX("080101"));
    assert_err(afl_read(&r, &e), TSM_SHORT_INPUT);
}

/* source: openemv/emv-utils tests/emv_dol_test.c */
static void a_published_object_list_is_read(void **state)
{
    struct bytes dol = HEX("9F02069F03069F1A0295055F2A029A039C019F3704");
    struct reader r = READER(dol);
    struct dol_entry e;
    size_t len, n = 0;
    (void)state;
    while (r.left.len) {
        assert_ok(dol_read(&r, &e));
        n++;
    }
    assert_int_equal(n, 8);
    assert_int_equal(e.tag, 0x9F37);
    assert_ok(dol_data_len(dol, &len));
    assert_int_equal(len, 29);
    assert_err(dol_data_len(HEX("9F02069F03069F1A0295055F2A029A039C019F37"), &len), TSM_SHORT_INPUT);
    assert_err(dol_data_len(HEX("9F02069F"), &len), TSM_SHORT_INPUT);
}

/* source: mrautio/emv-card-simulator, ProximityPaymentSystemEnvironmentTest */
static void a_published_ppse_is_written_and_read(void **state)
{
    static const char fci[] =
        "6F36840E325041592E5359532E4444463031A524BF0C21611F4F07AFFFFFFFFF1234500D56455341"
        "20454C454354524F4E8701019F2A0103";
    struct ppse_entry one = {.priority = 1}, back[2];
    struct writer w = WRITER(room);
    size_t n;
    (void)state;
    one.aid = HEX("AFFFFFFFFF1234");
    one.label = bytes_of_text("VESA ELECTRON");
    one.kernel = HEX("03");
    assert_ok(ppse_fci_write(&one, 1, &w));
    assert_hex(written(&w), fci);
    assert_ok(ppse_read(written(&w), back, 2, &n));
    assert_int_equal(n, 1);
    assert_true(bytes_equal(back[0].aid, one.aid));
    assert_true(bytes_equal(back[0].label, one.label));
    assert_hex(back[0].kernel, "03");
    assert_int_equal(back[0].priority, 1);
}

static void two_entries_and_the_bare_template_come_back(void **state)
{
    struct ppse_entry entries[2] = {{.priority = 1}, {.priority = 2}}, back[2];
    struct writer w = WRITER(room);
    size_t n;
    (void)state;
    entries[0].aid = HEX("F04F54534D0101");
    entries[1].aid = HEX("F04F54534D0102");
    assert_ok(ppse_write(entries, 2, &w));
    assert_ok(ppse_read(written(&w), back, 2, &n));
    assert_int_equal(n, 2);
    assert_hex(back[1].aid, "F04F54534D0102");
    assert_err(ppse_read(written(&w), back, 1, &n), TSM_TOO_LONG);
    for (size_t i = 0; i < w.len; i++)
        assert_int_not_equal(ppse_read(BYTES_OF(room, i), back, 2, &n), TSM_OK);
}

static void broken_ppses_are_refused(void **state)
{
    struct ppse_entry entries[PPSE_ENTRIES_MAX + 1] = {{.priority = 1}}, back[2];
    struct writer w = WRITER(room);
    size_t n;
    (void)state;
    assert_err(ppse_write(entries, 0, &w), TSM_BAD_VALUE);
    assert_err(ppse_write(entries, PPSE_ENTRIES_MAX + 1, &w), TSM_BAD_VALUE);
    assert_err(ppse_write(entries, 1, &w), TSM_BAD_LENGTH); /* no AID */
    assert_err(ppse_read(HEX("A50450024142"), back, 2, &n), TSM_NOT_FOUND);
    assert_err(ppse_read(HEX("A507BF0C0461025000"), back, 2, &n), TSM_BAD_LENGTH);
    assert_err(ppse_read(HEX("A508BF0C0561034F0501"), back, 2, &n), TSM_SHORT_INPUT);
    assert_err(ppse_read(HEX("A513BF0C10610E4F05A0000000014F05A000000002"), back, 2, &n), TSM_DUPLICATE_TAG);
    assert_int_equal(w.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(track_2_is_written_as_published),
        cmocka_unit_test(track_2_has_37_digits_at_most),
        cmocka_unit_test(a_month_has_a_first_and_a_last_day),
        cmocka_unit_test(digits_stand_left_or_right),
        cmocka_unit_test(a_published_locator_is_read_and_written),
        cmocka_unit_test(locators_that_point_nowhere_are_refused),
        cmocka_unit_test(a_published_object_list_is_read),
        cmocka_unit_test(a_published_ppse_is_written_and_read),
        cmocka_unit_test(two_entries_and_the_bare_template_come_back),
        cmocka_unit_test(broken_ppses_are_refused),
    };
    return cmocka_run_group_tests_name("emv/record", tests, NULL, NULL);
}
