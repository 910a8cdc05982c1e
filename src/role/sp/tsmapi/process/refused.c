/* SPDX-License-Identifier: Apache-2.0 */
/* The result of a process that was asked for and never began: no process id, its commands not executed, the
 * instance as it is. Station 2. Role. [TR-03165 4.2, 4.2.5.3 to 4.2.5.6] */
#include "role/sp/tsmapi/process/process.h"

enum { STATE_UNKNOWN = 0 }; /* [4.2.4.1] */

/* Nothing that could be told, or that this app may know. */
static const char unknown[] =
    "{\"spParameters\":{},\"serviceId\":\"\",\"serviceVersionTag\":\"\",\"flavorId\":"
    "\"\",\"flavorName\":\"\",\"profileId\":\"\"}";

struct refusing {
    const struct api_call *c;
    json_t *technical;
    const char *reader; /* "" where the handset does not show the element by a name that it is known by */
};

static enum tsm_err read_instance(struct tx *tx, void *arg)
{
    struct refusing *r = arg;
    const struct api_call *c = r->c;
    for (size_t i = 0; i < c->q.n_components && !r->reader[0]; i++) {
        struct shown_element el = {.component = &c->q.component[i]};
        TRY(element_instance(tx, c->party, c->service.id, &el));
        if (el.instance == c->instance.id)
            r->reader = el.component->reader;
    }
    return technical_of_instance(tx, &c->service, &c->instance, &r->technical);
}

static bool is_known(const struct api_call *c)
{
    return c->instance.id && c->service.body && c->reading.fault.type != API_UNAUTHORIZED;
}

static json_t *not_executed(size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            list, json_pack("{si s[]}", "commandExecutionStatus", NOT_EXECUTED, "personalizationResults"));
    return list;
}

/* What cannot be read now is left out: the error that is told stands for it. */
static enum tsm_err add_instance(const struct api_call *c, json_t *result)
{
    struct refusing r = {.c = c, .reader = ""};
    bool known = is_known(c) && store_read(c->sp->c.store, read_instance, &r) == TSM_OK;
    if (!known) {
        json_decref(r.technical);
        r.technical = json_loads(unknown, 0, NULL);
        err_clear();
    }
    NEED(json_object_set_new(result, "serviceInstanceState",
                             json_integer(known ? c->instance.state : STATE_UNKNOWN)) == 0 &&
             json_object_set_new(result, "technicalInformation", r.technical) == 0 &&
             json_object_set_new(result, "serviceCommandResults", not_executed(c->q.commands.n)) == 0 &&
             json_object_set_new(result, "reader", json_string(known ? r.reader : "")) == 0,
         NO_MEMORY);
    return TSM_OK;
}

enum tsm_err process_refused(const struct api_call *c, time_us now, json_t **out)
{
    json_t *info = process_info("", &c->reading.fault, (struct process_times){now, now});
    json_t *result = json_pack("{so}", "processInfo", info);
    enum tsm_err e = result ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
    if (e == TSM_OK && (c->q.method == METHOD_DEPLOY || c->q.method == METHOD_UPDATE))
        e = add_instance(c, result);
    if (e != TSM_OK)
        json_decref(result);
    else
        *out = result;
    return e;
}
