/* SPDX-License-Identifier: Apache-2.0 */
/* Partner messages: asked, accepted, answered as rows; in this process within one transaction, else as jobs
 * of delivery. Station 6. Edge. */
#include "engine/partner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "engine/mail/mail.h"

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

enum tsm_err partners_want_late(struct partners *p, enum partner_verb verb)
{
    NEED(p->n_late < PARTNER_ROWS_MAX, NO_ROOM);
    p->late[p->n_late++] = verb;
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
                job, c->trace, (int64_t)MAIL_NEW, tx_now(tx), c->body));
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
    TRY(known(tx, MAIL_IN, call, &before));
    if (before)
        return TSM_OK;
    TRY(add_row(tx, MAIL_IN, call, 0, &call->id));
    err_clear();
    e = dispatch(p, tx, call);
    if (e == TSM_OK || err_may_retry(e))
        return e;
    failure_set(&f, OWNER_HUB, "correct the call and order again", "%s was refused: %s",
                partner_verb_word(call->verb), err_cause()[0] ? err_cause() : err_text(e));
    return partner_refuse(p, tx, call->id, &f);
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
    char url[MAIL_URL_MAX];
    bool before;
    TRY(known(tx, MAIL_OUT, &out, &before));
    if (before)
        return TSM_OK;
    TRY(add_row(tx, MAIL_OUT, &out, ask->job, &out.id));
    TRY(party_url(tx, ask->peer, url, sizeof url));
    if (url[0])
        return mail_carry(tx, &out);
    in.party = ask->peer;
    in.peer = ask->party;
    return accept(p, tx, &in);
}

enum tsm_err partner_reply(struct partners *p, struct tx *tx, int64_t call, const char *body)
{
    struct mail_row s;
    char url[MAIL_URL_MAX];
    TRY(mail_load(tx, call, &s));
    if (s.state == MAIL_REPLIED)
        return TSM_OK;
    TRY(party_url(tx, s.call.peer, url, sizeof url));
    TRY(db_exec_one(tx, SQL_PARTNER_REPLIED, call, (int64_t)MAIL_REPLIED, url[0] ? body : ""));
    if (url[0])
        return mail_carry(tx, &s.call);
    return mail_reply(p, tx, &(struct partner_call){.party = s.call.peer, .peer = s.call.party, .key = s.key},
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
        return mail_reply(p, tx, &call, w->body);
    return accept(p, tx, &call);
}
