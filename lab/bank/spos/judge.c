/* SPDX-License-Identifier: Apache-2.0 */
/* ProcessResult as the bank reads it: by table, strictly. Pure. [BSI TR-03165 4.3.3.1] */
#include "bank/spos/spos.h"

#include <string.h>

enum kind { TEXT, DATE, NUMBER, UUID, UUID_OR_NONE, STATE, OPERATIONS };

static const struct attribute {
    const char *name;
    enum kind kind;
    const char *wrong;
} attributes[] = {
    {"processId", UUID_OR_NONE, "processId is no UUID"},
    {"executionStatus", NUMBER, "executionStatus is no error type"},
    {"executionMessage", TEXT, "executionMessage is no text"},
    {"startDate", DATE, "startDate is no UTC time with milliseconds"},
    {"endDate", DATE, "endDate is no UTC time with milliseconds"},
    {"serviceId", UUID, "serviceId is no UUID"},
    {"versionTag", TEXT, "versionTag is no text"},
    {"serviceInstanceId", UUID_OR_NONE, "serviceInstanceId is no UUID"},
    {"requestedOperations", OPERATIONS, "requestedOperations is no list of operations"},
    {"serviceStartState", STATE, "serviceStartState is no state"},
    {"serviceEndState", STATE, "serviceEndState is no state"},
};
enum { ATTRIBUTES = sizeof attributes / sizeof attributes[0] };

static bool is_one_of(json_int_t value, const int *list)
{
    for (; *list >= 0; list++)
        if (*list == value)
            return true;
    return false;
}

/* 'x' a hex digit, '9' a decimal digit, anything else itself. */
static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++) {
        const char *set = *form == 'x' ? "0123456789abcdef" : *form == '9' ? "0123456789" : NULL;
        if (!*text || (set ? !strchr(set, *text) : *text != *form))
            return false;
    }
    return !*text;
}

static bool are_operations(const json_t *v)
{
    static const int known[] = {10, 11, 12, 20, 21, 22, 30, 31, 40, -1};
    size_t i;
    const json_t *one;
    json_array_foreach(v, i, one)
    {
        if (!json_is_integer(one) || !is_one_of(json_integer_value(one), known))
            return false;
    }
    return json_is_array(v);
}

static bool is_error_type(json_int_t n)
{
    return (n >= 0 && n <= 20) || n == 100;
}

static bool is_right(enum kind kind, const json_t *v)
{
    static const int states[] = {1, 10, 11, 12, 14, 21, 22, 25, -1};
    const char *text = json_string_value(v);
    if (kind == OPERATIONS)
        return are_operations(v);
    if (kind == NUMBER)
        return json_is_integer(v) && is_error_type(json_integer_value(v));
    if (kind == STATE)
        return json_is_integer(v) && is_one_of(json_integer_value(v), states);
    if (!text)
        return false;
    if (kind == DATE)
        return has_form(text, "9999-99-99T99:99:99.999Z");
    if (kind == UUID || (kind == UUID_OR_NONE && *text))
        return has_form(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    return true;
}

const char *spos_judge(const json_t *result)
{
    for (size_t i = 0; i < ATTRIBUTES; i++)
        if (!is_right(attributes[i].kind, json_object_get(result, attributes[i].name)))
            return attributes[i].wrong;
    if (json_object_size(result) != ATTRIBUTES)
        return "there are attributes that ProcessResult does not have";
    bool failed = json_integer_value(json_object_get(result, "executionStatus")) != 0;
    bool says = *json_string_value(json_object_get(result, "executionMessage"));
    return failed == says ? NULL : "executionMessage and executionStatus disagree";
}
