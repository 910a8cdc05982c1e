/* SPDX-License-Identifier: Apache-2.0 */
/* Two flavors of a service: what an update changes between them, and what it leaves. Unit test of
 * role/sp/life/compare.c. [TR-03165 4.2.5.4] */
#include "../vectors.h"
#include "role/sp/life/compare.h"

#define APP(file, more) "{\"module\":\"A1\",\"instance\":\"B1\",\"file\":" file more "}"
#define ROW(hash, more)                                               \
    "{\"name\":\"n\",\"load_file\":\"AA\",\"load_file_hash\":\"" hash \
    "\",\"applications\":[" APP("0", more) "]}"
#define FILES(library, user, other, apps)                                                              \
    "{\"load_files\":[{\"load_file\":\"AA\",\"load_file_hash\":\"" library "\",\"imports\":[\"F0\"]}," \
    "{\"load_file\":\"BB\",\"load_file_hash\":\"" user "\",\"imports\":[\"aa\"]},"                     \
    "{\"load_file\":\"CC\",\"load_file_hash\":\"" other "\",\"imports\":[]}],\"applications\":[" apps "]}"

static json_t *row(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);
    assert_non_null(o);
    return o;
}

static void what_reaches_the_card_decides(void **state)
{
    static const struct {
        const char *former, *fresh;
        bool upgrades;
        enum renewal due;
    } rows[] = {
        {ROW("01", ""), ROW("01", ""), true, RENEWAL_NONE},
        {ROW("01", ""), ROW("02", ""), true, RENEWAL_UPGRADE},
        {ROW("01", ""), ROW("02", ""), false, RENEWAL_REINSTALL},
        {ROW("01", ""), ROW("01", ",\"parameters\":\"C900\""), true, RENEWAL_REINSTALL},
        {"{\"load_file\":\"AA\"}", "{\"load_file\":\"AA\"}", true, RENEWAL_UPGRADE},
        {"{\"load_file\":\"AA\"}", "{\"load_file\":\"AA\"}", false, RENEWAL_REINSTALL},
        {"{\"load_file\":\"AA\",\"memory\":1,\"profiles\":[],\"load_file_hash\":\"01\"}",
         "{\"load_file\":\"AA\",\"memory\":2,\"name\":\"x\",\"load_file_hash\":\"01\"}", true, RENEWAL_NONE},
        {FILES("1", "2", "3", ""), FILES("1", "2", "4", ""), true, RENEWAL_REINSTALL},
        {FILES("1", "2", "3", ""), FILES("1", "2", "3", ""), false, RENEWAL_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *former = row(rows[i].former), *fresh = row(rows[i].fresh);
        assert_int_equal(flavors_compare(former, fresh, rows[i].upgrades), rows[i].due);
        assert_int_equal(flavors_compare(NULL, fresh, rows[i].upgrades), RENEWAL_REINSTALL);
        json_decref(former);
        json_decref(fresh);
    }
}

static void a_load_file_stays_when_nothing_under_it_goes(void **state)
{
    static const struct {
        const char *former, *fresh, *due; /* one letter a file: y stays */
    } rows[] = {
        {FILES("1", "2", "3", ""), FILES("1", "2", "4", ""), "yyn"},
        {FILES("1", "2", "3", ""), FILES("1", "9", "3", ""), "yny"},
        {FILES("1", "2", "3", ""), FILES("9", "2", "3", ""), "nny"}, /* the second imports the first */
        {FILES("1", "2", "3", APP("2", "")), FILES("1", "2", "3", APP("2", ",\"privileges\":\"04\"")), "yyn"},
        {FILES("1", "2", "3", APP("1", "")), FILES("1", "2", "3", APP("2", "")), "ynn"},
        {ROW("01", ""), FILES("1", "2", "3", ""), "nnn"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *former = row(rows[i].former), *fresh = row(rows[i].fresh),
               *kept = flavors_kept(former, fresh);
        for (size_t file = 0; file < 3; file++)
            assert_int_equal(flavor_keeps(kept, fresh, file), rows[i].due[file] == 'y');
        json_decref(former);
        json_decref(fresh);
        json_decref(kept);
    }
}

static void what_all_parts_depend_on_lets_none_stay(void **state)
{
    json_t *former = row(FILES("1", "2", "3", "")), *fresh = json_deep_copy(former), *kept;
    (void)state;
    json_object_set_new(fresh, "perso_script", json_string("another"));
    kept = flavors_kept(former, fresh);
    assert_int_equal(json_array_size(kept), 0);
    json_decref(kept);
    json_decref(former);
    json_decref(fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_reaches_the_card_decides),
        cmocka_unit_test(a_load_file_stays_when_nothing_under_it_goes),
        cmocka_unit_test(what_all_parts_depend_on_lets_none_stay),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
