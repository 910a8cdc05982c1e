/* SPDX-License-Identifier: Apache-2.0 */
/* "May this element have my service?" before anything is ordered. Stations 1, 2 and 4. Role. [GP Messaging
 * CheckGlobalEligibility; TR-03165 checkServiceDeploymentAvailable; capability S9] */
#include <stdlib.h>

#include "base/json.h"
#include "role/sp/life/subject.h"
#include "role/sp/owner/ask_now.h"
#include "role/sp/owner/needs.h"
#include "role/sp/orders/order_api.h"

struct posted {
    int64_t party;
    char service[SERVICE_MAX + 1], flavor[SERVICE_MAX + 1];
    json_t *se; /* borrowed */
    json_t *flavors;
};
static const struct json_row rows[] = {
    {"service", JSON_TEXT, offsetof(struct posted, service), 1, SERVICE_MAX, JSON_NEEDED, NULL},
    {"flavor", JSON_TEXT, offsetof(struct posted, flavor), 1, SERVICE_MAX, JSON_OPTIONAL, NULL},
    {"se", JSON_VALUE, offsetof(struct posted, se), 0, 0, JSON_NEEDED, NULL},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

static enum tsm_err load_needs(struct tx *tx, void *arg)
{
    struct posted *p = arg;
    struct service_need need = {.party = p->party, .flavor = p->flavor};
    TRY(subject_service(tx, p->party, p->service, &need.service));
    return needs_of_service(tx, &need, &p->flavors);
}

/* The owner's lists side by side as one list of reasons. */
static json_t *answer_of(const json_t *reply)
{
    json_t *list = json_array();
    const json_t *code;
    size_t i;
    json_array_foreach(json_object_get(reply, "codes"), i, code)
    {
        json_array_append_new(list,
                              json_pack("{sO sO sO}", "code", code, "text",
                                        json_array_get(json_object_get(reply, "reasons"), i), "next_action",
                                        json_array_get(json_object_get(reply, "next_actions"), i)));
    }
    return json_pack("{sO so ss}", "eligible", json_object_get(reply, "eligible"), "reasons", list, "profile",
                     json_member(json_object_get(reply, "profile"), "name"));
}

static enum tsm_err ask(struct sp *sp, struct posted *p, json_t **out)
{
    struct now_answer a = {.owner = 0};
    json_t *body;
    enum tsm_err e;
    if (!json_is_object(p->se) || json_object_size(p->se) != 1)
        return FAIL_FIELD(BAD_VALUE, "se", "se must name the secure element by one identifier");
    TRY(store_read(sp->c.store, load_needs, p));
    body = json_pack("{ss sO sO}", "service", p->service, "se", p->se, "flavors", p->flavors);
    e = body ? sp_ask_now(sp, p->party, body, &a) : FAIL(NO_MEMORY, "no memory for a question");
    json_decref(body);
    TRY(e);
    *out = answer_of(a.reply);
    json_decref(a.reply);
    return TSM_OK;
}

enum tsm_err sp_post_eligibility(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sp *sp = app;
    struct posted p = {.party = 0};
    struct caller who;
    json_t *body, *answer = NULL;
    enum tsm_err e;
    TRY(sp_caller(sp, q, &who));
    p.party = who.party;
    TRY(json_read(q->body, &body));
    e = json_fill(body, rows, &p);
    if (e == TSM_OK)
        e = ask(sp, &p, &answer);
    json_decref(p.flavors);
    json_decref(body);
    return e == TSM_OK ? http_reply_json(reply, 200, answer) : e;
}
