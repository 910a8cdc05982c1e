/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare limit of an OTA job: one thread that runs the server's own SQL in batches of 1000 sorted by SE,
 * with the same durable commits (claim | counter, packet, state | answer | claim | end) and the same
 * primitive crypto calls. No codec, no engine, no hand-over between threads. Bench only; includes nothing of
 * src/.
 */
#ifndef TSM_BENCH_BARE_JOBS_H
#define TSM_BENCH_BARE_JOBS_H

#include "bare/crypto/card.h"
#include "bare/store/lite.h"

enum { BARE_BATCH = 1000 };

/* The statements' texts, as the server has them. */
struct bare_jobs_sql {
    const char *add, *claim, *keyset, *counter, *taken, *update, *answer, *read, *waiting;
};

struct bare_job {
    int64_t id, se, attempt, keyset;
    uint8_t packet[BARE_PACKET], por[POR_LEN], payload[BARE_PAYLOAD];
};

struct bare_jobs {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *add, *claim, *keyset, *counter, *taken, *update, *answer, *read, *waiting;
    struct bare_crypto crypto, card;
    struct bare_job job[BARE_BATCH];
    void (*keys_of)(int64_t keyset, uint8_t plain[BARE_PLAIN]); /* what the card knows */
    int64_t party;
};
/* False when the database cannot be opened or a statement not be prepared. */
bool bare_jobs_open(struct bare_jobs *j, const char *path, const struct bare_jobs_sql *sql);
/* Queues a job for each of n elements, due at once; not part of what is measured. */
bool bare_jobs_queue(struct bare_jobs *j, const int64_t *se, size_t n, int64_t now);
/* Works off n jobs that are due at `now`; seconds, below 0 on failure. */
double bare_jobs_run(struct bare_jobs *j, size_t n, int64_t now);
void bare_jobs_close(struct bare_jobs *j);

#endif
