/* SPDX-License-Identifier: Apache-2.0 */
/* An OTA job as a plain loop over SQL and EVP. Bench only; includes nothing of src/. */
#include "bare/store/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODE = 1, LEASE_US = 30000000, PROTOCOL = 0x80, KVN = 1, SENT = 3, DONE = 4, BLOB_COLUMN = 2 };
/* Columns of the claim's RETURNING. */
enum { CLAIM_ID = 0, CLAIM_SE = 3, CLAIM_ATTEMPT = 7, CLAIM_BODY = 10, CLAIM_ANSWER = 12 };

bool bare_jobs_open(struct bare_jobs *j, const char *path, const struct bare_jobs_sql *sql)
{
    j->db = bare_lite_open(path);
    if (!j->db)
        return false;
    j->begin = bare_lite_prepare(j->db, "BEGIN IMMEDIATE");
    j->commit = bare_lite_prepare(j->db, "COMMIT");
    j->add = bare_lite_prepare(j->db, sql->add);
    j->claim = bare_lite_prepare(j->db, sql->claim);
    j->keyset = bare_lite_prepare(j->db, sql->keyset);
    j->counter = bare_lite_prepare(j->db, sql->counter);
    j->taken = bare_lite_prepare(j->db, sql->taken);
    j->update = bare_lite_prepare(j->db, sql->update);
    j->answer = bare_lite_prepare(j->db, sql->answer);
    j->read = bare_lite_prepare(j->db, sql->read);
    j->waiting = bare_lite_prepare(j->db, sql->waiting);
    return j->begin && j->commit && j->add && j->claim && j->keyset && j->counter && j->taken && j->update &&
           j->answer && j->read && j->waiting;
}

void bare_jobs_close(struct bare_jobs *j)
{
    sqlite3_stmt *all[] = {j->begin, j->commit, j->add,    j->claim, j->keyset, j->counter,
                           j->taken, j->update, j->answer, j->read,  j->waiting};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(j->db);
    bare_crypto_end(&j->crypto);
    bare_crypto_end(&j->card);
}

static bool numbers(sqlite3_stmt *s, const int64_t *values, int n)
{
    for (int i = 0; i < n; i++)
        if (sqlite3_bind_int64(s, i + 1, values[i]) != SQLITE_OK)
            return false;
    return true;
}

static bool add(struct bare_jobs *j, int64_t id, int64_t se, int64_t now)
{
    static const uint8_t body[BARE_PAYLOAD], trace[16];
    char key[24];
    sqlite3_stmt *s = j->add;
    int len = snprintf(key, sizeof key, "%lld", (long long)id);
    /* id bucket kind party se ref | trace key | state step due deadline | body progress answer */
    return numbers(s, (int64_t[]){id, se & 63, 1, j->party, se, 0}, 6) &&
           sqlite3_bind_blob(s, 7, trace, sizeof trace, SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_text(s, 8, key, len, SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_int64(s, 9, 1) == SQLITE_OK && sqlite3_bind_int64(s, 10, 0) == SQLITE_OK &&
           sqlite3_bind_int64(s, 11, now) == SQLITE_OK &&
           sqlite3_bind_int64(s, 12, now + 3600 * 1000000LL) == SQLITE_OK &&
           sqlite3_bind_blob(s, 13, body, sizeof body, SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_zeroblob(s, 14, 0) == SQLITE_OK && sqlite3_bind_zeroblob(s, 15, 0) == SQLITE_OK &&
           bare_lite_run(s);
}

bool bare_jobs_queue(struct bare_jobs *j, const int64_t *se, size_t n, int64_t now)
{
    int64_t id = (now / 1000) << 22;
    if (!bare_lite_run(j->begin))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!add(j, id + (int64_t)i, se[i], now))
            return false;
    return bare_lite_run(j->commit);
}

static int by_se(const void *a, const void *b)
{
    const struct bare_job *x = a, *y = b;
    return x->se < y->se ? -1 : x->se > y->se;
}

static void keep(sqlite3_stmt *s, int column, uint8_t *to, size_t len)
{
    if ((size_t)sqlite3_column_bytes(s, column) == len)
        memcpy(to, sqlite3_column_blob(s, column), len);
}

/* 0: none was due, or a failure. */
static size_t claim(struct bare_jobs *j, int64_t now)
{
    size_t n = 0;
    int rc;
    if (!bare_lite_run(j->begin) || !numbers(j->claim, (int64_t[]){NODE, now + LEASE_US, now, BARE_BATCH}, 4))
        return 0;
    while ((rc = sqlite3_step(j->claim)) == SQLITE_ROW && n < BARE_BATCH) {
        struct bare_job *job = &j->job[n++];
        job->id = sqlite3_column_int64(j->claim, CLAIM_ID);
        job->se = sqlite3_column_int64(j->claim, CLAIM_SE);
        job->attempt = sqlite3_column_int64(j->claim, CLAIM_ATTEMPT);
        keep(j->claim, CLAIM_BODY, job->payload, BARE_PAYLOAD);
        keep(j->claim, CLAIM_ANSWER, job->por, POR_LEN);
    }
    if (sqlite3_reset(j->claim) != SQLITE_OK || rc != SQLITE_DONE || !bare_lite_run(j->commit))
        return 0;
    qsort(j->job, n, sizeof *j->job, by_se);
    return n;
}

static bool keyset_open(struct bare_jobs *j, struct bare_job *job, uint8_t keys[BARE_PLAIN])
{
    uint8_t aad[8], blob[BARE_BLOB];
    bool fine = numbers(j->keyset, (int64_t[]){job->se, j->party, PROTOCOL, KVN}, 4) &&
                sqlite3_step(j->keyset) == SQLITE_ROW;
    if (!fine)
        return false;
    job->keyset = sqlite3_column_int64(j->keyset, 0);
    keep(j->keyset, BLOB_COLUMN, blob, BARE_BLOB);
    for (int i = 0; i < 8; i++)
        aad[i] = (uint8_t)((uint64_t)job->keyset >> (56 - 8 * i));
    return sqlite3_reset(j->keyset) == SQLITE_OK && bare_open(&j->crypto, aad, blob, keys);
}

static bool update(struct bare_jobs *j, const struct bare_job *job, int state, int64_t now)
{
    return numbers(j->update,
                   (int64_t[]){job->id, NODE, state, 1, 0, state == SENT ? now + LEASE_US : now, 0, now},
                   8) &&
           sqlite3_bind_blob(j->update, 7, job->packet, BARE_PACKET, SQLITE_STATIC) == SQLITE_OK &&
           bare_lite_run(j->update);
}

static bool send_one(struct bare_jobs *j, struct bare_job *job, int64_t now)
{
    static const uint8_t clear[BARE_PACKET_CLEAR] = {
        0, BARE_PACKET - 2, 13 + BARE_PACKET_CC, 0x16, 0x39, 0x12, 0x12, 0xB2, 0x01, 0x00};
    uint8_t keys[BARE_PLAIN];
    uint64_t counter;
    if (!keyset_open(j, job, keys) || !numbers(j->counter, &job->keyset, 1) || !bare_lite_run(j->counter) ||
        !numbers(j->taken, &job->keyset, 1) || sqlite3_step(j->taken) != SQLITE_ROW)
        return false;
    counter = (uint64_t)sqlite3_column_int64(j->taken, 0);
    if (!bare_lite_run(j->taken))
        return false;
    memcpy(job->packet, clear, sizeof clear);
    for (int i = 0; i < 5; i++)
        job->packet[BARE_PACKET_CLEAR + i] = (uint8_t)(counter >> (32 - 8 * i));
    job->packet[BARE_PACKET_CLEAR + 5] = 0;
    memcpy(job->packet + BARE_PACKET_HEAD + BARE_PACKET_CC, job->payload, BARE_PAYLOAD);
    return bare_packet(&j->crypto, keys, job->packet) && update(j, job, SENT, now);
}

static bool answer_one(struct bare_jobs *j, struct bare_job *job, int64_t now)
{
    uint8_t keys[BARE_PLAIN];
    j->keys_of(job->keyset, keys);
    return card_answer(&j->card, keys, job->packet, job->por) &&
           numbers(j->answer, (int64_t[]){job->id, 0, now}, 3) &&
           sqlite3_bind_blob(j->answer, 2, job->por, POR_LEN, SQLITE_STATIC) == SQLITE_OK &&
           bare_lite_run(j->answer);
}

static bool end_one(struct bare_jobs *j, struct bare_job *job, int64_t now)
{
    uint8_t keys[BARE_PLAIN];
    return keyset_open(j, job, keys) && bare_por(&j->crypto, keys, job->por) &&
           numbers(j->read, &job->id, 1) && sqlite3_bind_zeroblob(j->read, 2, 0) == SQLITE_OK &&
           bare_lite_run(j->read) && update(j, job, DONE, now) && numbers(j->waiting, &job->se, 1) &&
           bare_lite_run(j->waiting);
}

static bool all(struct bare_jobs *j, size_t n, int64_t now,
                bool (*one)(struct bare_jobs *j, struct bare_job *job, int64_t now))
{
    if (!bare_lite_run(j->begin))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!one(j, &j->job[i], now))
            return false;
    return bare_lite_run(j->commit);
}

double bare_jobs_run(struct bare_jobs *j, size_t n, int64_t now)
{
    double from = bare_now();
    for (size_t done = 0; done < n;) {
        size_t got = claim(j, now);
        if (got == 0 || !all(j, got, now, send_one) || !all(j, got, now, answer_one) ||
            claim(j, now) != got || !all(j, got, now, end_one))
            return -1;
        done += got;
    }
    return bare_now() - from;
}
