/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's keys over the API. Stations 1 and 2. Role. [ANSI X9.143] */
#include "role/sp/keys/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "engine/note.h"
#include "role/sp/keys/making.h"
#include "role/sp/orders/order_api.h"
#include "vault/emv/emv.h"
#include "vault/keys/master.h"

enum { OCTET = 8, PUBLIC_TEXT = 2 * ODA_MODULUS_MAX + 1, KEYS_KIND_MAX = 16 };

struct asked {
    char name[KEY_NAME_MAX + 1], kbpk[KEY_NAME_MAX + 1], block[BLOCK_TEXT_MAX + 1], kind[KEYS_KIND_MAX + 1];
    int64_t bits;
};
#define ROW(of, member, kind, low, high, need)                                  \
    {                                                                           \
#member, kind, offsetof(struct of, member), (low), (high), (need), NULL \
    }
static const struct json_row asked_rows[] = {
    ROW(asked, name, JSON_TEXT, 1, KEY_NAME_MAX, JSON_NEEDED),
    ROW(asked, kbpk, JSON_TEXT, 1, KEY_NAME_MAX, JSON_OPTIONAL),
    ROW(asked, block, JSON_TEXT, 1, BLOCK_TEXT_MAX, JSON_OPTIONAL),
    ROW(asked, kind, JSON_TEXT, 1, KEYS_KIND_MAX, JSON_OPTIONAL),
    ROW(asked, bits, JSON_INT, OCTET * 96, OCTET *ODA_MODULUS_MAX, JSON_OPTIONAL),
    {.name = NULL},
};

struct leaving {
    char kbpk[KEY_NAME_MAX + 1], version[2], exportability[2];
};
static const struct json_row leaving_rows[] = {
    ROW(leaving, kbpk, JSON_TEXT, 1, KEY_NAME_MAX, JSON_NEEDED),
    ROW(leaving, version, JSON_TEXT, 1, 1, JSON_OPTIONAL),
    ROW(leaving, exportability, JSON_TEXT, 1, 1, JSON_OPTIONAL),
    {.name = NULL},
};

/* Who asks, with the vault of that party. */
static enum tsm_err owner_of(struct sp *sp, struct http_request *q, struct key_owner *o)
{
    struct caller who;
    o->sp = sp;
    TRY(sp_caller(sp, q, &who));
    o->party = who.party;
    return sp->c.vault_of(sp->c.self, who.party, &o->vault);
}

/* Of one who only looks: what a crash left is settled, unless a key is just made. */
static enum tsm_err looker_of(struct sp *sp, struct http_request *q, struct key_owner *o)
{
    TRY(owner_of(sp, q, o));
    if (key_enter(o, false))
        key_leave(o);
    return TSM_OK;
}

static enum tsm_err fill(const struct http_request *q, const struct json_row *rows, void *into)
{
    json_t *body;
    enum tsm_err e;
    TRY(json_read(q->body, &body));
    e = json_fill(body, rows, into);
    json_decref(body);
    return e;
}

/* What is known of keys. */
struct known {
    int64_t party;
    const char *name;
    json_t *json;
};

static json_t *row_json(struct rows *r)
{
    return json_pack("{ss ss ss ss ss sI ss}", "name", db_text(r, 0), "usage", db_text(r, 1), "algorithm",
                     db_text(r, 2), "mode", db_text(r, 3), "exportability", db_text(r, 4), "bits",
                     (json_int_t)db_int(r, 5), "kcv", db_text(r, 6));
}

static enum tsm_err read_one(struct tx *tx, void *arg)
{
    struct known *k = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_KEY_NAME_GET, k->party, k->name);
    if (e == TSM_NOT_FOUND)
        return FAIL_FIELD(NOT_FOUND, "name", "no key of yours has this name");
    TRY(e);
    k->json = row_json(&r);
    return k->json ? TSM_OK : FAIL(NO_MEMORY, "no memory for a key");
}

static enum tsm_err read_all(struct tx *tx, void *arg)
{
    struct known *k = arg;
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_KEY_NAME_LIST, k->party);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(k->json, row_json(&r));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* It is a name in a path and in an audit leaf. */
static enum tsm_err name_check(const char *name)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    return strspn(name, alphabet) == strlen(name)
               ? TSM_OK
               : FAIL_FIELD(BAD_FORM, "name", "a key's name has letters, digits, '-', '_' and '.'");
}

static enum tsm_err about_to(void *self, const struct block_facts *facts)
{
    struct making *m = self;
    m->facts = *facts;
    m->bits = (int64_t)facts->key_len * OCTET;
    return key_begin(m);
}

static enum tsm_err take_block(const struct asked *a, struct making *m)
{
    const struct block_import in = {a->kbpk, a->name, bytes_of_text(a->block), about_to, m};
    enum tsm_err e = vault_import_block(m->owner->vault, &in, NULL);
    if (e == TSM_MAC_WRONG) /* not a fault of a peer on the way: of what was handed in */
        return FAIL_FIELD(BAD_VALUE, "block", "the key block was changed, or is not under the key %s",
                          a->kbpk);
    return e == TSM_KEY_MISSING ? FAIL_FIELD(NOT_FOUND, "kbpk", "no key of yours has the name %s", a->kbpk)
                                : e;
}

static enum tsm_err make_pair(const struct asked *a, struct making *m)
{
    if (strcmp(a->kind, "rsa-card") != 0 || !a->bits || a->bits % (2 * OCTET))
        return FAIL_FIELD(BAD_VALUE, "kind",
                          "a pair is made as rsa-card with bits of whole octets in each half");
    m->bits = a->bits;
    TRY(key_begin(m));
    return vault_generate_master(m->owner->vault, a->name, MASTER_RSA_CARD, (size_t)a->bits / OCTET);
}

static enum tsm_err make(const struct key_owner *o, const struct asked *a)
{
    struct making m = {.owner = o, .name = a->name};
    enum tsm_err e;
    TRY(key_free(&m));
    e = a->block[0] ? take_block(a, &m) : make_pair(a, &m);
    return e == TSM_OK ? key_made(&m) : key_given_up(&m, e);
}

enum tsm_err sp_post_key(void *app, struct http_request *q, struct http_reply *reply)
{
    struct asked a = {.name = ""};
    struct key_owner o;
    struct known k = {.name = a.name};
    enum tsm_err e;
    TRY(owner_of(app, q, &o));
    TRY(fill(q, asked_rows, &a));
    TRY(name_check(a.name));
    if ((a.block[0] != 0) == (a.kind[0] != 0) || (a.block[0] != 0) != (a.kbpk[0] != 0))
        return FAIL_FIELD(BAD_VALUE, "block", "a key comes as a block under a kbpk, or is made as a kind");
    (void)key_enter(&o, true);
    e = make(&o, &a);
    key_leave(&o);
    explicit_bzero(a.block, sizeof a.block);
    TRY(e);
    k.party = o.party;
    TRY(store_read(o.sp->c.store, read_one, &k));
    return http_reply_json(reply, 201, k.json);
}

enum tsm_err sp_list_keys(void *app, struct http_request *q, struct http_reply *reply)
{
    struct key_owner o;
    struct known k = {.json = NULL};
    enum tsm_err e;
    TRY(looker_of(app, q, &o));
    k.party = o.party;
    k.json = json_array();
    e = store_read(o.sp->c.store, read_all, &k);
    if (e != TSM_OK) {
        json_decref(k.json);
        return e;
    }
    return http_reply_json(reply, 200, json_pack("{so}", "keys", k.json));
}

/* Modulus and exponent of a pair: what a scheme certifies. */
static enum tsm_err add_public(const struct key_owner *o, struct known *k)
{
    uint8_t room[VAULT_ISSUER_ROOM];
    char n[PUBLIC_TEXT], e[2 * ODA_EXPONENT_MAX + 1];
    struct writer w = WRITER(room);
    struct issuer_public made;
    if (json_member(k->json, "usage")[0] || json_member(k->json, "kcv")[0])
        return TSM_OK;
    TRY(vault_issuer_public(o->vault, k->name, &w, &made));
    NEED(made.modulus.len <= ODA_MODULUS_MAX && made.exponent.len <= ODA_EXPONENT_MAX, TOO_LONG);
    json_object_set_new(k->json, "modulus", json_string(hex_text(made.modulus, n)));
    json_object_set_new(k->json, "exponent", json_string(hex_text(made.exponent, e)));
    return TSM_OK;
}

enum tsm_err sp_get_key(void *app, struct http_request *q, struct http_reply *reply)
{
    char name[KEY_NAME_MAX + 1];
    struct key_owner o;
    struct known k = {.name = name};
    enum tsm_err e;
    TRY(looker_of(app, q, &o));
    TRY(http_path_param(q, "name", name, sizeof name));
    k.party = o.party;
    TRY(store_read(o.sp->c.store, read_one, &k));
    e = add_public(&o, &k);
    if (e != TSM_OK) {
        json_decref(k.json);
        return e;
    }
    return http_reply_json(reply, 200, k.json);
}

/* Who took a key away, and which. */
static enum tsm_err keep_exported(struct tx *tx, void *arg)
{
    const struct known *k = arg;
    char detail[160];
    uint8_t trace[TRACE_LEN];
    TRY(vault_random(trace, sizeof trace));
    snprintf(detail, sizeof detail, "{\"key\":\"%s\",\"usage\":\"%s\",\"kcv\":\"%s\"}", k->name,
             json_member(k->json, "usage"), json_member(k->json, "kcv"));
    return audit_add(tx, &(struct audit_leaf){k->party, BYTES(trace), "key.exported", detail});
}

static enum tsm_err export(const struct key_owner *o, const struct leaving *l, struct known *k,
                           struct writer *w) {
    enum tsm_err e = vault_export_block(
        o->vault, &(struct block_export){l->kbpk, k->name, l->version[0], l->exportability[0]}, w);
    if (e == TSM_KEY_MISSING) return FAIL_FIELD(NOT_FOUND, "kbpk", "no key of yours has the name %s",
                                                l->kbpk);
    TRY(e);
    return store_write(o->sp->c.store, keep_exported, k);
}

enum tsm_err sp_export_key(void *app, struct http_request *q, struct http_reply *reply)
{
    char name[KEY_NAME_MAX + 1], text[BLOCK_TEXT_MAX + 1];
    struct leaving l = {.version = "D", .exportability = "N"};
    struct key_owner o;
    struct known k = {.name = name};
    struct writer w = {(uint8_t *)text, 0, BLOCK_TEXT_MAX};
    enum tsm_err e;
    TRY(looker_of(app, q, &o));
    TRY(http_path_param(q, "name", name, sizeof name));
    TRY(fill(q, leaving_rows, &l));
    k.party = o.party;
    TRY(store_read(o.sp->c.store, read_one, &k));
    e = export(&o, &l, &k, &w);
    json_decref(k.json);
    TRY(e);
    text[w.len] = 0;
    return http_reply_json(reply, 200, json_pack("{ss}", "block", text));
}
