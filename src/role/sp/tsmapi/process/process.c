/* SPDX-License-Identifier: Apache-2.0 */
/* Processes as rows, and what each says to its app. Stations 3 and 12. Role. [TR-03165 4.2.3.7 to 4.2.3.12]
 */
#include "role/sp/tsmapi/process/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/process.h"

const char *api_time(time_us t, char out[API_TIME_TEXT])
{
    char text[TIME_TEXT];
    snprintf(out, API_TIME_TEXT, "%.23sZ", time_text(t, text));
    return out;
}

json_t *process_info(const char *process, const struct fault *f, struct process_times t)
{
    char start[API_TIME_TEXT], end[API_TIME_TEXT];
    json_t *o = json_pack("{ss ss ss}", "processId", process, "startDate", api_time(t.start, start),
                          "endDate", api_time(t.end, end));
    if (o && fault_put(o, f) == TSM_OK)
        return o;
    json_decref(o);
    return NULL;
}

enum tsm_err process_trace(const char *uuid, uint8_t out[TRACE_LEN])
{
    char hex[2 * TRACE_LEN + 1] = "";
    size_t n = 0;
    for (const char *at = uuid; *at && n < sizeof hex - 1; at++)
        if (*at != '-')
            hex[n++] = *at;
    hex[n] = 0;
    TRY(hex_read(hex, out, TRACE_LEN, &n));
    NEED(n == TRACE_LEN, BAD_FORM);
    return TSM_OK;
}

enum tsm_err process_load(struct tx *tx, const struct process_name *name, struct process_row *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TSMAPI_PROCESS, name->uuid, name->party, name->caller);
    struct process_row p = {.party = name->party};
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "process %s does not exist", name->uuid);
    TRY(e);
    p.id = db_int(&r, 0);
    p.instance = db_int(&r, 1);
    snprintf(p.instance_uuid, sizeof p.instance_uuid, "%s", db_text(&r, 2));
    p.operation = db_int(&r, 3);
    p.commands = (unsigned)db_int(&r, 4);
    snprintf(p.version, sizeof p.version, "%s", db_text(&r, 5));
    snprintf(p.reader, sizeof p.reader, "%s", db_text(&r, 7));
    p.state = db_int(&r, 8);
    p.order = db_int(&r, 9);
    p.status = db_int(&r, 10);
    snprintf(p.details, sizeof p.details, "%s", db_text(&r, 11));
    p.start_by = db_int(&r, 12);
    p.begun = db_int(&r, 13);
    p.ended = db_int(&r, 14);
    snprintf(p.uuid, sizeof p.uuid, "%s", name->uuid);
    snprintf(p.data, sizeof p.data, "%s", db_text(&r, 6));
    TRY(bytes_keep(db_blob(&r, 15), p.inputs, sizeof p.inputs, &p.inputs_len));
    snprintf(p.installation, sizeof p.installation, "%s", db_text(&r, 16));
    *out = p;
    return TSM_OK;
}

void process_settle(struct process_row *p, time_us now)
{
    if (p->state != PROCESS_WAITS || now < p->start_by)
        return;
    p->state = PROCESS_OVER;
    p->status = API_EXECUTION_INTERRUPTED;
    p->ended = p->start_by;
    snprintf(p->details, sizeof p->details, "not started within %d seconds", PROCESS_START_S);
}

void process_wish(const struct process_row *p, const uint8_t trace[TRACE_LEN], struct order_wish *out)
{
    *out = (struct order_wish){.party = p->party,
                               .operation = (enum operation)p->operation,
                               .instance = p->instance,
                               .commands = p->commands,
                               .version = p->version,
                               .data = p->data,
                               .installation = p->installation,
                               .inputs = BYTES_OF(p->inputs, p->inputs_len),
                               .digest = BYTES_NONE,
                               .trace = BYTES_OF(trace, TRACE_LEN)};
}

/* Octets that a step usually sends, roughly; what is not listed is short. */
static const struct {
    const char *step;
    int weight;
} weights[] = {
    {"CREATE_DOMAIN", 10}, {"OWN_KEYS", 8},           {"SECRET_KEYS", 8},           {"INSTALL", 40},
    {"UPGRADE", 40},       {"INSTALL_BY_TOKENS", 40}, {"INSTALL_BY_AUTHORITY", 40}, {"PERSONALISE", 20},
    {"REMOVE", 20},        {"ACTIVATE", 6},
};

static int weight_of(const char *step)
{
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++)
        if (!strcmp(weights[i].step, step))
            return weights[i].weight;
    return 2;
}

int process_progress(enum operation op, int64_t step)
{
    const struct process *p = process_of(op);
    int done = 0, all = 0;
    for (size_t i = 0; i < p->n; i++) {
        int weight = weight_of(p->steps[i].name);
        done += (int64_t)i < step ? weight : 0;
        all += weight;
    }
    return all ? done * 99 / all : 0;
}
