/* SPDX-License-Identifier: Apache-2.0 */
/* ProcessResult as JSON. Station 12. Pure but for allocation. [BSI TR-03165 4.3.3.1] */
#include "role/sp/spos/result.h"

#include "role/sp/sptsm/keep/adopt.h"

/* requestedOperations: one number an operation, or one a command. */
static const struct operation_row {
    enum operation operation;
    unsigned command; /* 0: the operation has none */
    int number;
} numbers[] = {
    {OP_DEPLOY, COMMAND_INSTALL, 10}, /* SERVICE_DEPLOYMENT_INSTALLATION */
    {OP_DEPLOY, COMMAND_PERSONALISE, 11},
    {OP_DEPLOY, COMMAND_ACTIVATE, 12},
    {OP_UPDATE, COMMAND_INSTALL, 20}, /* SERVICE_UPDATE_INSTALLATION */
    {OP_UPDATE, COMMAND_PERSONALISE, 21},
    {OP_UPDATE, COMMAND_ACTIVATE, 22},
    {OP_SUSPEND, 0, 30},
    {OP_RESUME, 0, 31},
    {OP_TERMINATE, 0, 40},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

bool process_result_is_told(enum operation operation)
{
    for (size_t i = 0; i < NUMBERS; i++)
        if (numbers[i].operation == operation)
            return true;
    return false;
}

static void add_number(json_t *list, enum operation operation, unsigned command)
{
    for (size_t i = 0; i < NUMBERS; i++)
        if (numbers[i].operation == operation && numbers[i].command == command)
            json_array_append_new(list, json_integer(numbers[i].number));
}

/* "operations that have been requested by the SP app": its commands in its order. Finalising has no number.
 */
static json_t *operations_of(const struct process_result *r)
{
    json_t *list = json_array();
    struct command_list asked;
    commands_list(r->commands, &asked);
    add_number(list, r->operation, 0);
    for (size_t i = 0; i < asked.n; i++)
        add_number(list, r->operation, asked.at[i]);
    return list;
}

static json_int_t state_of(int64_t state)
{
    return state == INSTANCE_REMOVED ? INSTANCE_NOT_DEPLOYED : (json_int_t)state;
}

json_t *process_result_json(const struct process_result *r)
{
    char start[TR_TIME_TEXT], end[TR_TIME_TEXT];
    return json_pack("{ss si ss ss ss ss ss ss so sI sI}", "processId", r->process, "executionStatus",
                     r->status, "executionMessage", r->status ? r->message : "", "startDate",
                     adopt_time(r->start, start), "endDate", adopt_time(r->end, end), "serviceId", r->service,
                     "versionTag", r->version, "serviceInstanceId", r->instance, "requestedOperations",
                     operations_of(r), "serviceStartState", state_of(r->start_state), "serviceEndState",
                     state_of(r->end_state));
}
