/* SPDX-License-Identifier: Apache-2.0 */
/* Replies to partner messages: to the row that asked, and to the job that waits or that is over already.
 * Station 6. Edge. */
#include <stdio.h>

#include "engine/mail/mail.h"

enum tsm_err mail_load(struct tx *tx, int64_t id, struct mail_row *out)
{
    ROWS r = {0};
    size_t n;
    TRY(db_first(tx, &r, SQL_PARTNER_BY_ID, id));
    out->call =
        (struct partner_call){.party = db_int(&r, 0), .peer = db_int(&r, 1), .key = out->key, .id = id};
    snprintf(out->key, sizeof out->key, "%s", db_text(&r, 2));
    out->state = db_int(&r, 3);
    TRY(bytes_keep(db_blob(&r, 4), out->trace, sizeof out->trace, &n));
    out->call.trace = BYTES_OF(out->trace, n);
    out->direction = db_int(&r, 5);
    return TSM_OK;
}

static bool wanted_late(const struct partners *p, int64_t verb)
{
    for (size_t i = 0; i < p->n_late; i++)
        if ((int64_t)p->late[i] == verb)
            return true;
    return false;
}

/* To a job that waits, or to one that is over where its role wants to know all the same [DESIGN 4, rule 7];
 * NOT_FOUND: to nobody. */
static enum tsm_err to_job(const struct partners *p, struct tx *tx, int64_t job, int64_t verb,
                           const char *body)
{
    time_us now = tx_now(tx);
    enum tsm_err e = job ? job_answer(tx, job, bytes_of_text(body)) : TSM_OK;
    if (e != TSM_NOT_FOUND || !wanted_late(p, verb))
        return e;
    TRY(db_exec_one(tx, SQL_JOB_REOPEN, job, bytes_of_text(body), now, now + SECONDS(PARTNER_TIMEOUT_S)));
    tx_note(tx);
    return TSM_OK;
}

/* The question has done its work then, and the reply too, once a job has it: load files and packets are not
 * kept twice. */
enum tsm_err mail_reply(struct partners *p, struct tx *tx, const struct partner_call *c, const char *body)
{
    int64_t id, job, verb;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(db_first(tx, &r, SQL_PARTNER_BY_KEY, (int64_t)MAIL_OUT, c->party, c->peer, c->key));
        if (db_int(&r, 2) == MAIL_REPLIED)
            return TSM_OK;
        id = db_int(&r, 0);
        job = db_int(&r, 1);
        verb = db_int(&r, 3);
    }
    e = to_job(p, tx, job, verb, body);
    if (e != TSM_OK && e != TSM_NOT_FOUND)
        return e;
    /* nobody waits, or not any more: the row keeps the answer */
    return db_exec_one(tx, SQL_PARTNER_REPLIED, id, (int64_t)MAIL_REPLIED, job && e == TSM_OK ? "" : body);
}
