/* SPDX-License-Identifier: Apache-2.0 */
/* Row jobs_sqlite: one-packet OTA jobs through store and engine; the cards answer in this process. Bench
 * only. Stations 7 to 12. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bare/jobs.h"
#include "engine/engine.h"
#include "fleet.h"
#include "vault/operation/operation.h"

enum {
    JOBS = 20000, /* a round */
    STEP_SEND = 0,
    STEP_READ = 1,
    ANSWER_S = 30,
    AHEAD_S = 3600,
    GOAL_RATE = 10000,
    GOAL_PERCENT = 50,
    GOAL_FLUSHES = 5000,
};

struct jobs_row {
    struct clock clock; /* first: the real one, put forward when a round begins */
    _Atomic int64_t ahead;
    struct fleet *fleet;
    struct vault_party *vault;
    struct store *store;
    struct engine *engine;
    struct bare_crypto card;
    struct bare_jobs bare;
    pthread_mutex_t lock, card_lock;
    pthread_cond_t over;
    size_t left;
    int64_t picked[JOBS];
    uint64_t seed;
    unsigned failed;
};

static time_us now_ahead(struct clock *self)
{
    struct jobs_row *r = (struct jobs_row *)self;
    return clock_now(&clock_real) + atomic_load(&r->ahead);
}

/* What one turn keeps in the job's arena. */
struct turn {
    struct jobs_row *row;
    const struct job *job;
    int64_t keyset;
    uint8_t blob[SEALED_KEYSET_MAX], packet[BARE_PACKET], plain[POR_LEN];
    size_t len;
};

static enum tsm_err load(struct tx *tx, void *arg)
{
    struct turn *t = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_KEYSET_GET, t->job->se, t->job->party, (int64_t)FLEET_PROTOCOL,
                 (int64_t)FLEET_KVN));
    t->keyset = db_int(&r, 0);
    return bytes_keep(db_blob(&r, 2), t->blob, sizeof t->blob, &t->len);
}

static struct sealed_keyset keys_of(const struct turn *t)
{
    return (struct sealed_keyset){(uint64_t)t->keyset, BYTES_OF(t->blob, t->len)};
}

static enum tsm_err work(void *self, struct job *job)
{
    struct jobs_row *r = self;
    struct turn *t = arena_get(&job->arena, sizeof *t);
    NEED(t != NULL, NO_MEMORY);
    t->row = r;
    t->job = job;
    job->turn = t;
    TRY(store_read(r->store, load, t));
    if (job->step == STEP_SEND)
        return TSM_OK;
    struct writer plain = WRITER(t->plain);
    struct por_job por = {
        .keys = keys_of(t), .terms = {.spi2 = 0x39, .kic = 0x12, .kid = 0x12}, .body = job->answer};
    TRY(vault_unwrap_por(r->vault, &por, 1, &plain));
    TRY(por.err);
    NEED(por.response.secured && por.response.status == POR_OK, CARD_REFUSED);
    return TSM_OK;
}

static enum tsm_err take_counter(struct tx *tx, int64_t keyset, uint64_t *counter)
{
    ROWS r = {0};
    TRY(db_exec(tx, SQL_COUNTER_TAKE, keyset));
    TRY(db_first(tx, &r, SQL_COUNTER_TAKEN, keyset));
    *counter = (uint64_t)db_int(&r, 0);
    return TSM_OK;
}

/* Counter, packet and state in one commit, before anything leaves. */
static enum tsm_err commit(void *self, struct tx *tx, struct job *job)
{
    struct jobs_row *r = self;
    struct turn *t = job->turn;
    struct writer out = WRITER(t->packet);
    struct scp80_job packet = {
        .keys = keys_of(t),
        .command = {
            .spi = {0x16, 0x39}, .kic = 0x12, .kid = 0x12, .tar = {0xB2, 0x01, 0x00}, .data = job->body}};
    if (job->error)
        return TSM_OK;
    if (job->step == STEP_READ) {
        job->next = (struct job_next){
            .state = JOB_DONE, .step = STEP_READ, .due = job->now, .progress = job->progress};
        return TSM_OK;
    }
    TRY(take_counter(tx, t->keyset, &packet.command.counter));
    TRY(vault_wrap_scp80(r->vault, &packet, 1, &out));
    TRY(packet.err);
    job->next = (struct job_next){.state = JOB_SENT,
                                  .step = STEP_READ,
                                  .due = job->now + SECONDS(ANSWER_S),
                                  .progress = packet.packet,
                                  .moved = true};
    return TSM_OK;
}

/* An answer on its way back into the store. */
struct answer {
    struct jobs_row *row;
    int64_t job;
    uint8_t por[POR_LEN];
};

static enum tsm_err store_answer(struct tx *tx, void *arg)
{
    struct answer *a = arg;
    return job_answer(tx, a->job, BYTES(a->por));
}

static void one_over(struct jobs_row *r, bool fine)
{
    pthread_mutex_lock(&r->lock);
    r->failed += !fine;
    if (--r->left == 0)
        pthread_cond_signal(&r->over);
    pthread_mutex_unlock(&r->lock);
}

static void answered(void *arg, enum tsm_err result)
{
    struct answer *a = arg;
    if (result != TSM_OK)
        one_over(a->row, false);
    free(a);
}

static bool ask_card(struct jobs_row *r, const struct job *job, uint8_t por[POR_LEN])
{
    const struct turn *t = job->turn;
    uint8_t keys[FLEET_PLAIN];
    bool fine;
    fleet_keys(t->keyset, keys);
    pthread_mutex_lock(&r->card_lock);
    fine = card_answer(&r->card, keys, t->packet, por);
    pthread_mutex_unlock(&r->card_lock);
    return fine;
}

static void carry(void *self, struct job *job)
{
    struct jobs_row *r = self;
    struct answer *a;
    if (job->step == STEP_READ)
        return one_over(r, true);
    a = calloc(1, sizeof *a);
    if (!a)
        return one_over(r, false);
    *a = (struct answer){.row = r, .job = job->id};
    if (!ask_card(r, job, a->por) || store_submit(r->store, store_answer, a, job->se, answered) != TSM_OK) {
        free(a);
        one_over(r, false);
    }
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
    struct step_row rows[] = {
        {.kind = JOB_EXCHANGE_SMS, .name = "ota", .work = work, .commit = commit, .carry = carry, .self = r},
        {.name = NULL}};
    struct pair pair = {{ours, r}, {bare, r}, JOBS, true};
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
