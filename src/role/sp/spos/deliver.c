/* SPDX-License-Identifier: Apache-2.0 */
/* The carrier of one SposConfig: sends what is due, keeps what was not taken, says why. Station 12. Role.
 * [BSI TR-03165 4.3.4.1] */
#include <stdio.h>

#include "base/hex.h"
#include "engine/mail/callback.h"
#include "link/callback.h"
#include "role/sp/spos/delay.h"
#include "role/sp/spos/queue.h"
#include "role/sp/spos/target.h"

struct one {
    int64_t id, attempt;
    uint8_t trace[TRACE_LEN];
    bool has_trace;
    const char *body; /* in the job's arena */
    enum spos_answer answer;
    char error[SPOS_ERROR_MAX];
};

/* A turn: what it found, what became of it. */
struct turn_of_mail {
    struct job *job;
    struct spos_target target;
    struct one at[SPOS_BATCH];
    size_t n, tried;
    bool gone, away, took; /* the SposConfig was deleted; the receiver is not reached; it took something */
    unsigned asked_s;
    char error[SPOS_ERROR_MAX];
};

static enum tsm_err load_heads(struct tx *tx, struct turn_of_mail *m)
{
    ROWS r = {0};
    size_t len;
    enum tsm_err e = db_query(tx, &r, SQL_SPOS_HEADS, m->job->ref, m->job->now, (int64_t)SPOS_BATCH);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK && m->n < SPOS_BATCH) {
        struct one *o = &m->at[m->n];
        o->id = db_int(&r, 0);
        o->has_trace = db_blob(&r, 1).len == TRACE_LEN;
        if (o->has_trace)
            TRY(bytes_keep(db_blob(&r, 1), o->trace, TRACE_LEN, &len));
        o->attempt = db_int(&r, 2);
        o->body = arena_text(&m->job->arena, db_text(&r, 3));
        NEED(o->body != NULL, NO_MEMORY);
        m->n++;
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static void say(char error[SPOS_ERROR_MAX], enum tsm_err e)
{
    snprintf(error, SPOS_ERROR_MAX, "%s", err_cause()[0] ? err_cause() : err_text(e));
}

static void is_away(struct turn_of_mail *m, enum tsm_err e)
{
    m->away = true;
    say(m->error, e);
}

/* What is wrong with the SposConfig itself can be mended by its provider: the results wait for it. */
static enum tsm_err load_turn(struct tx *tx, void *arg)
{
    struct turn_of_mail *m = arg;
    enum tsm_err e = spos_target_load(tx, m->job->ref, &m->target);
    m->gone = e == TSM_NOT_FOUND;
    if (err_may_retry(e))
        return e;
    if (e != TSM_OK && !m->gone)
        is_away(m, e);
    return load_heads(tx, m);
}

static void send_one(struct http_client *client, struct turn_of_mail *m, struct one *o)
{
    char key[40], trace[TRACE_TEXT] = "";
    struct callback c = {.url = m->target.url,
                         .key = key,
                         .trace = trace,
                         .json = o->body,
                         .trust = bytes_of_text(m->target.pem)};
    struct callback_answer answer;
    enum tsm_err e;
    snprintf(key, sizeof key, "pr%lld", (long long)o->id);
    if (o->has_trace)
        hex_text(BYTES(o->trace), trace);
    err_clear();
    e = callback_deliver(client, &c, &answer);
    o->answer = e == TSM_OK ? SPOS_TAKEN : spos_answer_of(answer.status);
    if (o->answer == SPOS_TAKEN) {
        m->took = true;
        return;
    }
    say(o->error, e);
    if (o->answer == SPOS_REFUSES)
        return;
    is_away(m, e);
    m->asked_s = answer.retry_after_s;
}

static enum tsm_err work(void *self, struct job *job)
{
    struct sp *sp = self;
    struct turn_of_mail *m = arena_get(&job->arena, sizeof *m);
    struct http_client *client;
    enum tsm_err e;
    NEED(m != NULL, NO_MEMORY);
    m->job = job;
    TRY(store_read(sp->c.store, load_turn, m));
    job->turn = m;
    if (m->gone || m->away)
        return TSM_OK;
    e = sp->c.client_of(sp->c.self, job->party, &client);
    if (e != TSM_OK)
        is_away(m, e);
    for (; m->tried < m->n && !m->away; m->tried++) {
        if (clock_now(sp->c.clock) - job->now > SECONDS(SPOS_TURN_S))
            break;
        send_one(client, m, &m->at[m->tried]);
    }
    return TSM_OK;
}

static enum tsm_err keep_one(struct tx *tx, const struct turn_of_mail *m, const struct one *o,
                             int64_t longest)
{
    int64_t attempt = o->attempt + 1;
    time_us due = tx_now(tx) + spos_delay(attempt, longest, 0);
    if (o->answer == SPOS_REFUSES) {
        TRY(db_exec(tx, SQL_SPOS_REFUSED, o->id, attempt, due, o->error));
        return db_exec(tx, SQL_SPOS_BEHIND, m->job->ref, o->id, due);
    }
    TRY(db_exec(tx, SQL_SPOS_TAKEN, o->id, tx_now(tx)));
    if (!o->has_trace)
        return TSM_OK;
    return note_add(tx, &(struct note){.party = m->job->party,
                                       .trace = BYTES(o->trace),
                                       .station = 12,
                                       .role = "sp",
                                       .step = "SPOS",
                                       .text = "the provider's online system took the process result",
                                       .apdus = ""});
}

/* Where the results have no address any more, they end, and the audit says so. */
static enum tsm_err give_up(struct tx *tx, const struct turn_of_mail *m)
{
    static const char why[] = "the SposConfig was deleted before its online system took the result";
    char detail[80];
    if (m->n == 0)
        return db_exec(tx, SQL_SPOS_RECEIVER_GONE, m->job->ref);
    snprintf(detail, sizeof detail, "{\"config\":\"%lld\"}", (long long)m->job->ref);
    TRY(db_exec(tx, SQL_SPOS_GIVE_UP, m->job->ref, tx_now(tx), why));
    TRY(db_exec(tx, SQL_SPOS_RECEIVER_GONE, m->job->ref));
    return audit_add(tx,
                     &(struct audit_leaf){m->job->party, BYTES(m->job->trace), "result.given-up", detail});
}

static enum tsm_err when_next(struct tx *tx, struct turn_of_mail *m, int64_t longest)
{
    struct job_next *next = &m->job->next;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_SPOS_NEXT_DUE, m->job->ref);
    next->moved = !m->away || m->took;
    if (e == TSM_NOT_FOUND)
        return TSM_OK; /* nothing waits: the job is done, the next result makes another */
    TRY(e);
    next->state = JOB_READY;
    next->due = db_int(&r, 0) > tx_now(tx) ? db_int(&r, 0) : tx_now(tx);
    if (m->away)
        next->due = tx_now(tx) + spos_delay(next->moved ? 1 : m->job->attempt, longest, m->asked_s);
    return TSM_OK;
}

static enum tsm_err keep_all(struct tx *tx, const struct turn_of_mail *m, int64_t longest)
{
    for (size_t i = 0; i < m->tried; i++)
        if (m->at[i].answer != SPOS_AWAY)
            TRY(keep_one(tx, m, &m->at[i], longest));
    if (m->tried && !m->away)
        return db_exec(tx, SQL_SPOS_RECEIVER_UP, m->job->ref, m->took ? tx_now(tx) : 0);
    return m->away ? db_exec(tx, SQL_SPOS_RECEIVER_DOWN, m->job->ref, tx_now(tx), m->error) : TSM_OK;
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct sp *sp = self;
    struct turn_of_mail *m = job->turn;
    if (!m || job->error) { /* a fault of ours, in the log: no result is lost for it */
        job->next.state = JOB_READY;
        job->next.due = tx_now(tx) + SECONDS(SPOS_DELAY_MAX_S);
        return TSM_OK;
    }
    if (m->gone)
        return give_up(tx, m);
    TRY(keep_all(tx, m, sp->c.spos_longest_s));
    return when_next(tx, m, sp->c.spos_longest_s);
}

struct step_row spos_row(struct sp *sp)
{
    return (struct step_row){
        .kind = JOB_CALLBACK, .name = "process result", .work = work, .commit = commit, .self = sp};
}
