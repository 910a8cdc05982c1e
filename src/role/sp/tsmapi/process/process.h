/* SPDX-License-Identifier: Apache-2.0 */
/* A process: asked for by an app, an order from its start on, and what the app sees of it. Stations 3 and 12.
 * Role. [TR-03165 3.2.1, 4.2.3.6 to 4.2.3.9] */
#ifndef TSM_ROLE_SP_TSMAPI_PROCESS_PROCESS_H
#define TSM_ROLE_SP_TSMAPI_PROCESS_PROCESS_H

#include "role/sp/orders/accept.h"
#include "role/sp/prep/played.h"
#include "role/sp/tsmapi/call.h"

/* commandExecutionStatus [4.2.3.10] */
enum { EXECUTION_SUCCESS, EXECUTION_FAILED, NOT_EXECUTED };

/* Stored numbers; append only. */
enum process_state { PROCESS_WAITS, PROCESS_STARTED, PROCESS_OVER };

struct process_row {
    int64_t id, party, instance, operation, state, order, status, start_by, begun, ended;
    unsigned commands;
    char uuid[UUID_ROOM], instance_uuid[UUID_ROOM], caller[CALLER_MAX + 1], reader[READER_MAX + 1];
    char version[VERSION_TAG_MAX + 1], details[FAULT_DETAILS_MAX];
    /* Until the start. */
    char data[ORDER_DATA_MAX + 1]; /* card data as compact JWE */
    uint8_t inputs[INPUTS_MAX];    /* personalizationData, sealed for the trace */
    size_t inputs_len;
    char installation[INSTALLATION_MAX + 1];
};
/* By its UUID; `caller` "" for any. NOT_FOUND also where it is another provider's or another app's. */
struct process_name {
    int64_t party;
    char uuid[UUID_ROOM], caller[CALLER_MAX + 1];
};
enum tsm_err process_load(struct tx *tx, const struct process_name *name, struct process_row *out);
/* What was never started in its time is over: EXECUTION_INTERRUPTED. */
void process_settle(struct process_row *p, time_us now);
/* The order that it becomes; borrows from the row. */
void process_wish(const struct process_row *p, const uint8_t trace[TRACE_LEN], struct order_wish *out);
/* The octets of a UUID. BAD_FORM. */
enum tsm_err process_trace(const char *uuid, uint8_t out[TRACE_LEN]);

/* The process as the app sees it: {process, seen, state, operation, progress, exchange?, result?}; owned by
 * the caller. `seen` is another number whenever anything else is another. */
enum tsm_err process_json(struct tx *tx, const struct sp *sp, const struct process_row *p, json_t **out);
/* How far an order is, by the weights of the steps before this one: 0 to 99. */
int process_progress(enum operation op, int64_t step);

#endif
