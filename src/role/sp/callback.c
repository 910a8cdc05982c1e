/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for callbacks: the end of an order told to its provider, in effect once. Station 12. Role.
 */
#include "link/callback.h"

#include <stdio.h>

#include "base/hex.h"
#include "role/sp/internal.h"

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

static enum tsm_err work(void *self, struct job *job)
{
    struct sp *sp = self;
    struct where w = {.party = job->party};
    char key[40], trace[TRACE_TEXT];
    unsigned retry_after_s;
    struct callback c = {.url = w.url, .key = key, .trace = trace};
    TRY(store_read(sp->c.store, read_url, &w));
    if (!w.url[0] || !sp->c.client)
        return TSM_OK; /* the provider asks by itself */
    snprintf(key, sizeof key, "cb%lld", (long long)job->ref);
    hex_text(BYTES(job->trace), trace);
    c.json = arena_text(&job->arena, (const char *)job->body.at);
    NEED(c.json != NULL, NO_MEMORY);
    return callback_deliver(sp->c.client, &c, &retry_after_s);
}

struct step_row sp_callback_row(struct sp *sp)
{
    return (struct step_row){.kind = JOB_CALLBACK, .name = "callback", .work = work, .self = sp};
}
