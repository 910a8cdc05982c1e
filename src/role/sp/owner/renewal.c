/* SPDX-License-Identifier: Apache-2.0 */
/* An owner's element was renewed: the provider's instances on the old one, and what its address is told.
 * Stations 6 and 12. Role. [capability S13; GP Messaging HandleSERenewal] */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/life/subject.h"
#include "role/sp/owner/ask_now.h"

enum { INSTANCES_AT_ONCE = 64 };

struct open_instance {
    int64_t id;
    char service[SERVICE_MAX + 1];
};

static enum tsm_err list_open(struct tx *tx, int64_t party, const char *element, struct open_instance *list,
                              size_t *n)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_INSTANCES_OF_ELEMENT, party, element);
    *n = 0;
    while (e == TSM_OK && *n < INSTANCES_AT_ONCE && (e = db_next(&r)) == TSM_OK) {
        list[*n].id = db_int(&r, 0);
        TRY(subject_service_word(tx, db_int(&r, 2), db_text(&r, 1), list[(*n)++].service));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err tell(struct tx *tx, const struct partner_call *call, const json_t *event)
{
    int64_t ref = store_id(tx_store(tx)), id;
    char key[40], *text = json_text(event);
    struct job_new job = {.kind = JOB_CALLBACK,
                          .state = JOB_READY,
                          .party = call->party,
                          .se = call->party,
                          .ref = ref,
                          .trace = call->trace,
                          .key = key,
                          .due = tx_now(tx),
                          .deadline = tx_now(tx) + SECONDS(CALLBACK_DEADLINE_S)};
    enum tsm_err e;
    NEED(text != NULL, NO_MEMORY);
    snprintf(key, sizeof key, "rn%lld", (long long)ref);
    job.body = bytes_of_text(text);
    e = job_add(tx, &job, &id);
    free(text);
    return e;
}

/* In error until it is deployed on the new element or terminated; the old element is free of it at once. */
static enum tsm_err close_one(struct tx *tx, const struct partner_call *call, const struct open_instance *i,
                              const json_t *se)
{
    char detail[64];
    json_t *event = json_pack("{ss so ss sO}", "event", "redeploy", "instance",
                              json_sprintf("%lld", (long long)i->id), "service", i->service, "se", se);
    enum tsm_err e = event ? tell(tx, call, event) : FAIL(NO_MEMORY, "no memory for an event");
    json_decref(event);
    TRY(e);
    TRY(db_exec(tx, SQL_INSTANCE_SET_STATE, i->id, (int64_t)INSTANCE_IN_ERROR));
    TRY(db_exec(tx, SQL_INSTANCE_SET_ELEMENT, i->id, ""));
    snprintf(detail, sizeof detail, "{\"instance\":\"%lld\"}", (long long)i->id);
    return audit_add(tx, &(struct audit_leaf){call->party, call->trace, "instance.element-renewed", detail});
}

static enum tsm_err close_all(struct tx *tx, const struct partner_call *call, const json_t *body,
                              json_t *told)
{
    struct open_instance list[INSTANCES_AT_ONCE];
    char element[IDENT_MAX + 1];
    size_t n = INSTANCES_AT_ONCE;
    snprintf(element, sizeof element, "%lld/%s", (long long)call->peer, json_member(body, "old"));
    while (n == INSTANCES_AT_ONCE) { /* who is closed is no more of the element */
        TRY(list_open(tx, call->party, element, list, &n));
        for (size_t i = 0; i < n; i++) {
            TRY(close_one(tx, call, &list[i], json_object_get(body, "se")));
            json_array_append_new(told, json_sprintf("%lld", (long long)list[i].id));
        }
    }
    return TSM_OK;
}

enum tsm_err sp_se_renewed(void *self, struct tx *tx, const struct partner_call *call)
{
    struct sp *sp = self;
    json_t *body, *told;
    enum tsm_err e;
    TRY(json_read(bytes_of_text(call->body), &body));
    if (!json_is_object(json_object_get(body, "se"))) {
        json_decref(body);
        return FAIL_FIELD(BAD_VALUE, "se", "se names the new secure element");
    }
    told = json_array();
    e = close_all(tx, call, body, told);
    json_decref(body);
    if (e != TSM_OK) {
        json_decref(told);
        return e;
    }
    return partner_reply_json(sp->c.partners, tx, call->id, json_pack("{so}", "instances", told));
}

enum tsm_err sp_answer_partners(struct sp *sp)
{
    return partners_add(sp->c.partners, &(struct partner_row){VERB_SE_RENEWED, sp_se_renewed, sp});
}
