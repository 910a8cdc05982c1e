/* SPDX-License-Identifier: Apache-2.0 */
/* One element as its owner sees and changes it: names, number, subscription, device; the list of all.
 * Station 1. Role. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/inventory/row.h"
#include "vault/jose/jwk.h"

enum tsm_err element_ref_read(struct sem *sem, struct http_request *q, struct element_ref *out)
{
    struct caller who;
    TRY(sem_operator(sem, q, &who));
    TRY(http_path_param(q, "ref", out->text, sizeof out->text));
    out->owner = who.party;
    return TSM_OK;
}

static enum tsm_err find_by_imsi(struct tx *tx, const struct element_ref *ref, struct element *out)
{
    int64_t id;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_SE_BY_IMSI, ref->text, ref->owner));
        id = db_int(&r, 0);
    }
    return element_by_id(tx, ref->owner, id, out);
}

enum tsm_err element_ref_find(struct tx *tx, const struct element_ref *ref, struct element *out)
{
    enum tsm_err e = TSM_NOT_FOUND;
    for (int64_t kind = 0; kind < SE_KINDS && e == TSM_NOT_FOUND; kind++)
        e = element_find(tx, ref->owner, kind, ref->text, out);
    if (e == TSM_NOT_FOUND)
        e = find_by_imsi(tx, ref, out);
    if (e == TSM_NOT_FOUND && text_is_digits(ref->text, 1, 19))
        e = element_by_id(tx, ref->owner, strtoll(ref->text, NULL, 10), out);
    return e == TSM_NOT_FOUND ? FAIL(NOT_FOUND, "no secure element of this owner has this name") : e;
}

static void set_text(json_t *o, const char *name, const char *text)
{
    json_object_set_new(o, name, json_string(text));
}

json_t *standing_json(const struct standing *s)
{
    json_t *o = json_pack("{so}", "id", json_sprintf("%lld", (long long)s->id));
    set_text(o, "iccid", s->names.iccid);
    set_text(o, "seid", s->names.seid);
    set_text(o, "eid", s->names.eid);
    set_text(o, "cplc", s->names.cplc);
    set_text(o, "cin", s->names.cin);
    set_text(o, "msisdn", s->msisdn);
    set_text(o, "imsi", s->imsi);
    set_text(o, "profile", s->profile_name);
    json_object_set_new(o, "state", json_integer(s->state));
    set_text(o, "state_text", se_state_words[s->state]);
    set_text(o, "subscription", subscription_words[s->subscription]);
    set_text(o, "device", device_words[s->device]);
    if (s->successor)
        json_object_set_new(o, "successor", json_sprintf("%lld", (long long)s->successor));
    return o;
}

static const char *protocol_word(int64_t protocol)
{
    return protocol == PROTOCOL_SCP80 ? "scp80" : protocol == PROTOCOL_SCP03 ? "scp03" : "scp02";
}

/* Check values are public: they say which keys, and nothing of them. */
static enum tsm_err add_keysets(struct tx *tx, int64_t owner, int64_t se, json_t *o)
{
    static const char *const states[] = {"planned", "live", "unknown", "retired"};
    json_t *list = json_array();
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_KEYSET_LIST, se, owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        char kcv[2 * LINE_KCVS_MAX + 1] = "";
        if (db_blob(&r, 3).len <= LINE_KCVS_MAX)
            hex_text(db_blob(&r, 3), kcv);
        json_array_append_new(list, json_pack("{ss sI ss ss}", "protocol", protocol_word(db_int(&r, 0)),
                                              "kvn", (json_int_t)db_int(&r, 1), "state",
                                              states[db_int(&r, 2) & 3], "kcv", kcv));
    }
    json_object_set_new(o, "keysets", list);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

struct lookup {
    struct element_ref ref;
    json_t *answer;
};

static enum tsm_err look_up(struct tx *tx, void *arg)
{
    struct lookup *l = arg;
    struct element el;
    struct standing s;
    TRY(element_ref_find(tx, &l->ref, &el));
    TRY(standing_load(tx, el.id, &s));
    l->answer = standing_json(&s);
    return add_keysets(tx, l->ref.owner, el.id, l->answer);
}

enum tsm_err sem_get_element(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct lookup l = {.answer = NULL};
    enum tsm_err e;
    TRY(element_ref_read(sem, q, &l.ref));
    e = store_read(sem->c.store, look_up, &l);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, l.answer);
    json_decref(l.answer);
    return e;
}

struct listing {
    int64_t owner, before, limit;
    json_t *list;
    int64_t last;
};

static enum tsm_err list_some(struct tx *tx, void *arg)
{
    struct listing *l = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SE_LIST, l->owner, l->before, l->limit);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        l->last = db_int(&r, 0);
        json_array_append_new(l->list, json_pack("{so ss ss ss ss ss ss}", "id",
                                                 json_sprintf("%lld", (long long)l->last), "iccid",
                                                 db_text(&r, 1), "seid", db_text(&r, 2), "eid",
                                                 db_text(&r, 3), "msisdn", db_text(&r, 4), "state",
                                                 se_state_words[db_int(&r, 5)], "profile", db_text(&r, 6)));
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

enum tsm_err sem_list_elements(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct listing l = {.list = NULL};
    struct caller who;
    json_t *answer;
    enum tsm_err e;
    TRY(sem_operator(sem, q, &who));
    TRY(http_query_number(q, "limit", (struct http_range){1, ELEMENTS_SHOWN_MAX, 50}, &l.limit));
    TRY(http_query_number(q, "before", (struct http_range){1, INT64_MAX, INT64_MAX}, &l.before));
    l.owner = who.party;
    l.list = json_array();
    e = store_read(sem->c.store, list_some, &l);
    if (e != TSM_OK) {
        json_decref(l.list);
        return e;
    }
    answer = json_pack("{so}", "elements", l.list);
    if (answer && (int64_t)json_array_size(l.list) == l.limit)
        json_object_set_new(answer, "next", json_sprintf("%lld", (long long)l.last));
    return http_reply_json(reply, 200, answer);
}

/* What may change of an element without the element: GP Messaging's
 * HandleMobileSubscriptionIdentifierChanged,
 * ...StatusChange and HandleSEDeviceStatusChange. */
struct wish {
    char msisdn[MSISDN_MAX + 1], imsi[MSISDN_MAX + 1], profile[PROFILE_NAME_MAX + 1];
    struct se_names names;
    struct se_around around;
};
static const struct json_row wish_rows[] = {
    {"msisdn", JSON_TEXT, offsetof(struct wish, msisdn), 5, MSISDN_MAX, JSON_OPTIONAL, NULL},
    {"imsi", JSON_TEXT, offsetof(struct wish, imsi), 6, MSISDN_MAX, JSON_OPTIONAL, NULL},
    {"profile", JSON_TEXT, offsetof(struct wish, profile), 1, PROFILE_NAME_MAX, JSON_OPTIONAL, NULL},
    {"iccid", JSON_TEXT, offsetof(struct wish, names.iccid), 10, ICCID_MAX, JSON_OPTIONAL, NULL},
    {"seid", JSON_TEXT, offsetof(struct wish, names.seid), 4, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"eid", JSON_TEXT, offsetof(struct wish, names.eid), 4, ICCID_MAX, JSON_OPTIONAL, NULL},
    {"cplc", JSON_TEXT, offsetof(struct wish, names.cplc), 84, 84, JSON_OPTIONAL, NULL},
    {"cin", JSON_TEXT, offsetof(struct wish, names.cin), 2, IDENT_MAX, JSON_OPTIONAL, NULL},
    {"subscription", JSON_ENUM, offsetof(struct wish, around.subscription), 0, 0, JSON_OPTIONAL,
     subscription_words},
    {"device", JSON_ENUM, offsetof(struct wish, around.device), 0, 0, JSON_OPTIONAL, device_words},
    {NULL, JSON_TEXT, 0, 0, 0, JSON_OPTIONAL, NULL},
};

struct change {
    struct sem *sem;
    struct element_ref ref;
    struct ready_line row;
    json_t *answer;
};

/* The same judgement as a line of an import. */
static enum tsm_err change_one(struct tx *tx, void *arg)
{
    struct change *c = arg;
    struct importer im = {.sem = c->sem, .owner = c->ref.owner};
    struct element el;
    struct standing s;
    TRY(element_ref_find(tx, &c->ref, &el));
    TRY(inventory_change(tx, &im, el.id, &c->row));
    TRY(standing_load(tx, el.id, &s));
    json_decref(c->answer);
    c->answer = standing_json(&s);
    return TSM_OK;
}

static enum tsm_err read_wish(struct http_request *q, struct import_line *line)
{
    struct wish w = {.around = {-1, -1}};
    json_t *body;
    enum tsm_err e;
    TRY(json_read(q->body, &body));
    e = json_fill(body, wish_rows, &w);
    json_decref(body);
    TRY(e);
    if (se_names_first(&w.names))
        TRY(se_names_read(&w.names));
    if (w.imsi[0] && !text_is_digits(w.imsi, 6, MSISDN_MAX))
        return FAIL_FIELD(BAD_FORM, "imsi", "an IMSI has decimal digits only");
    if (w.msisdn[0] && !text_is_digits(w.msisdn, 5, MSISDN_MAX))
        return FAIL_FIELD(BAD_FORM, "msisdn", "a number has decimal digits only");
    *line = (struct import_line){.names = w.names, .around = w.around, .protocol = -1};
    snprintf(line->msisdn, sizeof line->msisdn, "%s", w.msisdn);
    snprintf(line->imsi, sizeof line->imsi, "%s", w.imsi);
    snprintf(line->profile, sizeof line->profile, "%s", w.profile);
    return TSM_OK;
}

enum tsm_err sem_change_element(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct change c = {.sem = sem};
    enum tsm_err e;
    TRY(element_ref_read(sem, q, &c.ref));
    TRY(read_wish(q, &c.row.line));
    e = store_write(sem->c.store, change_one, &c);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, c.answer);
    json_decref(c.answer);
    return e;
}

/* File keys are encrypted to it by who makes the import file: a card vendor. */
enum tsm_err sem_get_import_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct sem *sem = app;
    struct vault_party *vault;
    struct caller who;
    json_t *jwk;
    TRY(sem_operator(sem, q, &who));
    TRY(sem->c.vault_of(sem->c.self, who.party, &vault));
    TRY(vault_public_jwk(vault, VAULT_KEY_IMPORT, &jwk));
    return http_reply_json(reply, 200, jwk);
}
