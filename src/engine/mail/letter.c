/* SPDX-License-Identifier: Apache-2.0 */
/* A partner message on its way to another process: as a job, carried until the partner has it. Station 6.
 * Edge. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/json.h"
#include "engine/mail/mail.h"

enum tsm_err mail_carry(struct tx *tx, const struct partner_call *row)
{
    int64_t job;
    struct job_new j = {.kind = JOB_MESSAGE,
                        .state = JOB_READY,
                        .party = row->party,
                        .se = row->peer,
                        .ref = row->id,
                        .trace = row->trace,
                        .due = tx_now(tx),
                        .deadline = tx_now(tx) + SECONDS(PARTNER_TIMEOUT_S)};
    return job_add(tx, &j, &job);
}

/* What a JOB_MESSAGE carries: an outgoing call, or the reply to an incoming one. */
struct letter {
    struct job *job;
    char url[MAIL_URL_MAX], key[MESSAGE_KEY_MAX + 1];
    const char *json, *verb;
};

static enum tsm_err load_letter(struct tx *tx, void *arg)
{
    struct letter *l = arg;
    char trace[2 * TRACE_LEN + 1];
    json_t *o;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTNER_LETTER, l->job->ref));
    l->verb = db_int(&r, 0) == MAIL_OUT ? partner_verb_word(db_int(&r, 1)) : partner_verb_word(VERB_NOTIFY);
    snprintf(l->key, sizeof l->key, "%s", db_text(&r, 2));
    snprintf(l->url, sizeof l->url, "%s", db_text(&r, 6));
    o = json_pack("{ss ss ss ss ss}", "from", db_text(&r, 4), "to", db_text(&r, 5), "key", l->key, "trace",
                  hex_text(BYTES(l->job->trace), trace), "body",
                  db_int(&r, 0) == MAIL_OUT ? db_text(&r, 3) : db_text(&r, 7));
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
    struct mail_row s;
    struct failure f;
    char *text;
    json_t *o;
    enum tsm_err e;
    if (job->next.state != JOB_DONE && job->next.state != JOB_FAILED)
        return TSM_OK;
    TRY(mail_load(tx, job->ref, &s));
    if (job->next.state == JOB_DONE)
        return s.direction == MAIL_OUT
                   ? db_exec(tx, SQL_PARTNER_DELIVERED, job->ref, (int64_t)MAIL_DELIVERED, (int64_t)MAIL_NEW)
                   : db_exec(tx, SQL_PARTNER_REPLIED, job->ref, (int64_t)MAIL_REPLIED, "");
    if (s.direction == MAIL_IN)
        return TSM_OK;
    failure_set(&f, OWNER_HUB, "look at the connection to the partner and at its log, naming the trace id",
                "the partner did not take the question: %s",
                job->cause[0] ? job->cause : err_text(job->error));
    o = json_pack("{so sb}", "failure", failure_json(&f), "sent", 1); /* perhaps: its answer may be lost */
    text = o ? json_text(o) : NULL;
    json_decref(o);
    e = text ? mail_reply(self, tx, &s.call, text) : FAIL(NO_MEMORY, "no memory for a failure");
    free(text);
    return e;
}
