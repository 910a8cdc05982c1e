/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Renewal: another element takes the place of one. The old one is closed at once and its number moves; what
 * was open on it is listed and told to each provider, who deploys anew. Stations 1 and 6. Role. [capability
 * S13; GP Messaging HandleSERenewal]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "role/sem/care/status/block.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/inventory/row.h"

struct renewal {
    struct sem *sem;
    struct element_ref ref;
    struct ready_line row;
    struct vault_party *vault;
    uint8_t trace[TRACE_LEN];
    json_t *answer; /* owned */
};

/* What providers have on the element: their domains with the applications in them. */
static enum tsm_err list_open(struct tx *tx, const struct element *el, json_t **out)
{
    json_t *list = json_array();
    char aid[33], domain[33];
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SE_APPLICATIONS, el->id);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        json_array_append_new(list, json_pack("{ss ss ss}", "provider", db_text(&r, 0), "application",
                                              hex_text(db_blob(&r, 1), aid), "domain",
                                              hex_text(db_blob(&r, 2), domain)));
    if (e != TSM_NOT_FOUND) {
        json_decref(list);
        return e;
    }
    *out = list;
    return TSM_OK;
}

static json_t *name_json(const struct se_names *n)
{
    return n->iccid[0]  ? json_pack("{ss}", "iccid", n->iccid)
           : n->seid[0] ? json_pack("{ss}", "seid", n->seid)
           : n->eid[0]  ? json_pack("{ss}", "eid", n->eid)
           : n->cplc[0] ? json_pack("{ss}", "cplc", n->cplc)
                        : json_pack("{ss}", "cin", n->cin);
}

struct told {
    int64_t provider[RENEWAL_PROVIDERS_MAX];
    size_t n;
};

static enum tsm_err providers_of(struct tx *tx, const struct element *el, struct told *out)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_SE_HOLDERS, el->id, el->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK && out->n < RENEWAL_PROVIDERS_MAX)
        out->provider[out->n++] = db_int(&r, 0);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* Each provider hears it as a partner message, here or over the wire. */
static enum tsm_err tell_providers(struct renewal *rn, struct tx *tx, const struct element *old,
                                   const struct standing *now)
{
    struct told told = {.n = 0};
    TRY(providers_of(tx, old, &told));
    for (size_t i = 0; i < told.n; i++) {
        char key[64];
        json_t *o = json_pack("{so so so}", "se", name_json(&now->names), "old",
                              json_sprintf("%lld", (long long)old->id), "element",
                              json_sprintf("%lld", (long long)now->id));
        char *text = o ? json_text(o) : NULL;
        struct partner_ask ask = {.party = old->owner,
                                  .peer = told.provider[i],
                                  .verb = VERB_SE_RENEWED,
                                  .key = key,
                                  .trace = BYTES(rn->trace),
                                  .body = text};
        enum tsm_err e;
        snprintf(key, sizeof key, "r%lld.%zu", (long long)now->id, i);
        json_decref(o);
        e = text ? partner_ask(rn->sem->c.partners, tx, &ask) : FAIL(NO_MEMORY, "no memory for a message");
        free(text);
        TRY(e);
    }
    return TSM_OK;
}

/* Closed for everybody; its key sets are retired, its bookings end. */
static enum tsm_err close_old(struct renewal *rn, struct tx *tx, const struct element *old, int64_t successor)
{
    struct block b = {.el = old, .reason = "it was renewed"};
    TRY(block_set(rn->sem, tx, &b, SE_CLOSED));
    TRY(db_exec_one(tx, SQL_SE_CLOSE, old->id, (int64_t)SE_CLOSED, successor));
    TRY(db_exec(tx, SQL_KEYSETS_RETIRE, old->id, old->owner));
    return db_exec(tx, SQL_BOOKINGS_END, old->id);
}

/* The new one as the line says; the number that the old one had becomes its, unless it brings one. */
static enum tsm_err make_new(struct renewal *rn, struct tx *tx, const struct element *old, int64_t *se)
{
    struct importer im = {.sem = rn->sem, .owner = rn->ref.owner, .vault = rn->vault};
    enum row_end end;
    int64_t there;
    TRY(names_find(tx, rn->ref.owner, &rn->row.line.names, &there));
    if (there == old->id)
        return FAIL_FIELD(CONFLICT, "iccid", "the element cannot take its own place");
    if (!rn->row.line.msisdn[0])
        snprintf(rn->row.line.msisdn, sizeof rn->row.line.msisdn, "%.15s", old->msisdn);
    if (!there && !rn->row.line.profile[0])
        snprintf(rn->row.line.profile, sizeof rn->row.line.profile, "%s", old->profile.name);
    TRY(inventory_row(tx, &im, &rn->row, &end));
    return names_find(tx, rn->ref.owner, &rn->row.line.names, se);
}

static enum tsm_err leaf(struct tx *tx, const struct renewal *rn, const struct element *old, int64_t se)
{
    char detail[120];
    snprintf(detail, sizeof detail, "{\"old\":\"%lld\",\"new\":\"%lld\"}", (long long)old->id, (long long)se);
    return audit_add(tx, &(struct audit_leaf){rn->ref.owner, BYTES(rn->trace), "element.renewed", detail});
}

static enum tsm_err renew(struct tx *tx, void *arg)
{
    struct renewal *rn = arg;
    struct element old;
    struct standing was, now;
    json_t *list;
    int64_t se;
    TRY(element_ref_find(tx, &rn->ref, &old));
    if (old.state >= SE_TERMINATED)
        return FAIL(WRONG_STATE, "the element is %s already", se_state_words[old.state]);
    TRY(standing_load(tx, old.id, &was));
    TRY(close_old(rn, tx, &old, 0)); /* first, so that its number is free */
    TRY(make_new(rn, tx, &old, &se));
    TRY(db_exec_one(tx, SQL_SE_CLOSE, old.id, (int64_t)SE_CLOSED, se));
    TRY(standing_load(tx, se, &now));
    TRY(tell_providers(rn, tx, &old, &now));
    TRY(leaf(tx, rn, &old, se));
    TRY(list_open(tx, &old, &list));
    json_decref(rn->answer);
    rn->answer =
        json_pack("{s{so so ss} s{so so ss ss} so}", "old", "id", json_sprintf("%lld", (long long)old.id),
                  "name", name_json(&was.names), "state", se_state_words[SE_CLOSED], "new", "id",
                  json_sprintf("%lld", (long long)se), "name", name_json(&now.names), "msisdn", now.msisdn,
                  "profile", now.profile_name, "redeploy", list);
    return TSM_OK;
}

enum tsm_err sem_renew_element(void *app, struct http_request *q, struct http_reply *reply)
{
    struct renewal rn = {.sem = app};
    json_t *body;
    enum tsm_err e;
    TRY(element_ref_read(rn.sem, q, &rn.ref));
    TRY(rn.sem->c.vault_of(rn.sem->c.self, rn.ref.owner, &rn.vault));
    TRY(vault_random(rn.trace, sizeof rn.trace));
    TRY(json_read(q->body, &body));
    e = import_line_take(&(struct importer){.sem = rn.sem, .owner = rn.ref.owner, .vault = rn.vault},
                         (struct sealed_keyset){.id = 0}, body, &rn.row);
    json_decref(body);
    if (e == TSM_OK)
        e = store_write(rn.sem->c.store, renew, &rn);
    line_wipe(&rn.row.line);
    if (e == TSM_OK)
        return http_reply_json(reply, 200, rn.answer);
    json_decref(rn.answer);
    return e;
}
