/* SPDX-License-Identifier: Apache-2.0 */
/* What the provider asks the owner, and what the answers change: eligibility, space, installation, removal;
 * its domain stands in domain/. Station 6. Role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
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

static bool fits(const json_t *flavor, const char *profile)
{
    const json_t *name;
    size_t i;
    json_array_foreach(json_object_get(flavor, "profiles"), i,
                       name) if (json_is_string(name) &&
                                 !strcmp(json_string_value(name), profile)) return true;
    return false;
}

/* Station 4: the first flavor that suits the profile, or the one that the order names. */
static enum tsm_err choose_flavor(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    char wanted[SERVICE_MAX + 1];
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_FLAVOR_LIST, t->instance.service, t->job->party);
    snprintf(wanted, sizeof wanted, "%s", t->order.flavor);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *body = json_loads(db_text(&r, 2), 0, NULL);
        bool asked = !wanted[0] || !strcmp(wanted, db_text(&r, 1));
        if (asked && fits(body, t->profile.name) && !t->flavor_id) {
            t->flavor_id = db_int(&r, 0);
            snprintf(t->order.flavor, sizeof t->order.flavor, "%s", db_text(&r, 1));
        }
        json_decref(body);
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
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
    TRY(store_read(t->sp->c.store, choose_flavor, t));
    return t->flavor_id ? perso_judge(t) : no_flavor(t);
}

/* No agent comes for an element that is reached by messages. */
enum tsm_err keep_reach(struct turn *t, struct tx *tx, const json_t *reply)
{
    (void)reply;
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

struct load_file {
    struct turn *t;
    json_t *json;
    bool content;
};

/* The owner judges the file itself: for that it needs what no card gets. */
static enum tsm_err read_descriptor(struct tx *tx, struct load_file *l, struct bytes hash)
{
    ROWS r = {0};
    char *text;
    enum tsm_err e = db_first(tx, &r, SQL_REVISION_BY_HASH, l->t->job->party, hash);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && db_blob(&r, 4).len == 0))
        return TSM_OK;
    TRY(e);
    text = malloc(2 * db_blob(&r, 4).len + 1);
    NEED(text != NULL, NO_MEMORY);
    json_object_set_new(l->json, "descriptor", json_string(hex_text(db_blob(&r, 4), text)));
    free(text);
    return TSM_OK;
}

static enum tsm_err read_load_file(struct tx *tx, void *arg)
{
    struct load_file *l = arg;
    const char *package = json_member(l->t->flavor, "load_file");
    uint8_t aid[16], revision[SHA256_LEN]; /* a published flavor names the revision, too */
    char hash[65], *text;
    size_t n, revision_len = 0;
    ROWS r = {0};
    enum tsm_err e;
    TRY(json_member_hex(l->t->flavor, "load_file", aid, sizeof aid, &n));
    if (json_object_get(l->t->flavor, "load_file_hash"))
        TRY(json_member_hex(l->t->flavor, "load_file_hash", revision, sizeof revision, &revision_len));
    e = revision_len ? db_first(tx, &r, SQL_TR_LOAD_FILE_BY_HASH, l->t->job->party, BYTES(revision))
                     : db_first(tx, &r, SQL_LOAD_FILE_BY_AID, l->t->job->party, BYTES_OF(aid, n));
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "the provider has no load file %s", package);
    TRY(e);
    l->json = json_pack("{ss ss}", "package", package, "hash", hex_text(db_blob(&r, 1), hash));
    text = malloc(2 * db_blob(&r, 2).len + 1);
    NEED(text != NULL && l->json != NULL, NO_MEMORY);
    if (l->content)
        json_object_set_new(l->json, "content", json_string(hex_text(db_blob(&r, 2), text)));
    free(text);
    return l->content ? read_descriptor(tx, l, db_blob(&r, 1)) : TSM_OK;
}

static enum tsm_err content_question(struct turn *t, bool content, json_t **question)
{
    struct load_file l = {.t = t, .content = content};
    json_t *list, *app;
    size_t i;
    enum tsm_err e = store_read(t->sp->c.store, read_load_file, &l);
    if (e != TSM_OK) {
        json_decref(l.json);
        return e;
    }
    list = json_array();
    json_array_foreach(json_object_get(t->flavor, "applications"), i,
                       app) if (!json_is_true(json_object_get(app, "shared")))
        json_array_append_new(list, json_pack("{ss ss ss}", "module", json_member(app, "module"), "instance",
                                              json_member(app, "instance"), "privileges",
                                              json_member(app, "privileges")));
    return give_question(json_pack("{ss so so}", "domain", json_member(t->flavor, "domain"), "load_file",
                                   l.json, "applications", list),
                         question);
}

enum tsm_err ask_install(struct turn *t, json_t **question)
{
    const char *dap;
    TRY(managed_dap(t, &dap));
    TRY(content_question(t, true, question));
    if (dap)
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
