/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of profiles: kinds of secure elements with their quirks as data. The house's profiles serve
 * all owners, an owner adds its own; providers read them as SecureComponentProfiles. Station 1. Role.
 * [capability S2; TR-03165 4.1.4.5]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/card/component.h"
#include "role/sem/catalogue/catalogue.h"

struct entry {
    int64_t owner; /* who asks */
    char name[PROFILE_NAME_MAX + 1];
    json_t *body;   /* of a profile that comes */
    json_t *answer; /* owned */
};

static json_t *entry_json(const struct rows *r, json_t *body)
{
    return json_pack("{ss ss sb so}", "name", db_text(r, 1), "owner", db_int(r, 3) ? "own" : "house",
                     "retired", db_int(r, 4) != 0, "profile", body);
}

static enum tsm_err list_profiles(struct tx *tx, void *arg)
{
    struct entry *x = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_PROFILE_CATALOGUE, x->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        json_t *body = json_loads(db_text(&r, 2), 0, NULL);
        if (!x->name[0] || !strcmp(x->name, db_text(&r, 1)))
            json_array_append_new(x->answer, entry_json(&r, body));
        else
            json_decref(body);
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err read_catalogue(void *app, struct http_request *q, struct entry *x)
{
    struct sem *sem = app;
    struct caller who;
    enum tsm_err e;
    TRY(sem_operator(sem, q, &who));
    x->owner = who.party;
    x->answer = json_array();
    e = store_read(sem->c.store, list_profiles, x);
    if (e != TSM_OK)
        json_decref(x->answer);
    return e;
}

enum tsm_err sem_list_profiles(void *app, struct http_request *q, struct http_reply *reply)
{
    struct entry x = {.name = ""};
    TRY(read_catalogue(app, q, &x));
    return http_reply_json(reply, 200, json_pack("{so}", "profiles", x.answer));
}

enum tsm_err sem_get_profile(void *app, struct http_request *q, struct http_reply *reply)
{
    struct entry x = {.name = ""};
    json_t *one;
    TRY(http_path_param(q, "name", x.name, sizeof x.name));
    TRY(read_catalogue(app, q, &x));
    one = json_incref(json_array_get(x.answer, 0));
    json_decref(x.answer);
    return one ? http_reply_json(reply, 200, one)
               : FAIL(NOT_FOUND, "no profile of the catalogue has this name");
}

/* How an element is spoken to does not change under elements that are there. */
static enum tsm_err judge_change(struct tx *tx, const struct entry *x, int64_t id, const char *was)
{
    static const char *const members[] = {"bearer", "protocol", "isd_aid"};
    json_t *old = json_loads(was, 0, NULL);
    const char *differs = NULL;
    ROWS r = {0};
    enum tsm_err e;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (!json_equal(json_object_get(old, members[i]), json_object_get(x->body, members[i])))
            differs = members[i];
    json_decref(old);
    if (!differs)
        return TSM_OK;
    e = db_first(tx, &r, SQL_PROFILE_HAS_ELEMENTS, x->owner, id);
    if (e == TSM_OK)
        return FAIL_FIELD(CONFLICT, differs,
                          "elements have this profile: %s stays, or add a profile of another name", differs);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err replace_or_add(struct tx *tx, struct entry *x, const char *text)
{
    {
        ROWS r = {0};
        enum tsm_err e = db_first(tx, &r, SQL_PROFILE_FOR, x->name, x->owner);
        if (e == TSM_OK) {
            TRY(judge_change(tx, x, db_int(&r, 0), db_text(&r, 1)));
            if (db_exec_one(tx, SQL_PROFILE_BODY, x->name, x->owner, text) == TSM_OK)
                return TSM_OK;
            return FAIL(NOT_ALLOWED, "the profile is the house's: it is changed by tsmd init");
        }
        if (e != TSM_NOT_FOUND)
            return e;
    }
    ROWS taken = {0};
    enum tsm_err e = db_first(tx, &taken, SQL_PROFILE_NAME_TAKEN, x->name);
    if (e == TSM_OK)
        return FAIL_FIELD(CONFLICT, "name", "the name is not free: choose another");
    TRY(e == TSM_NOT_FOUND ? TSM_OK : e);
    return db_exec(tx, SQL_PROFILE_NEW, store_id(tx_store(tx)), x->name, text, x->owner);
}

static enum tsm_err leaf(struct tx *tx, const struct entry *x, const char *what)
{
    char detail[PROFILE_NAME_MAX + 20];
    snprintf(detail, sizeof detail, "{\"profile\":\"%s\"}", x->name);
    return audit_add(tx, &(struct audit_leaf){x->owner, BYTES_NONE, what, detail});
}

static enum tsm_err put_profile(struct tx *tx, void *arg)
{
    struct entry *x = arg;
    char *text = json_text(x->body);
    enum tsm_err e = text ? replace_or_add(tx, x, text) : FAIL(NO_MEMORY, "no memory for a profile");
    free(text);
    TRY(e);
    return leaf(tx, x, "profile.stored");
}

static bool name_is_plain(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return name[0] && strspn(name, plain) == strlen(name);
}

static enum tsm_err take_profile(struct sem *sem, struct entry *x, const char *name)
{
    struct se_profile p;
    TRY(profile_read(x->body, &p));
    if (!name_is_plain(p.name) || (name && strcmp(name, p.name) != 0))
        return FAIL_FIELD(BAD_VALUE, "name", "the name has letters, digits, dots and dashes%s",
                          name ? ", and is that of the address" : "");
    snprintf(x->name, sizeof x->name, "%s", p.name);
    return store_write(sem->c.store, put_profile, x);
}

static enum tsm_err store_profile(void *app, struct http_request *q, struct http_reply *reply,
                                  const char *name)
{
    struct sem *sem = app;
    struct entry x = {.name = ""};
    struct caller who;
    enum tsm_err e;
    TRY(sem_operator(sem, q, &who));
    x.owner = who.party;
    TRY(json_read(q->body, &x.body));
    e = take_profile(sem, &x, name);
    if (e == TSM_OK)
        e = http_reply_json(
            reply, name ? 200 : 201,
            json_pack("{ss ss sb sO}", "name", x.name, "owner", "own", "retired", 0, "profile", x.body));
    json_decref(x.body);
    return e;
}

enum tsm_err sem_post_profile(void *app, struct http_request *q, struct http_reply *reply)
{
    return store_profile(app, q, reply, NULL);
}

enum tsm_err sem_put_profile(void *app, struct http_request *q, struct http_reply *reply)
{
    char name[PROFILE_NAME_MAX + 1];
    TRY(http_path_param(q, "name", name, sizeof name));
    return store_profile(app, q, reply, name);
}

static enum tsm_err retire(struct tx *tx, void *arg)
{
    struct entry *x = arg;
    enum tsm_err e = db_exec_one(tx, SQL_PROFILE_RETIRE, x->name, x->owner, tx_now(tx));
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "no profile of yours has this name");
    TRY(e);
    return leaf(tx, x, "profile.retired");
}

/* Elements that have it keep it; no new one gets it. */
enum tsm_err sem_retire_profile(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct entry x = {.name = ""};
    struct caller who;
    TRY(sem_operator(sem, q, &who));
    x.owner = who.party;
    TRY(http_path_param(q, "name", x.name, sizeof x.name));
    TRY(store_write(sem->c.store, retire, &x));
    reply->status = 204;
    return TSM_OK;
}

/* What all owners offer, without whose it is. */
static enum tsm_err list_components(struct tx *tx, void *arg)
{
    json_t *list = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_PROFILE_PUBLIC);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        struct se_profile p;
        json_t *body = json_loads(db_text(&r, 2), 0, NULL);
        if (body && profile_read(body, &p) == TSM_OK && strcmp(p.name, PROFILE_UNIDENTIFIED) != 0)
            json_array_append_new(list,
                                  component_json(&p, json_object_get(body, "component"), db_int(&r, 0)));
        json_decref(body);
    }
    err_clear();
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err any_caller(struct sem *sem, struct http_request *q)
{
    struct caller who;
    const char *token;
    TRY(http_bearer(q, &token));
    if (access_of(sem->c.store, token, ACCESS_PROVIDER, &who) == TSM_OK)
        return TSM_OK;
    return access_of(sem->c.store, token, ACCESS_OPERATOR, &who);
}

enum tsm_err sem_list_components(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    json_t *list;
    enum tsm_err e;
    TRY(any_caller(sem, q));
    list = json_array();
    NEED(list != NULL, NO_MEMORY);
    e = store_read(sem->c.store, list_components, list);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, list);
    json_decref(list);
    return e;
}
