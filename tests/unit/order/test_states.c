/* SPDX-License-Identifier: Apache-2.0 */
/* The life cycles: every pair of state and event walked against a table written a second time. Unit test of
 * order/states.c. [TR-03165 3.2.2] */
#include <string.h>

#include "../vectors.h"
#include "order/states.h"

static const enum instance_state states[] = {
    INSTANCE_NOT_DEPLOYED, INSTANCE_INITIALIZED, INSTANCE_INSTALLED,
    INSTANCE_PERSONALIZED, INSTANCE_ACTIVATED,   INSTANCE_OPERATIONAL,
    INSTANCE_SUSPENDED,    INSTANCE_IN_ERROR,    INSTANCE_REMOVED};
enum { STATES = sizeof states / sizeof states[0], NO = -1 };

/* What becomes of each state (rows, in the order above) by each event (columns, in the order of the enum). */
#define N NO
#define I INSTANCE_INITIALIZED
#define T INSTANCE_INSTALLED
#define P INSTANCE_PERSONALIZED
#define A INSTANCE_ACTIVATED
#define O INSTANCE_OPERATIONAL
#define S INSTANCE_SUSPENDED
#define E INSTANCE_IN_ERROR
#define R INSTANCE_REMOVED
static const int due[STATES][INSTANCE_EVENTS] = {
    /* starts, installed, personalized, activated, deployed, suspended, resumed, terminated, failed, updated,
     * update starts */
    {I, N, N, N, N, N, N, R, N, N, N}, /* not deployed */
    {I, T, N, N, N, N, N, R, E, N, N}, /* initialized */
    {N, N, P, A, O, N, N, R, E, N, N}, /* installed */
    {N, N, N, A, O, N, N, R, E, N, N}, /* personalized */
    {N, N, P, N, O, N, N, R, E, N, N}, /* activated */
    {N, N, N, N, N, S, N, R, E, O, I}, /* operational */
    {N, N, N, N, N, N, O, R, E, S, I}, /* suspended */
    {I, T, P, A, N, N, N, R, E, O, I}, /* in error */
    {N, N, N, N, N, N, N, N, N, N, N}, /* removed: the row is gone */
};

static void every_pair_of_state_and_event_does_what_the_table_says(void **state)
{
    (void)state;
    for (int s = 0; s < STATES; s++)
        for (int e = 0; e < INSTANCE_EVENTS; e++) {
            enum instance_state next = INSTANCE_NOT_DEPLOYED, untouched = next;
            enum tsm_err got = instance_next(states[s], (enum instance_event)e, &next);
            if (due[s][e] == NO) {
                assert_int_equal(got, TSM_WRONG_STATE);
                assert_int_equal(next, untouched);
                assert_non_null(strstr(err_cause(), instance_state_word(states[s])));
            } else {
                assert_int_equal(got, TSM_OK);
                assert_int_equal(next, due[s][e]);
            }
        }
}

static void the_table_has_each_pair_once(void **state)
{
    const struct transition *rows;
    size_t n = instance_transitions(&rows), wanted = 0;
    (void)state;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            assert_false(rows[i].from == rows[k].from && rows[i].event == rows[k].event);
    for (int s = 0; s < STATES; s++)
        for (int e = 0; e < INSTANCE_EVENTS; e++)
            wanted += due[s][e] != NO;
    assert_int_equal(n, wanted);
}

static void mark(bool seen[STATES], int state)
{
    for (int i = 0; i < STATES; i++)
        seen[i] = seen[i] || (int)states[i] == state;
}

static void every_state_can_be_reached_and_left_for_good(void **state)
{
    bool seen[STATES] = {true}; /* not deployed is where an instance begins */
    (void)state;
    for (int round = 0; round < STATES; round++)
        for (int s = 0; s < STATES; s++)
            for (int e = 0; seen[s] && e < INSTANCE_EVENTS; e++)
                if (due[s][e] != NO)
                    mark(seen, due[s][e]);
    for (int s = 0; s < STATES; s++)
        assert_true(seen[s]);
    for (int s = 0; s < STATES - 1; s++)
        assert_int_equal(due[s][EV_TERMINATED], INSTANCE_REMOVED);
}

static void the_words_are_those_of_the_api(void **state)
{
    static const char *const orders[ORDER_STATES] = {"ACCEPTED", "RUNNING", "DONE", "FAILED", "EXPIRED"};
    static const char *const ops[] = {"deploy", "update", "suspend", "resume", "terminate", "exchange"};
    static const char *const kinds[] = {"iccid", "seid", "msisdn", "eid", "cplc", "cin"};
    (void)state;
    for (int i = 0; i < ORDER_STATES; i++) {
        assert_string_equal(order_state_word(i), orders[i]);
        assert_int_equal(order_is_final(i), i >= ORDER_DONE);
    }
    assert_string_equal(order_state_word(ORDER_STATES), "UNKNOWN");
    assert_string_equal(order_state_word(-1), "UNKNOWN");
    for (int i = 0; i < OPERATIONS; i++)
        assert_string_equal(operation_words[i], ops[i]);
    assert_null(operation_words[OPERATIONS]);
    for (int i = 0; i < SE_KINDS; i++)
        assert_string_equal(se_kind_words[i], kinds[i]);
    assert_null(se_kind_words[SE_KINDS]);
    for (int s = 0; s < STATES; s++)
        for (int k = s + 1; k < STATES; k++)
            assert_string_not_equal(instance_state_word(states[s]), instance_state_word(states[k]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_state_and_event_does_what_the_table_says),
        cmocka_unit_test(the_table_has_each_pair_once),
        cmocka_unit_test(every_state_can_be_reached_and_left_for_good),
        cmocka_unit_test(the_words_are_those_of_the_api),
    };
    return cmocka_run_group_tests_name("states", tests, NULL, NULL);
}
