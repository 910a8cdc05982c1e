/* SPDX-License-Identifier: Apache-2.0 */
/* Partner messages: asked, accepted, answered as rows; in this process within one transaction, else as jobs
 * of delivery. Station 6. Edge. */
#include "engine/partner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"

enum { OUT = 0, IN = 1, NEW = 0, DELIVERED = 1, REPLIED = 2, URL_MAX = 256 };

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

/* Has this party a row of this direction and key with this peer already? Each peer has keys of its own. */
static enum tsm_err known(struct tx *tx, int direction, const struct partner_call *c, bool *yes)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTNER_BY_KEY, (int64_t)direction, c->party, c->peer, c->key);
    *yes = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err dispatch(struct partners *p, struct tx *tx, const struct partner_call *call)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i].verb == call->verb)
            return p->rows[i].accept(p->rows[i].self, tx, call);
    return FAIL(UNSUPPORTED, "no role here answers %s", partner_verb_word(call->verb));
}

/* A call that will never be accepted is answered with the reason: its asker may be waiting in this very
 * transaction. */
static enum tsm_err accept(struct partners *p, struct tx *tx, struct partner_call *call)
{
    struct failure f;
    bool before;
    enum tsm_err e;
    TRY(known(tx, IN, call, &before));
    if (before)
        return TSM_OK;
    TRY(add_row(tx, IN, call, 0, &call->id));
    err_clear();
    e = dispatch(p, tx, call);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&f, OWNER_HUB, "correct the call and order again", "%s was refused: %s",
                partner_verb_word(call->verb), err_cause()[0] ? err_cause() : err_text(e));
    return partner_refuse(p, tx, call->id, &f);
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
    char url[URL_MAX];
    bool before;
    TRY(known(tx, OUT, &out, &before));
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

/* Brings a reply to the row that asked and to the job that waits for it; only whom it asked may answer. The
 * question has done its work then, and the reply too, once a job has it: load files and packets are not kept
 * twice. */
static enum tsm_err reply_arrives(struct tx *tx, const struct partner_call *c, const char *body)
{
    int64_t id, job;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_PARTNER_BY_KEY, (int64_t)OUT, c->party, c->peer, c->key));
        if (db_int(&r, 2) == REPLIED)
            return TSM_OK;
        id = db_int(&r, 0);
        job = db_int(&r, 1);
    }
    e = job ? job_answer(tx, job, bytes_of_text(body)) : TSM_OK;
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    /* nobody waits any more: the row keeps the answer */
    return db_exec_one(tx, SQL_PARTNER_REPLIED, id, (int64_t)REPLIED, e == TSM_OK ? "" : body);
}

/* A row as it is stored. */
struct stored {
    struct partner_call call;
    int64_t direction, state;
    char key[MESSAGE_KEY_MAX + 1];
    uint8_t trace[TRACE_LEN];
};

static enum tsm_err load_row(struct tx *tx, int64_t id, struct stored *s)
{
    ROWS r = {0};
    size_t n;
    TRY(db_first(tx, &r, SQL_PARTNER_BY_ID, id));
    s->call = (struct partner_call){.party = db_int(&r, 0), .peer = db_int(&r, 1), .key = s->key, .id = id};
    snprintf(s->key, sizeof s->key, "%s", db_text(&r, 2));
    s->state = db_int(&r, 3);
    TRY(bytes_keep(db_blob(&r, 4), s->trace, sizeof s->trace, &n));
    s->call.trace = BYTES_OF(s->trace, n);
    s->direction = db_int(&r, 5);
    return TSM_OK;
}

enum tsm_err partner_reply(struct partners *p, struct tx *tx, int64_t call, const char *body)
{
    struct stored s;
    char url[URL_MAX];
    (void)p;
    TRY(load_row(tx, call, &s));
    if (s.state == REPLIED)
        return TSM_OK;
    TRY(party_url(tx, s.call.peer, url, sizeof url));
    TRY(db_exec_one(tx, SQL_PARTNER_REPLIED, call, (int64_t)REPLIED, url[0] ? body : ""));
    if (url[0])
        return carry_later(tx, s.call.party, call, s.call.trace);
    return reply_arrives(tx, &(struct partner_call){.party = s.call.peer, .peer = s.call.party, .key = s.key},
                         body);
}

enum tsm_err partner_reply_json(struct partners *p, struct tx *tx, int64_t call, json_t *o)
{
    char *text = o ? json_text(o) : NULL;
    enum tsm_err e = text ? partner_reply(p, tx, call, text) : FAIL(NO_MEMORY, "no memory for a reply");
    json_decref(o);
    free(text);
    return e;
}

enum tsm_err partner_refuse(struct partners *p, struct tx *tx, int64_t call, const struct failure *f)
{
    return partner_reply_json(p, tx, call, json_pack("{so}", "failure", failure_json(f)));
}

/* `here`: its roles must run in this process. */
static enum tsm_err party_named(struct tx *tx, const char *name, bool here, int64_t *id)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PARTY_BY_NAME, name);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && here && db_text(&r, 4)[0]))
        return FAIL(NOT_FOUND, "party %.60s is not known here", name);
    TRY(e);
    *id = db_int(&r, 0);
    return TSM_OK;
}

enum tsm_err partner_receive(struct partners *p, struct tx *tx, const struct partner_wire *w)
{
    struct partner_call call = {.key = w->key, .trace = w->trace, .body = w->body};
    if (!w->key[0] || strlen(w->key) > MESSAGE_KEY_MAX)
        return FAIL_FIELD(BAD_LENGTH, "key", "the key must have 1 to %d characters", MESSAGE_KEY_MAX);
    TRY(partner_verb_read(w->verb, &call.verb));
    TRY(party_named(tx, w->to, true, &call.party));
    TRY(party_named(tx, w->from, false, &call.peer));
    if (call.verb == VERB_NOTIFY)
        return reply_arrives(tx, &call, w->body);
    return accept(p, tx, &call);
}

/* What a JOB_MESSAGE carries: an outgoing call, or the reply to an incoming one. */
struct letter {
    struct job *job;
    char url[URL_MAX], key[MESSAGE_KEY_MAX + 1];
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

/* A reply that has arrived is forgotten here; a question that cannot be brought is answered here, so that its
 * asker does not wait until its own deadline. */
enum tsm_err partner_message_commit(void *self, struct tx *tx, struct job *job)
{
    struct stored s;
    struct failure f;
    char *text;
    json_t *o;
    enum tsm_err e;
    (void)self;
    if (job->next.state != JOB_DONE && job->next.state != JOB_FAILED)
        return TSM_OK;
    TRY(load_row(tx, job->ref, &s));
    if (job->next.state == JOB_DONE)
        return s.direction == OUT
                   ? db_exec(tx, SQL_PARTNER_DELIVERED, job->ref, (int64_t)DELIVERED, (int64_t)NEW)
                   : db_exec(tx, SQL_PARTNER_REPLIED, job->ref, (int64_t)REPLIED, "");
    if (s.direction == IN)
        return TSM_OK;
    failure_set(&f, OWNER_HUB, "look at the connection to the partner and at its log, naming the trace id",
                "the partner did not take the question: %s",
                job->cause[0] ? job->cause : err_text(job->error));
    o = json_pack("{so}", "failure", failure_json(&f));
    text = o ? json_text(o) : NULL;
    json_decref(o);
    e = text ? reply_arrives(tx, &s.call, text) : FAIL(NO_MEMORY, "no memory for a failure");
    free(text);
    return e;
}
