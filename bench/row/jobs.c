/* SPDX-License-Identifier: Apache-2.0 */
/* Row jobs_sqlite: one-packet OTA jobs through store and engine; the cards answer in this process. Bench
 * only. Stations 7 to 12. */
#include <stdlib.h>

#include "row/jobs.h"

enum {
    AHEAD_S = 3600,
    GOAL_RATE = 10000,
    GOAL_PERCENT = 50,
    GOAL_FLUSHES = 5000,
};

static time_us now_ahead(struct clock *self)
{
    struct jobs_row *r = (struct jobs_row *)self;
    return clock_now(&clock_real) + atomic_load(&r->ahead);
}

/* Random elements, each at most once a round, so that no job waits for another. */
static void pick(struct jobs_row *r, size_t n)
{
    size_t stride = r->fleet->n / n;
    for (size_t i = 0; i < n; i++) {
        r->seed ^= r->seed << 13;
        r->seed ^= r->seed >> 7;
        r->seed ^= r->seed << 17;
        r->picked[i] = r->fleet->se[i * stride + r->seed % stride];
    }
}

struct queueing {
    struct jobs_row *row;
    time_us due;
    size_t n;
};

static enum tsm_err queue(struct tx *tx, void *arg)
{
    static const uint8_t body[BARE_PAYLOAD], trace[TRACE_LEN];
    struct queueing *q = arg;
    for (size_t i = 0; i < q->n; i++) {
        char key[24];
        int64_t id;
        struct job_new job = {.kind = JOB_EXCHANGE_SMS,
                              .state = JOB_READY,
                              .party = FLEET_PARTY,
                              .se = q->row->picked[i],
                              .trace = BYTES(trace),
                              .body = BYTES(body),
                              .key = key,
                              .due = q->due,
                              .deadline = q->due + SECONDS(AHEAD_S)};
        snprintf(key, sizeof key, "%lld", (long long)store_id(tx_store(tx)));
        TRY(job_add(tx, &job, &id));
    }
    return TSM_OK;
}

static enum tsm_err note(struct tx *tx, void *arg)
{
    (void)arg;
    tx_note(tx);
    return TSM_OK;
}

/* The jobs are queued for an hour from now; then the clock is put forward and the engine sees them. */
static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct jobs_row *r = self;
    struct queueing q = {r, clock_now(&r->clock) + SECONDS(AHEAD_S), n};
    double from;
    pick(r, n);
    TRY(store_write(r->store, queue, &q));
    r->left = n;
    from = seconds_now();
    atomic_fetch_add(&r->ahead, SECONDS(AHEAD_S) + SECONDS(1));
    TRY(store_write(r->store, note, NULL));
    pthread_mutex_lock(&r->lock);
    while (r->left)
        pthread_cond_wait(&r->over, &r->lock);
    pthread_mutex_unlock(&r->lock);
    *seconds = seconds_now() - from;
    return r->failed ? FAIL(CARD_REFUSED, "%u jobs failed", r->failed) : TSM_OK;
}

static enum tsm_err bare(void *self, size_t n, double *seconds)
{
    struct jobs_row *r = self;
    time_us now = clock_now(&clock_real);
    pick(r, n);
    NEED(bare_jobs_queue(&r->bare, r->picked, n, now), DATABASE);
    *seconds = bare_jobs_run(&r->bare, n, now);
    return TSM_OK;
}

static enum tsm_err open_ours(struct jobs_row *r, const struct step_row *rows)
{
    char url[PATH_ROOM + 80];
    struct store_config store = {.url = url, .clock = &r->clock, .node = 1};
    struct engine_config engine = {.clock = &r->clock, .rows = rows, .node = 1, .batch = BARE_BATCH};
    snprintf(url, sizeof url, "sqlite:%s", r->fleet->ours);
    TRY(store_open(&store, &r->store));
    engine.store = r->store;
    TRY(engine_new(&engine, &r->engine));
    return engine_start(r->engine);
}

static enum tsm_err open_bare(struct bench *b, struct jobs_row *r)
{
    struct bare_jobs_sql sql = {.add = sql_table[SQL_JOB_ADD].text,
                                .claim = sql_table[SQL_JOB_CLAIM].text,
                                .keyset = sql_table[SQL_KEYSET_GET].text,
                                .counter = sql_table[SQL_COUNTER_TAKE].text,
                                .taken = sql_table[SQL_COUNTER_TAKEN].text,
                                .update = sql_table[SQL_JOB_UPDATE].text,
                                .answer = sql_table[SQL_JOB_ANSWER].text,
                                .read = sql_table[SQL_JOB_ANSWER_READ].text,
                                .waiting = sql_table[SQL_EXCHANGE_WAITING].text};
    uint8_t key[BARE_DATA_KEY];
    TRY(bench_data_key(b, key));
    r->bare.keys_of = fleet_keys;
    r->bare.party = FLEET_PARTY;
    NEED(bare_crypto_init(&r->card, key) && bare_crypto_init(&r->bare.crypto, key) &&
             bare_crypto_init(&r->bare.card, key),
         CRYPTO_FAILED);
    NEED(bare_jobs_open(&r->bare, r->fleet->bare, &sql), DATABASE);
    return TSM_OK;
}

static void say(struct bench *b, const struct jobs_row *r, const struct measured *m)
{
    struct result out = result_of("jobs_sqlite", "1/s", m);
    struct store_counts n = store_counts(r->store);
    bool disk_bound = m->fdatasync < GOAL_FLUSHES;
    out.met = out.ratio >= GOAL_PERCENT / 100.0 && (out.value >= GOAL_RATE || disk_bound);
    snprintf(out.goal, sizeof out.goal, ">= %d %% of bare and >= %d/s%s", GOAL_PERCENT, GOAL_RATE,
             disk_bound ? " (disk-bound here)" : "");
    snprintf(
        out.how, sizeof out.how,
        "one-packet OTA jobs through store and engine (2 workers and the writer), %d SEs, SQLite FULL, 5 "
        "durable "
        "commits a batch of %d: claim | counter, packet, state | answer | claim | end; the cards answer in "
        "process (%.0f units a commit on average); bare: one thread, the same SQL, commits, EVP calls and "
        "cards",
        FLEET_SIZE, BARE_BATCH, (double)n.units / (double)n.commits);
    report(b, &out);
}

static enum tsm_err with_row(struct bench *b, struct jobs_row *r)
{
    struct step_row rows[] = {jobs_step(r), {.name = NULL}};
    struct pair pair = {{ours, r}, {bare, r}, JOBS_ROUND, true};
    struct measured m;
    enum tsm_err e;
    TRY(fleet_get(b, &r->fleet));
    TRY(bench_vault(b, &r->vault));
    TRY(open_bare(b, r));
    TRY(open_ours(r, rows));
    e = measure(b, &pair, &m);
    engine_stop(r->engine);
    TRY(e);
    say(b, r, &m);
    return TSM_OK;
}

enum tsm_err row_jobs_sqlite(struct bench *b)
{
    struct jobs_row *r = calloc(1, sizeof *r);
    enum tsm_err e;
    NEED(r != NULL, NO_MEMORY);
    r->clock.now = now_ahead;
    r->seed = 88172645463325252u;
    pthread_mutex_init(&r->lock, NULL);
    pthread_mutex_init(&r->card_lock, NULL);
    pthread_cond_init(&r->over, NULL);
    e = with_row(b, r);
    engine_free(r->engine);
    store_close(r->store);
    bare_jobs_close(&r->bare);
    bare_crypto_end(&r->card);
    free(r);
    return e;
}
