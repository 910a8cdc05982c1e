/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner is asked before anything is done: is the element fit for what each flavor needs, and why
 * not. Station 4. Role. [capability S9] */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "role/sp/content/words.h"
#include "role/sp/owner/needs.h"

/* Payment systems share one environment, so its AID is nobody's alone [EMV Book 1, 12.2.2]. */
static json_t *aids_of(const json_t *flavor)
{
    json_t *list = json_array();
    const json_t *app;
    size_t i;
    if (json_member(flavor, "domain")[0])
        json_array_append(list, json_object_get(flavor, "domain"));
    json_array_foreach(json_object_get(flavor, "applications"), i, app)
    {
        if (json_member(app, "instance")[0] && !is_directory(app))
            json_array_append(list, json_object_get(app, "instance"));
    }
    return list;
}

static json_t *need_of(const json_t *flavor)
{
    json_t *o = json_pack("{so sI ss}", "aids", aids_of(flavor), "bytes",
                          json_integer_value(json_object_get(flavor, "memory")), "ref",
                          json_member(flavor, "domain"));
    json_t *profiles = json_object_get(flavor, "profiles");
    json_object_set_new(o, "profiles", profiles ? json_incref(profiles) : json_array());
    json_object_set_new(o, "certified", json_boolean(json_is_true(json_object_get(flavor, "certified"))));
    json_object_set_new(o, "dap", json_boolean(json_is_true(json_object_get(flavor, "dap"))));
    return o;
}

enum tsm_err needs_of_service(struct tx *tx, const struct service_need *s, json_t **out)
{
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_FLAVOR_LIST, s->service, s->party);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *flavor = json_loads(db_text(&r, 2), 0, NULL);
        bool named = !s->flavor[0] || !strcmp(s->flavor, db_text(&r, 1));
        if (named && (!s->flavor_id || s->flavor_id == db_int(&r, 0)))
            json_array_append_new(list, need_of(flavor));
        json_decref(flavor);
    }
    if (e != TSM_NOT_FOUND && e != TSM_OK) {
        json_decref(list);
        return e;
    }
    *out = list;
    return TSM_OK;
}

struct asking {
    struct service_need need;
    json_t *flavors;
};

static enum tsm_err read_needs(struct tx *tx, void *arg)
{
    struct asking *a = arg;
    return needs_of_service(tx, &a->need, &a->flavors);
}

/* After deployment nothing is needed any more but the way to the element. */
enum tsm_err ask_eligibility(struct turn *t, json_t **question)
{
    struct asking a = {
        .need = {.party = t->job->party, .service = t->instance.service, .flavor = t->order.flavor}};
    json_t *o;
    if (t->order.operation == OP_DEPLOY)
        TRY(store_read(t->sp->c.store, read_needs, &a));
    o = json_pack("{ss}", "service", t->order.service);
    if (o && a.flavors)
        json_object_set(o, "flavors", a.flavors);
    json_decref(a.flavors);
    NEED(o != NULL, NO_MEMORY);
    if (t->order.session[0]) {
        json_object_set_new(o, "session", json_string(t->order.session));
        json_object_set_new(o, "session_until", json_integer(t->order.deadline));
    }
    *question = o;
    return TSM_OK;
}

static size_t add_text(char *text, size_t n, size_t cap, const char *more)
{
    int len = n < cap ? snprintf(text + n, cap - n, "%s%s", n ? "; " : "", more) : 0;
    return n + (size_t)len;
}

static enum fault_owner owner_of(const char *word)
{
    for (int64_t i = 0; i < FAULT_OWNER_COUNT; i++)
        if (!strcmp(fault_owner_word(i), word))
            return (enum fault_owner)i;
    return OWNER_SE;
}

void not_eligible_failure(const json_t *reply, struct failure *out)
{
    char text[FAILURE_TEXT_MAX] = "";
    const char *next = json_string_value(json_array_get(json_object_get(reply, "next_actions"), 0)),
               *owner = json_member(reply, "owner");
    const json_t *reason;
    size_t i, n = 0;
    json_array_foreach(json_object_get(reply, "reasons"), i, reason)
    {
        n = add_text(text, n, sizeof text, json_is_string(reason) ? json_string_value(reason) : "?");
    }
    failure_set(out, owner_of(owner), next ? next : "choose another secure element", "not eligible: %s",
                text);
}
