/* SPDX-License-Identifier: Apache-2.0 */
/* Over the air down to the laboratory's card: its issuer security domain reads, lists and creates, each
 * domain answers on its own TAR. [TS 102 226 8, GPCS 2.3.1 11] */
#include "support/air.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <string.h>

static struct air air;

static int tear_down(void **state)
{
    (void)state;
    air_stop(&air);
    return 0;
}

static void the_iccid_is_read_over_the_air(void **state)
{
    (void)state;
    air_start(&air, "", "");
    air_submit_script(&air, "80ca005a00");
    struct opened r = air_receive_por(&air, POR_OK);
    air_expect_data(&r, "0190005a0a989400000000000010f8");
}

static void the_key_sets_are_read_back_over_the_air(void **state)
{
    (void)state;
    air_start(&air, "", "");
    air_submit_script(&air, "aa07220580ca00e000");
    struct opened r = air_receive_por(&air, POR_OK);
    /* version 01 for SCP80, FF for the secure channel, AES of 16 octets each */
    air_expect_data(
        &r, "ab2d8001012328e024c00401018810c00402018810c00403018810c00401ff8810c00402ff8810c00403ff88109000");
}

/* INSTALL [for install and make selectable] of a security domain A000000151AA01 with SCP80 and SCP03; toolkit
 * parameters: minimum security level 16, TAR B20100. */
static const char create_domain[] = "80e60c0036"
                                    "07a0000001515350"
                                    "08a000000151535041"
                                    "07a000000151aa01"
                                    "0180"
                                    "19c906810480000370ea0f800d0100000000"
                                    "02011603b2010000"
                                    "0000";

static void a_new_domain_answers_on_its_own_tar_from_its_own_security_level(void **state)
{
    (void)state;
    air_start(&air, "", "");
    memcpy(air.wrap.tar, "\xB2\x01\x00", 3);
    air_submit_script(&air, "80ca00e000");
    air_receive_por(&air, POR_TAR_UNKNOWN);
    memset(air.wrap.tar, 0, 3);
    air_submit_script(&air, create_domain);
    struct opened r = air_receive_por(&air, POR_OK);
    air_expect_data(&r, "01900000");
    memcpy(air.wrap.tar, "\xB2\x01\x00", 3);
    air_submit_script(&air, "80f24002024f0000"); /* with the parent's keys until it has its own */
    r = air_receive_por(&air, POR_OK);
    assert_memory_equal(r.data, "\x01\x90\x00\xE3", 4);
    air.wrap.spi1 = 0x0E;
    air_submit_script(&air, "80f24002024f0000");
    air_receive_por(&air, POR_LEVEL_TOO_LOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_iccid_is_read_over_the_air, tear_down),
        cmocka_unit_test_teardown(the_key_sets_are_read_back_over_the_air, tear_down),
        cmocka_unit_test_teardown(a_new_domain_answers_on_its_own_tar_from_its_own_security_level, tear_down),
    };
    return cmocka_run_group_tests_name("lab/ota/card", tests, NULL, NULL);
}
