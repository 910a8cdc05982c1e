/* SPDX-License-Identifier: Apache-2.0 */
/* Report: what the agent did and what the secure element answered; lists of APDUs for reports and orders.
 * Stations 8 and 10. Pure but for allocation. [GP SERAM 2.0.0 remoteManagementReport, seRamResponse, apdu] */
#include "link/seram/seram_message.h"

#include <stdlib.h>

#include "base/hex.h"

static enum tsm_err read_apdu(const json_t *v, const char *field, struct seram_apdus *apdus)
{
    size_t len = json_string_length(v) / 2;
    struct writer store = apdus->store;
    uint8_t *slot;
    if (!json_is_string(v))
        return FAIL_FIELD(BAD_VALUE, field, "%s must hold hexadecimal strings", field);
    NEED(apdus->n < SERAM_APDUS_MAX, TOO_LONG);
    TRY(write_slot(&store, len, &slot));
    if (hex_read(json_string_value(v), slot, len, &len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, field, "%s holds a string that is not hexadecimal", field);
    apdus->store = store;
    apdus->at[apdus->n++] = BYTES_OF(slot, len);
    return TSM_OK;
}

enum tsm_err seram_apdus_read(const json_t *list, const char *field, struct seram_apdus *apdus,
                              struct seram_run *run)
{
    struct seram_run r = {.first = apdus->n, .n = json_array_size(list)};
    if (!json_is_array(list) || r.n > SERAM_APDUS_MAX)
        return FAIL_FIELD(BAD_VALUE, field, "%s must be a list of at most %d", field, SERAM_APDUS_MAX);
    for (size_t i = 0; i < r.n; i++)
        TRY(read_apdu(json_array_get(list, i), field, apdus));
    *run = r;
    return TSM_OK;
}

static json_t *apdu_json(struct bytes apdu)
{
    char *hex = malloc(2 * apdu.len + 1);
    json_t *text = hex ? json_string(hex_text(apdu, hex)) : NULL;
    free(hex);
    return text;
}

json_t *seram_apdus_json(const struct seram_apdus *apdus, struct seram_run run)
{
    json_t *list = json_array();
    for (size_t i = 0; i < run.n && list; i++)
        if (json_array_append_new(list, apdu_json(apdus->at[run.first + i]))) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

static const char *const status_words[] = {"PROCESSED",       "POLLING",          "UNAVAILABLE_SE",
                                           "UNKNOWN_FAILURE", "UNGRANTED_ACCESS", NULL};
static const char *const response_words[] = {"seRamResponse", NULL};

enum { EXECUTED_MAX = 1000000, NOT_SAID = -1 };

static const struct json_row status_rows[] = {
    {"localAgentStatusEnum", JSON_ENUM, offsetof(struct seram_report, status), 0, 0, JSON_NEEDED,
     status_words},
    {"executedSeRamCommands", JSON_INT, offsetof(struct seram_report, executed), 0, EXECUTED_MAX,
     JSON_OPTIONAL, NULL},
    {"errorMsg", JSON_TEXT, offsetof(struct seram_report, error), 0, SERAM_ERROR_MAX, JSON_OPTIONAL, NULL},
    {0},
};

struct report_parts {
    json_t *status, *responses;
};

static const struct json_row report_rows[] = {
    {"localAgentStatus", JSON_VALUE, offsetof(struct report_parts, status), 0, 0, JSON_NEEDED, NULL},
    {"ramResponses", JSON_VALUE, offsetof(struct report_parts, responses), 0, 0, JSON_OPTIONAL, NULL},
    {0},
};

struct response_parts {
    int type;
    json_t *answers;
};

static const struct json_row response_rows[] = {
    {"ramResponseType", JSON_ENUM, offsetof(struct response_parts, type), 0, 0, JSON_NEEDED, response_words},
    {"listOfRAPDU", JSON_VALUE, offsetof(struct response_parts, answers), 0, 0, JSON_NEEDED, NULL},
    {0},
};

static enum tsm_err read_responses(const json_t *list, struct seram_report *r)
{
    size_t n = json_array_size(list);
    if (list && (!json_is_array(list) || n > SERAM_COMMANDS_MAX))
        return FAIL_FIELD(BAD_VALUE, "ramResponses", "ramResponses must be a list of at most %d",
                          SERAM_COMMANDS_MAX);
    for (; r->n_responses < n; r->n_responses++) {
        struct response_parts parts = {0};
        TRY(json_fill_known(json_array_get(list, r->n_responses), response_rows, &parts));
        TRY(seram_apdus_read(parts.answers, "listOfRAPDU", &r->answers, &r->responses[r->n_responses]));
    }
    return TSM_OK;
}

static enum tsm_err read_report(const json_t *o, struct seram_report *r)
{
    struct report_parts parts = {0};
    TRY(json_fill_known(o, report_rows, &parts));
    TRY(json_fill_known(parts.status, status_rows, r));
    r->has_executed = r->executed != NOT_SAID;
    if (!r->has_executed)
        r->executed = 0;
    return read_responses(parts.responses, r);
}

enum tsm_err seram_report_read(struct bytes json, struct writer store, struct seram_report *out)
{
    struct seram_report r = {.executed = NOT_SAID, .answers.store = store};
    json_t *o;
    enum tsm_err e;
    TRY(json_read(json, &o));
    e = read_report(o, &r);
    json_decref(o);
    TRY(e);
    *out = r;
    return TSM_OK;
}

static json_t *responses_json(const struct seram_report *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->n_responses; i++)
        json_array_append_new(list, json_pack("{ss so}", "ramResponseType", response_words[0], "listOfRAPDU",
                                              seram_apdus_json(&r->answers, r->responses[i])));
    return list;
}

enum tsm_err seram_report_write(const struct seram_report *r, char **json)
{
    json_t *status = json_pack("{ss ss*}", "localAgentStatusEnum", status_words[r->status], "errorMsg",
                               r->error[0] ? r->error : NULL);
    if (r->has_executed)
        json_object_set_new(status, "executedSeRamCommands", json_integer(r->executed));
    return seram_text(json_pack("{so so*}", "localAgentStatus", status, "ramResponses",
                                r->n_responses ? responses_json(r) : NULL),
                      json);
}
