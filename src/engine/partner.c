/* SPDX-License-Identifier: Apache-2.0 */
/* Partner messages: asked, accepted, answered as rows; in this process within one transaction, else as jobs
 * of delivery. Station 6. Edge. */
#include "engine/partner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"

enum { OUT = 0, IN = 1, NEW = 0, DELIVERED = 1, REPLIED = 2 };

struct partners {
    struct partners_config c;
    struct partner_row rows[PARTNER_ROWS_MAX];
    size_t n;
};

enum tsm_err partners_new(const struct partners_config *config, struct partners **out)
{
    struct partners *p = calloc(1, sizeof *p);
    NEED(p != NULL, NO_MEMORY);
    p->c = *config;
    *out = p;
    return TSM_OK;
}

void partners_free(struct partners *p)
{
    free(p);
}

enum tsm_err partners_add(struct partners *p, const struct partner_row *row)
{
    NEED(p->n < PARTNER_ROWS_MAX, NO_ROOM);
    p->rows[p->n++] = *row;
    return TSM_OK;
}

/* Where a party's roles run: "" is this process. */
static enum tsm_err party_url(struct tx *tx, int64_t party, char *url, size_t cap)
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTY_URL, party));
    snprintf(url, cap, "%s", db_text(&r, 0));
    return TSM_OK;
}

static enum tsm_err add_row(struct tx *tx, int direction, const struct partner_call *c, int64_t job,
                            int64_t *id)
{
    int64_t new_id = store_id(tx_store(tx));
    TRY(db_exec(tx, SQL_PARTNER_ADD, new_id, (int64_t)direction, c->party, c->peer, (int64_t)c->verb, c->key,
                job, c->trace, (int64_t)NEW, tx_now(tx), c->body));
    *id = new_id;
    return TSM_OK;
}

/* Has this party a row of this direction and key already? */
static enum tsm_err known(struct tx *tx, int direction, int64_t party, const char *key, bool *yes)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTNER_BY_KEY, (int64_t)direction, party, key);
    *yes = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err accept(struct partners *p, struct tx *tx, struct partner_call *call)
{
    bool before;
    TRY(known(tx, IN, call->party, call->key, &before));
    if (before)
        return TSM_OK;
    TRY(add_row(tx, IN, call, 0, &call->id));
    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i].verb == call->verb)
            return p->rows[i].accept(p->rows[i].self, tx, call);
    return FAIL(UNSUPPORTED, "no role here answers %s", partner_verb_word(call->verb));
}

static enum tsm_err carry_later(struct tx *tx, int64_t party, int64_t message, struct bytes trace)
{
    int64_t job;
    struct job_new j = {.kind = JOB_MESSAGE,
                        .state = JOB_READY,
                        .party = party,
                        .ref = message,
                        .trace = trace,
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(PARTNER_TIMEOUT_S)};
    return job_add(tx, &j, &job);
}

enum tsm_err partner_ask(struct partners *p, struct tx *tx, const struct partner_ask *ask)
{
    struct partner_call out = {.party = ask->party,
                               .peer = ask->peer,
                               .verb = ask->verb,
                               .key = ask->key,
                               .trace = ask->trace,
                               .body = ask->body};
    struct partner_call in = out;
    char url[256];
    bool before;
    TRY(known(tx, OUT, ask->party, ask->key, &before));
    if (before)
        return TSM_OK;
    TRY(add_row(tx, OUT, &out, ask->job, &out.id));
    TRY(party_url(tx, ask->peer, url, sizeof url));
    if (url[0])
        return carry_later(tx, ask->party, out.id, ask->trace);
    in.party = ask->peer;
    in.peer = ask->party;
    return accept(p, tx, &in);
}

/* Brings a reply to the row that asked and to the job that waits for it. */
static enum tsm_err reply_arrives(struct tx *tx, int64_t asker, const char *key, const char *body)
{
    int64_t id, job;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_PARTNER_BY_KEY, (int64_t)OUT, asker, key));
        if (db_int(&r, 2) == REPLIED)
            return TSM_OK;
        id = db_int(&r, 0);
        job = db_int(&r, 1);
    }
    TRY(db_exec_one(tx, SQL_PARTNER_REPLIED, id, (int64_t)REPLIED, body));
    e = job ? job_answer(tx, job, bytes_of_text(body)) : TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e; /* nobody waits any more: the row keeps the answer */
}

enum tsm_err partner_reply(struct partners *p, struct tx *tx, int64_t call, const char *body)
{
    struct partner_call c;
    char key[128], url[256];
    uint8_t trace[TRACE_LEN];
    size_t n;
    (void)p;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_PARTNER_BY_ID, call));
        if (db_int(&r, 3) == REPLIED)
            return TSM_OK;
        c.party = db_int(&r, 0);
        c.peer = db_int(&r, 1);
        snprintf(key, sizeof key, "%s", db_text(&r, 2));
        TRY(bytes_keep(db_blob(&r, 4), trace, sizeof trace, &n));
    }
    TRY(db_exec_one(tx, SQL_PARTNER_REPLIED, call, (int64_t)REPLIED, body));
    TRY(party_url(tx, c.peer, url, sizeof url));
    if (!url[0])
        return reply_arrives(tx, c.peer, key, body);
    return carry_later(tx, c.party, call, BYTES_OF(trace, n));
}

static enum tsm_err party_named(struct tx *tx, const char *name, int64_t *id)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTY_BY_NAME, name);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "party %.60s is not known here", name);
    TRY(e);
    *id = db_int(&r, 0);
    return TSM_OK;
}

enum tsm_err partner_receive(struct partners *p, struct tx *tx, const struct partner_wire *w)
{
    struct partner_call call = {.key = w->key, .trace = w->trace, .body = w->body};
    TRY(partner_verb_read(w->verb, &call.verb));
    TRY(party_named(tx, w->to, &call.party));
    TRY(party_named(tx, w->from, &call.peer));
    if (call.verb == VERB_NOTIFY)
        return reply_arrives(tx, call.party, call.key, w->body);
    return accept(p, tx, &call);
}

/* What a JOB_MESSAGE carries: an outgoing call, or the reply to an incoming one. */
struct letter {
    struct job *job;
    char url[256], key[128];
    const char *json, *verb;
};

static enum tsm_err load_letter(struct tx *tx, void *arg)
{
    struct letter *l = arg;
    char trace[2 * TRACE_LEN + 1];
    json_t *o;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTNER_LETTER, l->job->ref));
    l->verb = db_int(&r, 0) == OUT ? partner_verb_word(db_int(&r, 1)) : partner_verb_word(VERB_NOTIFY);
    snprintf(l->key, sizeof l->key, "%s", db_text(&r, 2));
    snprintf(l->url, sizeof l->url, "%s", db_text(&r, 6));
    o = json_pack("{ss ss ss ss ss}", "from", db_text(&r, 4), "to", db_text(&r, 5), "key", l->key, "trace",
                  hex_text(BYTES(l->job->trace), trace), "body",
                  db_int(&r, 0) == OUT ? db_text(&r, 3) : db_text(&r, 7));
    char *text = o ? json_text(o) : NULL;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    l->json = arena_text(&l->job->arena, text);
    free(text);
    NEED(l->json != NULL, NO_MEMORY);
    return TSM_OK;
}

enum tsm_err partner_message_work(void *self, struct job *job)
{
    struct partners *p = self;
    struct letter l = {.job = job};
    TRY(store_read(p->c.store, load_letter, &l));
    NEED(p->c.post != NULL, UNSUPPORTED);
    return p->c.post(p->c.post_self, l.url, l.verb, l.key, l.json);
}

enum tsm_err partner_message_commit(void *self, struct tx *tx, struct job *job)
{
    (void)self;
    if (job->next.state != JOB_DONE)
        return TSM_OK;
    return db_exec(tx, SQL_PARTNER_DELIVERED, job->ref, (int64_t)DELIVERED, (int64_t)NEW);
}
