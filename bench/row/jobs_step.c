/* SPDX-License-Identifier: Apache-2.0 */
/* The step that row jobs_sqlite measures: one secured packet to a card and its proof of receipt. Bench only.
 * Stations 7 to 12. */
#include <stdlib.h>

#include "row/jobs.h"
#include "vault/operation/operation.h"

enum { STEP_SEND = 0, STEP_READ = 1, ANSWER_S = 30 };

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

struct step_row jobs_step(struct jobs_row *r)
{
    return (struct step_row){
        .kind = JOB_EXCHANGE_SMS, .name = "ota", .work = work, .commit = commit, .carry = carry, .self = r};
}
