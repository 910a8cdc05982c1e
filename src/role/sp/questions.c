/* SPDX-License-Identifier: Apache-2.0 */
/* What the provider asks the owner, and what the answers change: eligibility, space, installation, removal;
 * its domain stands in domain/. Station 6. Role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "role/sp/content/part.h"
#include "role/sp/domain/provision.h"
#include "role/sp/life/life.h"
#include "role/sp/life/version.h"
#include "role/sp/modes/managed.h"
#include "role/sp/owner/needs.h"

static enum tsm_err give_question(json_t *o, json_t **question)
{
    NEED(o != NULL, NO_MEMORY);
    *question = o;
    return TSM_OK;
}

static enum tsm_err find_next_owner(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_PARTY_OWNERS);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        if (db_int(&r, 0) > t->owner) {
            t->owner = db_int(&r, 0);
            return TSM_OK;
        }
    return e;
}

/* Until the hub routes, owners are asked one after the other. */
bool next_owner(struct turn *t)
{
    return store_read(t->sp->c.store, find_next_owner, t) == TSM_OK;
}

static enum tsm_err not_eligible(struct turn *t, const json_t *reply)
{
    not_eligible_failure(reply, &t->failure);
    t->failed = true;
    return TSM_OK;
}

enum tsm_err read_reach(struct turn *t, const json_t *reply)
{
    json_t *profile = json_object_get(reply, "profile");
    TRY(profile_read(profile, &t->profile));
    json_object_set(t->progress, "profile", profile);
    return TSM_OK;
}

struct neighbour {
    struct turn *t;
    int64_t id;
};

static enum tsm_err find_neighbour(struct tx *tx, void *arg)
{
    struct neighbour *n = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_INSTANCE_OF_ELEMENT, n->t->job->party, n->t->instance.service,
                              n->t->instance.element);
    n->id = e == TSM_OK ? db_int(&r, 0) : 0;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* An element has several names; by the owner's own one it is seen that the service is there already. */
static enum tsm_err judge_element(struct turn *t, const json_t *reply)
{
    const char *element = json_string_value(json_object_get(reply, "element"));
    struct neighbour n = {.t = t};
    int len;
    NEED(element != NULL && *element, MISSING_FIELD);
    len = snprintf(t->instance.element, sizeof t->instance.element, "%lld/%s", (long long)t->owner, element);
    NEED((size_t)len < sizeof t->instance.element, TOO_LONG);
    TRY(store_read(t->sp->c.store, find_neighbour, &n));
    if (n.id && n.id != t->instance.id) {
        failure_set(&t->failure, OWNER_SP, "order for that instance, by the identifier it was deployed with",
                    "the service is on this secure element already, as instance %lld", (long long)n.id);
        t->failed = true;
    }
    return TSM_OK;
}

static enum tsm_err no_flavor(struct turn *t)
{
    failure_set(&t->failure, OWNER_SP, "choose another secure element, or add a flavor for its profile",
                "no flavor%s%s of the service suits the profile %s", t->order.flavor[0] ? " " : "",
                t->order.flavor, t->profile.name);
    t->failed = true;
    return TSM_OK;
}

enum tsm_err read_eligibility(struct turn *t, const json_t *reply)
{
    if (!json_is_true(json_object_get(reply, "eligible")))
        return not_eligible(t, reply);
    TRY(read_reach(t, reply));
    TRY(judge_element(t, reply));
    if (t->failed)
        return TSM_OK;
    TRY(version_flavor(t));
    if (!t->flavor_id)
        return no_flavor(t);
    TRY(provision_judge(t));
    return t->failed || !takes_card_data(t) ? TSM_OK : perso_judge(t);
}

/* No agent comes for an element that is reached by messages. */
enum tsm_err keep_reach(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)reply;
    TRY(db_exec(tx, SQL_INSTANCE_SET_PROFILE, t->instance.id, t->profile.name));
    if (t->profile.bearer == BEARER_SERAM)
        return TSM_OK;
    t->order.session[0] = 0;
    return db_exec(tx, SQL_ORDER_SESSION_GONE, t->order.id);
}

enum tsm_err keep_flavor(struct turn *t, struct tx *tx, const json_t *reply)
{
    TRY(keep_reach(t, tx, reply));
    TRY(db_exec(tx, SQL_INSTANCE_SET_ELEMENT, t->instance.id, t->instance.element));
    TRY(db_exec(tx, SQL_ORDER_SET_FLAVOR, t->order.id, t->order.flavor));
    TRY(db_exec(tx, SQL_LIFE_SET_VERSION, t->instance.id, t->version));
    return db_exec(tx, SQL_INSTANCE_SET_DOMAIN, t->instance.id, t->instance.domain, t->flavor_id,
                   BYTES_OF(t->instance.aid, t->instance.aid_len));
}

enum tsm_err ask_space(struct turn *t, json_t **question)
{
    return give_question(json_pack("{sI ss}", "bytes",
                                   json_integer_value(json_object_get(t->flavor, "memory")), "ref",
                                   json_member(t->flavor, "domain")),
                         question);
}

static json_t *hex_json(struct bytes octets)
{
    char *text = malloc(2 * octets.len + 1);
    json_t *o = text ? json_string(hex_text(octets, text)) : NULL;
    free(text);
    return o;
}

/* {package, hash, content, descriptor}: with its octets where it is to be loaded. */
static enum tsm_err file_json(struct turn *t, const struct part *part, bool content, json_t **out)
{
    struct part_file file = {.aid = BYTES_NONE};
    json_t *o;
    TRY(part_file_load(t, part, &file));
    o = json_pack("{so so}", "package", hex_json(file.aid), "hash", hex_json(file.hash));
    NEED(o != NULL, NO_MEMORY);
    if (content)
        json_object_set_new(o, "content", hex_json(file.content));
    if (content && file.descriptor.len)
        json_object_set_new(o, "descriptor", hex_json(file.descriptor));
    *out = o;
    return TSM_OK;
}

static enum tsm_err content_question(struct turn *t, bool content, json_t **question)
{
    struct part part;
    json_t *file, *list = json_array();
    bool last, stays = t->order.operation == OP_UPDATE && turn_removes(t); /* the domain, for what comes */
    enum tsm_err e = part_now(t, &part, &last);
    if (e == TSM_OK)
        e = file_json(t, &part, content && !part.again, &file);
    if (e != TSM_OK) {
        json_decref(list);
        return e;
    }
    if (part.again)
        json_object_set_new(file, "again", json_true());
    for (size_t i = 0; i < part.n; i++)
        json_array_append_new(list, application_call(part.application[i]));
    return give_question(json_pack("{ss so so sb}", "domain", json_member(t->flavor, "domain"), "load_file",
                                   file, "applications", list, "more", !last || stays),
                         question);
}

enum tsm_err ask_install(struct turn *t, json_t **question)
{
    const char *dap;
    TRY(managed_dap(t, &dap));
    TRY(content_question(t, true, question));
    if (dap && json_object_get(json_object_get(*question, "load_file"), "content"))
        json_object_set_new(json_object_get(*question, "load_file"), "dap", json_string(dap));
    return TSM_OK;
}
enum tsm_err ask_remove(struct turn *t, json_t **question)
{
    return content_question(t, false, question);
}

enum tsm_err keep_personalised(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)reply;
    TRY(db_exec(tx, SQL_ORDER_DATA_GONE, t->order.id, BYTES_NONE));
    return audit_add(tx,
                     &(struct audit_leaf){t->job->party, BYTES(t->job->trace), "card-data.deleted", "{}"});
}
