/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader a command line means. Unit test of link/pcsc/readers.c; needs no pcscd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "link/pcsc/pcsc.h"

static const struct pcsc_readers desk = {
    3,
    {{"Acme Reader 00 00", true}, {"Acme Reader 00 01", false}, {"Acme Reader 00 01 (contactless)", true}}};

static void a_number_counts_from_nought(void **state)
{
    size_t i = 9;
    (void)state;
    assert_int_equal(pcsc_choose(&desk, "2", &i), TSM_OK);
    assert_int_equal(i, 2);
    assert_int_equal(pcsc_choose(&desk, "3", &i), TSM_NOT_FOUND);
    assert_int_equal(i, 2);
}

static void a_part_of_one_name_is_enough(void **state)
{
    size_t i = 9;
    (void)state;
    assert_int_equal(pcsc_choose(&desk, "contactless", &i), TSM_OK);
    assert_int_equal(i, 2);
}

static void a_whole_name_is_meant_before_a_part_of_another(void **state)
{
    size_t i = 9;
    (void)state;
    assert_int_equal(pcsc_choose(&desk, "Acme Reader 00 01", &i), TSM_OK);
    assert_int_equal(i, 1);
}

static void a_part_of_several_names_is_refused(void **state)
{
    size_t i = 9;
    (void)state;
    assert_int_equal(pcsc_choose(&desk, "Acme", &i), TSM_CONFLICT);
    assert_int_equal(i, 9);
}

static void an_unknown_name_is_told_what_there_is(void **state)
{
    static const struct pcsc_readers none;
    size_t i;
    (void)state;
    assert_int_equal(pcsc_choose(&desk, "Nobody", &i), TSM_NOT_FOUND);
    assert_non_null(strstr(err_cause(), "1 Acme Reader 00 01"));
    assert_int_equal(pcsc_choose(&desk, "", &i), TSM_NOT_FOUND);
    assert_int_equal(pcsc_choose(&none, "0", &i), TSM_NOT_FOUND);
    assert_non_null(strstr(err_cause(), "none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_counts_from_nought),
        cmocka_unit_test(a_part_of_one_name_is_enough),
        cmocka_unit_test(a_whole_name_is_meant_before_a_part_of_another),
        cmocka_unit_test(a_part_of_several_names_is_refused),
        cmocka_unit_test(an_unknown_name_is_told_what_there_is),
    };
    return cmocka_run_group_tests_name("pcsc", tests, NULL, NULL);
}
