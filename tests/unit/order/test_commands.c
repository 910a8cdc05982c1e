/* SPDX-License-Identifier: Apache-2.0 */
/* Service commands: every state x every list of commands x finalise against the list of TR-03165 4.2.5.3,
 * written a second time. Unit test of order/life/commands.c. */
#include <stdio.h>
#include <string.h>

#include "../vectors.h"
#include "order/life/commands.h"

#define ALL_LISTS 40 /* of no, one, two and three commands, with repetitions */

static const enum instance_state states[] = {
    INSTANCE_NOT_DEPLOYED, INSTANCE_INITIALIZED, INSTANCE_INSTALLED, INSTANCE_PERSONALIZED,
    INSTANCE_ACTIVATED,    INSTANCE_OPERATIONAL, INSTANCE_SUSPENDED, INSTANCE_IN_ERROR};
enum { STATES = sizeof states / sizeof states[0] };

/* The text: letters of the commands, "-" for the empty list, between blanks. */
static const struct {
    enum operation op;
    enum instance_state state;
    unsigned done;
    const char *lists;
} text[] = {
    {OP_DEPLOY, INSTANCE_NOT_DEPLOYED, 0, " IAP IA IPA IP I "},
    {OP_DEPLOY, INSTANCE_INSTALLED, COMMAND_INSTALL, " AP A PA "},
    {OP_DEPLOY, INSTANCE_PERSONALIZED, COMMAND_INSTALL | COMMAND_PERSONALISE, " A - "},
    {OP_DEPLOY, INSTANCE_ACTIVATED, COMMAND_INSTALL | COMMAND_ACTIVATE, " P - "},
    {OP_UPDATE, INSTANCE_OPERATIONAL, COMMAND_STEPS, " IAP IA IPA IP I "},
    {OP_UPDATE, INSTANCE_SUSPENDED, COMMAND_STEPS, " IAP IA IPA IP I "},
};

static void list_number(int number, struct command_list *list, char word[5])
{
    static const enum service_command commands[] = {COMMAND_INSTALL, COMMAND_PERSONALISE, COMMAND_ACTIVATE};
    int n = number == 0   ? 0
            : number < 4  ? 1
            : number < 13 ? 2
                          : 3,
        left = number - (n == 1   ? 1
                         : n == 2 ? 4
                         : n == 3 ? 13
                                  : 0);
    *list = (struct command_list){.n = (size_t)n};
    for (int i = 0; i < n; i++, left /= 3) {
        list->at[i] = commands[left % 3];
        word[i] = "IPA"[left % 3];
    }
    if (n == 0)
        word[n++] = '-';
    word[n] = 0;
}

static bool repeats(const char *word)
{
    return strlen(word) > 1 &&
           (word[0] == word[1] || (word[2] && (word[2] == word[0] || word[2] == word[1])));
}

static bool is_in_text(enum operation op, enum instance_state state, const char *word)
{
    char wanted[8];
    snprintf(wanted, sizeof wanted, " %s ", word);
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (text[i].op == op && text[i].state == state && strstr(text[i].lists, wanted))
            return true;
    return false;
}

static unsigned done_of(enum instance_state state)
{
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (text[i].state == state)
            return text[i].done;
    return 0;
}

static void what_the_text_lists_passes_and_nothing_else(void **state)
{
    int passed = 0;
    (void)state;
    for (int op = OP_DEPLOY; op <= OP_UPDATE; op++)
        for (int s = 0; s < STATES; s++)
            for (int number = 0; number < ALL_LISTS * 2; number++) {
                struct instance_life now = {.state = states[s], .done = done_of(states[s])};
                struct command_list list;
                char word[5];
                unsigned mask;
                enum tsm_err due = TSM_WRONG_STATE, got;
                if (states[s] == INSTANCE_IN_ERROR)
                    continue;
                list_number(number / 2, &list, word);
                list.finalise = number % 2;
                if (repeats(word) || (word[0] == '-' && !list.finalise))
                    due = TSM_BAD_VALUE;
                else if (is_in_text((enum operation)op, states[s], word))
                    due = TSM_OK;
                got = commands_judge((enum operation)op, &list, &now, &mask);
                if (got != due)
                    fail_msg("%s in %s: %s%s gave %s, due %s", operation_words[op],
                             instance_state_name(states[s]), word, list.finalise ? "!" : "", err_name(got),
                             err_name(due));
                passed += got == TSM_OK;
            }
    assert_int_equal(passed, 2 * (5 + 3 + 1 + 1) + 2 + 2 * (5 + 5)); /* the empty list with finalise only */
}

static enum tsm_err judge(enum operation op, struct instance_life now, struct command_list list)
{
    unsigned mask;
    return commands_judge(op, &list, &now, &mask);
}

#define LIST(...)                                                            \
    (struct command_list)                                                    \
    {                                                                        \
        .at = {__VA_ARGS__}, .n = sizeof((int[]){__VA_ARGS__}) / sizeof(int) \
    }

/* The examples of TR-03165 4.2.4.4, word by word. */
static void refusals_have_the_words_of_the_guideline(void **state)
{
    const struct instance_life operational = {.state = INSTANCE_OPERATIONAL, .done = COMMAND_STEPS},
                               fresh = {.state = INSTANCE_NOT_DEPLOYED},
                               installed = {.state = INSTANCE_INSTALLED, .done = COMMAND_INSTALL},
                               personalised = {.state = INSTANCE_PERSONALIZED,
                                               .done = COMMAND_INSTALL | COMMAND_PERSONALISE};
    (void)state;
    assert_int_equal(judge(OP_DEPLOY, operational, LIST(COMMAND_INSTALL)), TSM_WRONG_STATE);
    assert_string_equal(err_cause(),
                        "invalid state transfer from DeployedOperational to UnderDeploymentInstalled");
    assert_int_equal(judge(OP_DEPLOY, fresh, LIST(COMMAND_ACTIVATE)), TSM_WRONG_STATE);
    assert_string_equal(err_cause(), "invalid state transfer from NotDeployed to UnderDeploymentActivated");
    assert_int_equal(judge(OP_DEPLOY, personalised, LIST(COMMAND_PERSONALISE)), TSM_WRONG_STATE);
    assert_string_equal(
        err_cause(),
        "invalid state transfer from UnderDeploymentPersonalized to UnderDeploymentPersonalized");
    assert_int_equal(judge(OP_DEPLOY, installed, LIST(COMMAND_INSTALL)), TSM_WRONG_STATE);
    assert_string_equal(err_cause(), "service command 'install' has already been executed");
    assert_int_equal(judge(OP_DEPLOY, installed, (struct command_list){.n = 0}), TSM_BAD_VALUE);
    assert_string_equal(err_cause(), "serviceCommands in DeployServiceRequest is only allowed to be empty if "
                                     "the finalize deployment flag is set");
    assert_int_equal(judge(OP_DEPLOY, fresh, LIST(COMMAND_INSTALL, COMMAND_INSTALL)), TSM_BAD_VALUE);
    assert_string_equal(err_cause(),
                        "serviceCommands in DeployServiceRequest contain multiple InstallServiceCommands");
    assert_int_equal(judge(OP_DEPLOY, fresh, LIST(COMMAND_INSTALL, COMMAND_PERSONALISE, COMMAND_PERSONALISE)),
                     TSM_BAD_VALUE);
    assert_string_equal(
        err_cause(), "serviceCommands in DeployServiceRequest contain multiple PersonalizeServiceCommands");
}

static void a_command_that_was_executed_is_not_executed_again(void **state)
{
    const struct instance_life all[] = {{.state = INSTANCE_PERSONALIZED, .done = COMMAND_STEPS},
                                        {.state = INSTANCE_ACTIVATED, .done = COMMAND_STEPS}};
    struct command_list finish = {.finalise = true};
    (void)state;
    assert_int_equal(judge(OP_DEPLOY, all[0], LIST(COMMAND_ACTIVATE)), TSM_WRONG_STATE);
    assert_string_equal(err_cause(), "service command 'activate' has already been executed");
    assert_int_equal(judge(OP_DEPLOY, all[1], LIST(COMMAND_PERSONALISE)), TSM_WRONG_STATE);
    assert_string_equal(err_cause(), "service command 'personalize' has already been executed");
    for (int i = 0; i < 2; i++)
        assert_int_equal(judge(OP_DEPLOY, all[i], finish), TSM_OK);
}

/* In error: all again, or what is missing; never what was executed alone, never nothing. */
static void an_error_is_mended_by_the_steps_that_are_missing(void **state)
{
    static const struct {
        unsigned done;
        const char *lists;
    } due[] = {{0, " I IP IA IPA IAP "},
               {COMMAND_INSTALL, " I IP IA IPA IAP A AP PA "},
               {COMMAND_INSTALL | COMMAND_PERSONALISE, " I IP IA IPA IAP A "},
               {COMMAND_INSTALL | COMMAND_ACTIVATE, " I IP IA IPA IAP P "},
               {COMMAND_STEPS, " I IP IA IPA IAP "}};
    (void)state;
    for (size_t d = 0; d < sizeof due / sizeof due[0]; d++)
        for (int number = 0; number < ALL_LISTS; number++) {
            struct command_list list;
            char word[5], wanted[8];
            list_number(number, &list, word);
            list.finalise = true;
            snprintf(wanted, sizeof wanted, " %s ", word);
            if (repeats(word))
                continue;
            assert_int_equal(judge(OP_DEPLOY,
                                   (struct instance_life){.state = INSTANCE_IN_ERROR, .done = due[d].done},
                                   list),
                             strstr(due[d].lists, wanted) ? TSM_OK : TSM_WRONG_STATE);
        }
}

static void a_failed_update_may_be_ordered_again_and_no_other_error(void **state)
{
    (void)state;
    for (int failed = 0; failed < 2; failed++)
        assert_int_equal(judge(OP_UPDATE,
                               (struct instance_life){.state = INSTANCE_IN_ERROR, .update_failed = failed},
                               LIST(COMMAND_INSTALL)),
                         failed ? TSM_OK : TSM_WRONG_STATE);
}

/* Letters for the states in their order: y may begin. */
static void the_other_operations_begin_where_the_guideline_says(void **state)
{
    static const struct {
        enum operation op;
        const char *may;
    } due[] = {{OP_SUSPEND, "nnnnnyyn"},
               {OP_RESUME, "nnnnnyyn"},
               {OP_TERMINATE, "yyyyyyyy"},
               {OP_EXCHANGE, "nnnnnynn"}};
    (void)state;
    for (size_t d = 0; d < sizeof due / sizeof due[0]; d++)
        for (int s = 0; s < STATES; s++)
            assert_int_equal(life_judge(due[d].op, 0, &(struct instance_life){.state = states[s]}),
                             due[d].may[s] == 'y' ? TSM_OK : TSM_WRONG_STATE);
    assert_int_equal(life_judge(OP_TERMINATE, 0, &(struct instance_life){.state = INSTANCE_REMOVED}),
                     TSM_WRONG_STATE);
}

static void orphans_are_suspended_resumed_and_terminated_only(void **state)
{
    (void)state;
    for (int op = 0; op < OPERATIONS; op++) {
        struct instance_life now = {.state = INSTANCE_OPERATIONAL, .done = COMMAND_STEPS, .orphaned = true};
        bool may = op == OP_SUSPEND || op == OP_RESUME || op == OP_TERMINATE;
        assert_int_equal(life_judge((enum operation)op, COMMANDS_ALL, &now), may ? TSM_OK : TSM_ORPHANED);
    }
    assert_int_equal(judge(OP_DEPLOY, (struct instance_life){.state = INSTANCE_IN_ERROR, .orphaned = true},
                           LIST(COMMAND_INSTALL)),
                     TSM_ORPHANED);
}

static void a_mask_is_the_list_that_it_was_made_of(void **state)
{
    (void)state;
    for (int number = 0; number < ALL_LISTS; number++) {
        struct command_list list, again;
        char word[5];
        unsigned mask;
        bool installs_late;
        list_number(number, &list, word);
        if (repeats(word))
            continue;
        list.finalise = true;
        list.suspended = strchr(word, 'A') != NULL;
        installs_late = strchr(word, 'I') > word;
        if (strchr(word, 'I') && installs_late) {
            assert_int_equal(commands_mask(OP_DEPLOY, &list, &mask), TSM_BAD_VALUE);
            continue;
        }
        assert_int_equal(commands_mask(OP_DEPLOY, &list, &mask), TSM_OK);
        commands_list(mask, &again);
        assert_memory_equal(&again, &list, sizeof list);
    }
}

static void operations_have_the_numbers_of_the_guideline(void **state)
{
    static const struct {
        enum operation op;
        unsigned mask;
        int number;
    } due[] = {{OP_DEPLOY, COMMAND_INSTALL, 10},
               {OP_DEPLOY, COMMAND_INSTALL | COMMAND_PERSONALISE, 11},
               {OP_DEPLOY, COMMAND_STEPS | COMMAND_PERSONALISE_LAST, 11},
               {OP_DEPLOY, COMMAND_STEPS, 12},
               {OP_DEPLOY, COMMANDS_ALL, 13},
               {OP_DEPLOY, COMMAND_FINALISE, 13},
               {OP_UPDATE, COMMAND_INSTALL, 20},
               {OP_UPDATE, COMMAND_INSTALL | COMMAND_PERSONALISE, 21},
               {OP_UPDATE, COMMAND_STEPS, 22},
               {OP_UPDATE, COMMANDS_ALL, 23},
               {OP_SUSPEND, 0, 30},
               {OP_RESUME, 0, 31},
               {OP_TERMINATE, 0, 40},
               {OP_EXCHANGE, 0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof due / sizeof due[0]; i++)
        assert_int_equal(service_operation(due[i].op, due[i].mask), due[i].number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_text_lists_passes_and_nothing_else),
        cmocka_unit_test(refusals_have_the_words_of_the_guideline),
        cmocka_unit_test(a_command_that_was_executed_is_not_executed_again),
        cmocka_unit_test(an_error_is_mended_by_the_steps_that_are_missing),
        cmocka_unit_test(a_failed_update_may_be_ordered_again_and_no_other_error),
        cmocka_unit_test(the_other_operations_begin_where_the_guideline_says),
        cmocka_unit_test(orphans_are_suspended_resumed_and_terminated_only),
        cmocka_unit_test(a_mask_is_the_list_that_it_was_made_of),
        cmocka_unit_test(operations_have_the_numbers_of_the_guideline),
    };
    return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
