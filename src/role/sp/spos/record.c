/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of an ended process from the rows, written as a result that waits for its receiver. Station 12. Role.
 * [BSI TR-03165 3.3.1, 4.3.3.1] */
#include "role/sp/spos/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "role/sp/spos/queue.h"
#include "role/sp/spos/result.h"
#include "role/sp/sptsm/keep/row.h"
#include "role/sp/tsmapi/fault.h"
#include "role/sp/tsmapi/names.h"

struct receiver {
    int64_t config;
    char service[UID_ROOM], tag[SERVICE_MAX + 1];
};

/* NOT_FOUND: the service tells nobody. */
static enum tsm_err find_receiver(struct tx *tx, int64_t party, int64_t service, struct receiver *out)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_SPOS_CONFIG_OF, service, party));
    out->config = db_int(&r, 0);
    snprintf(out->service, sizeof out->service, "%s", db_text(&r, 1));
    return TSM_OK;
}

/* Where no tag is known: of the version that the flavor stands in, else the newest. */
static enum tsm_err find_tag(struct tx *tx, int64_t service, int64_t flavor, struct receiver *out)
{
    ROWS of_flavor = {0}, newest = {0};
    enum tsm_err e;
    if (out->tag[0])
        return TSM_OK;
    e = flavor ? db_first(tx, &of_flavor, SQL_SPOS_TAG_OF_FLAVOR, flavor) : TSM_NOT_FOUND;
    if (e == TSM_OK)
        snprintf(out->tag, sizeof out->tag, "%s", db_text(&of_flavor, 0));
    if (e != TSM_NOT_FOUND)
        return e;
    e = db_first(tx, &newest, SQL_SPOS_NEWEST_TAG, service);
    if (e == TSM_OK)
        snprintf(out->tag, sizeof out->tag, "%s", db_text(&newest, 0));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err post(struct tx *tx, struct spos_letter *letter, const struct process_result *result)
{
    json_t *o = process_result_json(result);
    char *text = o ? json_text(o) : NULL;
    enum tsm_err e;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    letter->body = text;
    e = spos_post(tx, letter);
    free(text);
    return e;
}

/* What the order's row says of its course. */
static enum tsm_err read_course(struct tx *tx, const struct order *o, struct process_result *out,
                                char tag[SERVICE_MAX + 1])
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_LIFE_ORDER, o->id, o->party));
    out->commands = (unsigned)db_int(&r, 0);
    snprintf(tag, SERVICE_MAX + 1, "%s", db_text(&r, 1));
    out->start_state = db_int(&r, 2);
    out->end_state = db_int(&r, 3);
    out->start = db_int(&r, 4) ? db_int(&r, 4) : o->created;
    out->end = db_int(&r, 5) ? db_int(&r, 5) : tx_now(tx);
    return TSM_OK;
}

char *spos_process_uuid(const struct order *o, char out[37])
{
    return uuid_octets_text(o->trace, out);
}

/* An instance that no app has asked for gets its name now; it follows from the row's number, so that the
 * result of its removal tells the same. */
static enum tsm_err instance_uuid(struct tx *tx, const struct instance *i, char out[37])
{
    TRY(instance_uuid_made(i->id, out));
    if (i->uuid[0])
        snprintf(out, 37, "%s", i->uuid);
    return i->uuid[0] ? TSM_OK : db_exec(tx, SQL_SPOS_NAME_INSTANCE, i->id, out);
}

enum tsm_err spos_order_ended(struct tx *tx, const struct spos_end *end)
{
    const struct order *o = end->order;
    struct process_result result = {.operation = (enum operation)o->operation};
    struct receiver to = {.config = 0};
    struct spos_letter letter = {.party = o->party, .instance = o->instance, .trace = BYTES(o->trace)};
    struct fault fault = {.type = API_OK};
    char process[37], instance[37], message[FAULT_TEXT_MAX];
    enum tsm_err e;
    if (!process_result_is_told(result.operation))
        return TSM_OK;
    e = find_receiver(tx, o->party, end->instance->service, &to);
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    TRY(read_course(tx, o, &result, to.tag));
    if (!to.tag[0])
        snprintf(to.tag, sizeof to.tag, "%s", end->instance->version);
    TRY(find_tag(tx, end->instance->service, end->flavor, &to));
    TRY(instance_uuid(tx, end->instance, instance));
    letter.config = to.config;
    result.process = spos_process_uuid(o, process);
    result.instance = instance;
    result.service = to.service;
    result.version = to.tag;
    if (end->failure)
        fault_of_failure(&fault, end->failure, o->state == ORDER_EXPIRED);
    result.status = (int)fault.type;
    result.message = fault_text(&fault, message);
    return post(tx, &letter, &result);
}

enum tsm_err spos_request_failed(struct tx *tx, const struct spos_refusal *r)
{
    struct process_result result = {.process = "",
                                    .status = r->status,
                                    .message = r->message,
                                    .start = r->asked,
                                    .end = tx_now(tx),
                                    .instance = r->instance,
                                    .operation = r->operation,
                                    .commands = r->commands,
                                    .start_state = r->state,
                                    .end_state = r->state};
    struct spos_letter letter = {.party = r->party};
    struct receiver to = {.config = 0};
    enum tsm_err e = find_receiver(tx, r->party, r->service, &to);
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? TSM_OK : e;
    snprintf(to.tag, sizeof to.tag, "%s", r->version);
    TRY(find_tag(tx, r->service, 0, &to));
    letter.config = to.config;
    result.service = to.service;
    result.version = to.tag;
    return post(tx, &letter, &result);
}
