/* SPDX-License-Identifier: Apache-2.0 */
/* A party's address is told what its row says. Station 12. Edge. */
#include "engine/mail/callback.h"

#include <stdio.h>

#include "base/hex.h"
#include "link/callback.h"

enum { TRACE_HEX = 2 * TRACE_LEN + 1 };

struct where {
    int64_t party;
    char url[256];
};

static enum tsm_err read_url(struct tx *tx, void *arg)
{
    struct where *w = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTY_BY_ID, w->party));
    snprintf(w->url, sizeof w->url, "%s", db_text(&r, 1));
    return TSM_OK;
}

static enum tsm_err tell_party(struct callback_desk *desk, struct job *job)
{
    struct where w = {.party = job->party};
    char key[40], trace[TRACE_HEX];
    struct callback_answer answer;
    struct callback c = {.url = w.url, .key = key, .trace = trace};
    TRY(store_read(desk->store, read_url, &w));
    if (!w.url[0] || !desk->client)
        return TSM_OK; /* the party asks by itself */
    snprintf(key, sizeof key, "cb%lld", (long long)job->ref);
    hex_text(BYTES(job->trace), trace);
    c.json = arena_text(&job->arena, (const char *)job->body.at);
    NEED(c.json != NULL, NO_MEMORY);
    return callback_deliver(desk->client, &c, &answer);
}

static const struct step_row *row_of(const struct callback_desk *desk, const struct job *job)
{
    return job->step > CALLBACK_PARTY && job->step < CALLBACK_SORTS ? &desk->by_sort[job->step] : NULL;
}

static enum tsm_err work(void *self, struct job *job)
{
    struct callback_desk *desk = self;
    const struct step_row *row = row_of(desk, job);
    if (job->step == CALLBACK_PARTY)
        return tell_party(desk, job);
    return row && row->work
               ? row->work(row->self, job)
               : FAIL(BUSY, "this node does not carry deliveries of sort %lld", (long long)job->step);
}

static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    const struct step_row *row = row_of(self, job);
    return row && row->commit ? row->commit(row->self, tx, job) : TSM_OK;
}

struct step_row callback_row(struct callback_desk *desk)
{
    return (struct step_row){
        .kind = JOB_CALLBACK, .name = "callback", .work = work, .commit = commit, .self = desk};
}
