/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's works of content: what may be wished, and the beginning of one at an element. Stations 1 and 3.
 * Role. [capabilities S4, S17] */
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "gp/command/command.h"
#include "role/sem/content/own/take.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/modes/desk.h"
#include "role/sem/work.h"

enum { NAMES_MAX = 4 };

static const struct own_row {
    const char *word;
    enum partner_verb verb;
    bool brings; /* a load file of the owner's */
    bool finds;  /* the domain may be left out: the one that has the load file */
    const char *names[NAMES_MAX];
} rows[OWN_CONTENTS] = {
    [OWN_UPGRADE] = {"upgrade", VERB_UPGRADE, true, true, {"load_file", "domain", NULL}},
    [OWN_INSTALL] =
        {"install", VERB_LOAD_AND_INSTALL, true, false, {"load_file", "domain", "applications", NULL}},
    [OWN_REMOVE] = {"remove", VERB_REMOVE, false, false, {"load_file", "domain", "applications", NULL}},
};
static const char *const file_names[] = {"content", "descriptor", "package", "hash", NULL};
static const char *const package_names[] = {"package", NULL};
static const char *const instance_names[] = {"instance", NULL};
static const char *const application_names[] = {"instance",   "module",       "privileges",
                                                "parameters", "unselectable", NULL};

const char *own_content_word(enum own_content kind)
{
    return rows[kind].word;
}

enum tsm_err own_content_of(const char *word, enum own_content *out)
{
    for (int i = 0; i < OWN_CONTENTS; i++)
        if (!strcmp(rows[i].word, word)) {
            *out = (enum own_content)i;
            return TSM_OK;
        }
    return TSM_NOT_FOUND;
}

static enum tsm_err is_aid(const char *field, size_t n)
{
    return n >= AID_MIN && n <= AID_MAX
               ? TSM_OK
               : FAIL_FIELD(BAD_VALUE, field, "an AID has %d to %d octets", AID_MIN, AID_MAX);
}

static enum tsm_err check_names(const struct plan_facts *f)
{
    TRY(is_aid("package", f->package_aid.len));
    for (size_t i = 0; i < f->n_applications; i++) {
        TRY(is_aid("instance", f->applications[i].instance_len));
        if (f->applications[i].module_len)
            TRY(is_aid("module", f->applications[i].module_len));
    }
    return TSM_OK;
}

/* As the turns will read it: what no element could be asked is refused before anything is stored. */
static enum tsm_err is_readable(const struct own_row *row, json_t *ask)
{
    ARENA arena = {0};
    struct turn *t = calloc(1, sizeof *t);
    enum tsm_err e;
    NEED(t != NULL, NO_MEMORY);
    t->body = ask;
    e = work_of(row->verb)->read(t, &arena);
    if (e == TSM_OK)
        e = check_names(&t->facts);
    free(t);
    return e;
}

static enum tsm_err check_domain(const struct own_row *row, const json_t *ask)
{
    uint8_t aid[AID_MAX];
    size_t n;
    if (!json_object_get(ask, "domain") && row->finds)
        return TSM_OK;
    if (!json_member(ask, "domain")[0])
        return FAIL_FIELD(MISSING_FIELD, "domain", "%s needs the AID of a domain", row->word);
    TRY(json_member_hex(ask, "domain", aid, sizeof aid, &n));
    return is_aid("domain", n);
}

/* What is stored with each work stays small, and a privilege misspelt would be none. */
static enum tsm_err check_applications(const json_t *list, const char *const *names)
{
    const json_t *app;
    size_t i;
    if (list && !json_is_array(list))
        return FAIL_FIELD(BAD_VALUE, "applications", "applications are a list");
    json_array_foreach(list, i, app)
    {
        if (!json_is_object(app))
            return FAIL_FIELD(BAD_VALUE, "applications", "an application is a JSON object");
        TRY(members_known(app, names));
    }
    return TSM_OK;
}

static enum tsm_err take(struct tx *tx, int64_t owner, const struct own_row *row, json_t *ask)
{
    json_t *file = json_object_get(ask, "load_file");
    TRY(members_known(ask, row->names));
    if (!json_is_object(file))
        return FAIL_FIELD(MISSING_FIELD, "load_file", "%s needs a load file", row->word);
    TRY(members_known(file, row->brings ? file_names : package_names));
    TRY(check_domain(row, ask));
    TRY(check_applications(json_object_get(ask, "applications"),
                           row->brings ? application_names : instance_names));
    if (row->brings)
        TRY(own_file_take(tx, owner, file));
    return is_readable(row, ask);
}

enum tsm_err own_content_take(struct tx *tx, int64_t owner, enum own_content kind, const json_t *wish,
                              json_t **ask)
{
    json_t *o;
    enum tsm_err e;
    if (!json_is_object(wish))
        return FAIL_FIELD(BAD_FORM, "ask", "%s asks for a JSON object", rows[kind].word);
    o = json_deep_copy(wish);
    NEED(o != NULL, NO_MEMORY);
    e = take(tx, owner, &rows[kind], o);
    if (e == TSM_OK)
        *ask = o;
    else
        json_decref(o);
    return e;
}

/* The domain that has the load file of the wish. */
static enum tsm_err find_domain(struct tx *tx, const struct element *el, json_t *ask)
{
    uint8_t package[16];
    char aid[33];
    size_t n;
    ROWS r = {0};
    enum tsm_err e;
    TRY(json_member_hex(json_object_get(ask, "load_file"), "package", package, sizeof package, &n));
    e = db_first(tx, &r, SQL_EXECUTABLE_WITH_DOMAIN, el->id, BYTES_OF(package, n));
    if (e == TSM_NOT_FOUND)
        return FAIL(WRONG_STATE, "the load file is not on the secure element: deploy the service");
    TRY(e);
    if (db_int(&r, 1) == el->id)
        return FAIL(CONFLICT, "the load file is in the issuer's domain, for several providers");
    hex_text(db_blob(&r, 4), aid);
    json_object_set_new(ask, "domain", json_string(aid));
    return TSM_OK;
}

/* A device that was told of a session nobody works in would only wait in it. */
static enum tsm_err drop_session(struct tx *tx, const struct element *el, const json_t *ask, enum tsm_err why)
{
    const char *session = json_member(ask, "session");
    if (*session && !err_may_retry(why))
        TRY(db_exec(tx, SQL_SERAM_END, session, el->id));
    return why;
}

enum tsm_err own_content_begin(struct sem *sem, struct tx *tx, const struct own_begin *b, json_t **answer)
{
    const struct own_row *row = &rows[b->kind];
    json_t *ask = json_deep_copy(b->ask);
    struct work_new w = {.owner = b->el->owner, .verb = row->verb, .ask = ask};
    enum tsm_err e = TSM_OK;
    NEED(ask != NULL, NO_MEMORY);
    json_object_set_new(ask, "se", element_name(b->el));
    if (b->campaign)
        json_object_set_new(ask, "campaign", json_integer(b->campaign));
    if (b->kind == OWN_REMOVE)
        json_object_set_new(ask, "more", json_true()); /* the domain stays */
    if (b->el->state == SE_TERMINATED)
        e = FAIL(WRONG_STATE, "the secure element is terminated");
    if (e == TSM_OK && !json_object_get(ask, "domain"))
        e = find_domain(tx, b->el, ask);
    if (e == TSM_OK)
        e = work_begin(sem, tx, &w, answer);
    if (e != TSM_OK)
        e = drop_session(tx, b->el, ask, e);
    json_decref(ask);
    return e;
}

struct posted_content {
    struct sem *sem;
    struct element_ref ref;
    enum own_content kind;
    json_t *wish, *answer;
};

static enum tsm_err accept(struct tx *tx, void *arg)
{
    struct posted_content *p = arg;
    struct element el;
    json_t *ask;
    enum tsm_err e;
    TRY(element_ref_find(tx, &p->ref, &el));
    TRY(own_content_take(tx, p->ref.owner, p->kind, p->wish, &ask));
    e = own_content_begin(p->sem, tx, &(struct own_begin){.el = &el, .kind = p->kind, .ask = ask},
                          &p->answer);
    json_decref(ask);
    return e;
}

static enum tsm_err post(struct sem *sem, struct http_request *q, struct http_reply *reply,
                         enum own_content kind)
{
    struct posted_content p = {.sem = sem, .kind = kind};
    enum tsm_err e;
    TRY(element_ref_read(sem, q, &p.ref));
    TRY(json_read_long(q->body, OWN_BODY_MAX, &p.wish));
    e = store_write(sem->c.store, accept, &p);
    json_decref(p.wish);
    if (e != TSM_OK)
        json_decref(p.answer); /* made, and not committed */
    TRY(e);
    return http_reply_json(reply, 202, p.answer);
}

enum tsm_err sem_post_upgrade(void *app, struct http_request *q, struct http_reply *reply)
{
    return post(app, q, reply, OWN_UPGRADE);
}
enum tsm_err sem_post_installation(void *app, struct http_request *q, struct http_reply *reply)
{
    return post(app, q, reply, OWN_INSTALL);
}
enum tsm_err sem_post_removal(void *app, struct http_request *q, struct http_reply *reply)
{
    return post(app, q, reply, OWN_REMOVE);
}
