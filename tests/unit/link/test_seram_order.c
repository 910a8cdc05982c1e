/* SPDX-License-Identifier: Apache-2.0 */
/* The orders of GP SERAM 2.0.0 against the examples of its OpenAPI document (gpseram.yaml,
 * components/examples, transcribed), and what is refused. Stations 8 and 10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "link/seram/seram_message.h"

static uint8_t room[4096];

static const char no_command_order[] = "{\"delay\": 500}";
static const char start_order[] = "{\"ramCommands\": [{\"ramCommandType\": \"startCommand\"}]}";
static const char notification_order[] = "{\"ramCommands\": [{\"ramCommandType\": \"notificationCommand\","
                                         " \"deviceAppNotification\": \"step1/action2/OK\"}]}";
static const char stop_order[] = "{\"ramCommands\": [{\"ramCommandType\": \"stopCommand\"}]}";
/* The C-APDU of the published example has two letters O in the place of zeros and an odd number of digits;
 * here they are set right. */
static const char all_commands_order[] =
    "{\"delay\": 0, \"chosenSecureElement\": {\"seType\": \"eSE\", \"seId\": "
    "\"89001012012341234012345678901224\","
    " \"seExtraInfo\": \"SAM\"}, \"ramCommands\": [{\"ramCommandType\": \"startCommand\"},"
    " {\"ramCommandType\": \"seRamCommand\", \"listOfCAPDU\": [\"00A404000A00010203040506070809\"]},"
    " {\"ramCommandType\": \"notificationCommand\", \"deviceAppNotification\": \"step1/action2/OK\"},"
    " {\"ramCommandType\": \"stopCommand\"}]}";

static enum tsm_err read_order(const char *json, struct seram_order *o)
{
    return seram_order_read(bytes_of_text(json), WRITER(room), o);
}

static void the_orders_of_the_standard_are_read(void **state)
{
    static const struct {
        const char *json;
        enum seram_command_type type;
    } orders[] = {{start_order, SERAM_START}, {notification_order, SERAM_NOTIFY}, {stop_order, SERAM_STOP}};
    struct seram_order o;
    (void)state;
    assert_int_equal(read_order(no_command_order, &o), TSM_OK);
    assert_int_equal(o.delay_ms, 500);
    assert_int_equal(o.n_commands, 0);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        assert_int_equal(read_order(orders[i].json, &o), TSM_OK);
        assert_int_equal(o.n_commands, 1);
        assert_int_equal(o.commands[0].type, orders[i].type);
        assert_int_equal(o.delay_ms, 1000);
    }
}

static void the_order_with_all_commands_is_read_in_order(void **state)
{
    struct seram_order o;
    (void)state;
    assert_int_equal(read_order(all_commands_order, &o), TSM_OK);
    assert_int_equal(o.delay_ms, 0);
    assert_true(o.has_element);
    assert_string_equal(o.element.extra, "SAM");
    assert_int_equal(o.n_commands, 4);
    assert_int_equal(o.commands[0].type, SERAM_START);
    assert_int_equal(o.commands[1].type, SERAM_SCRIPT);
    assert_int_equal(o.commands[1].apdus.n, 1);
    assert_int_equal(o.apdus.at[0].len, 15);
    assert_int_equal(o.commands[2].type, SERAM_NOTIFY);
    assert_string_equal(o.commands[2].note, "step1/action2/OK");
    assert_int_equal(o.commands[3].type, SERAM_STOP);
}

static void the_apdu_that_the_standard_prints_is_no_apdu(void **state)
{
    struct seram_order o;
    (void)state;
    assert_int_equal(read_order("{\"ramCommands\": [{\"ramCommandType\": \"seRamCommand\","
                                " \"listOfCAPDU\": [\"00A40400OA0001020304050607080900A\"]}]}",
                                &o),
                     TSM_BAD_FORM);
    assert_string_equal(err_field(), "listOfCAPDU");
}

static void an_order_is_built_and_written_under_the_names_of_the_schema(void **state)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x00}, get[] = {0x80, 0xCA, 0x00, 0x66, 0x00};
    struct seram_order o;
    char *json;
    (void)state;
    seram_order_init(&o, WRITER(room));
    assert_int_equal(seram_order_add(&o, SERAM_START), TSM_OK);
    assert_int_equal(seram_order_add(&o, SERAM_SCRIPT), TSM_OK);
    assert_int_equal(seram_order_apdu(&o, BYTES(select)), TSM_OK);
    assert_int_equal(seram_order_apdu(&o, BYTES(get)), TSM_OK);
    assert_int_equal(seram_order_notify(&o, "50 %"), TSM_OK);
    assert_int_equal(seram_order_add(&o, SERAM_STOP), TSM_OK);
    o.delay_ms = 0;
    o.has_element = true;
    o.element = (struct seram_element){.type = SERAM_EUICC, .id = "8904"};
    assert_int_equal(seram_order_write(&o, &json), TSM_OK);
    assert_string_equal(json,
                        "{\"delay\":0,\"chosenSecureElement\":{\"seType\":\"euicc\",\"seId\":\"8904\"},"
                        "\"ramCommands\":[{\"ramCommandType\":\"ramStartCommand\"},"
                        "{\"ramCommandType\":\"seRamCommand\",\"listOfCAPDU\":[\"00A40400\",\"80CA006600\"]},"
                        "{\"ramCommandType\":\"notificationCommand\",\"deviceAppNotification\":\"50 %\"},"
                        "{\"ramCommandType\":\"ramStopCommand\"}]}");
    free(json);
}

static void a_void_order_has_a_delay_and_nothing_else(void **state)
{
    struct seram_order o;
    char *json;
    (void)state;
    seram_order_init(&o, WRITER(room));
    assert_int_equal(seram_order_write(&o, &json), TSM_OK);
    assert_string_equal(json, "{\"delay\":500}");
    free(json);
}

static void an_apdu_needs_its_command_and_limits_hold(void **state)
{
    static const uint8_t apdu[5000] = {0};
    struct seram_order o;
    (void)state;
    seram_order_init(&o, WRITER(room));
    assert_int_equal(seram_order_apdu(&o, BYTES_OF(apdu, 5)), TSM_WRONG_STATE);
    assert_int_equal(seram_order_add(&o, SERAM_SCRIPT), TSM_OK);
    assert_int_equal(seram_order_apdu(&o, BYTES(apdu)), TSM_NO_ROOM);
    for (int i = 0; i < SERAM_APDUS_MAX; i++)
        assert_int_equal(seram_order_apdu(&o, BYTES_OF(apdu, 5)), TSM_OK);
    assert_int_equal(seram_order_apdu(&o, BYTES_OF(apdu, 5)), TSM_TOO_LONG);
    for (int i = 1; i < SERAM_COMMANDS_MAX; i++)
        assert_int_equal(seram_order_add(&o, SERAM_START), TSM_OK);
    assert_int_equal(seram_order_add(&o, SERAM_START), TSM_TOO_LONG);
    assert_int_equal(seram_order_notify(&o, "x"), TSM_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_orders_of_the_standard_are_read),
        cmocka_unit_test(the_order_with_all_commands_is_read_in_order),
        cmocka_unit_test(the_apdu_that_the_standard_prints_is_no_apdu),
        cmocka_unit_test(an_order_is_built_and_written_under_the_names_of_the_schema),
        cmocka_unit_test(a_void_order_has_a_delay_and_nothing_else),
        cmocka_unit_test(an_apdu_needs_its_command_and_limits_hold),
    };
    return cmocka_run_group_tests_name("SERAM orders", tests, NULL, NULL);
}
