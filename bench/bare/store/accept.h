/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare limit of accepting orders: one thread that runs the server's own statements for each order and
 * commits as often as the server could at best, once for as many orders as there are connections. No HTTP, no
 * TLS, no JSON. Bench only; includes nothing of src/.
 */
#ifndef TSM_BENCH_BARE_ACCEPT_H
#define TSM_BENCH_BARE_ACCEPT_H

#include "bare/store/lite.h"

enum { BARE_ACCEPT_STATEMENTS = 10 };

/* The statements' texts: token, service, instance, order, job, event, last audit leaf, audit leaf, usage,
 * order again. */
struct bare_accept_sql {
    const char *token, *service, *find, *instance, *order, *job, *event, *last, *audit, *usage;
};

struct bare_accept {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *stmt[BARE_ACCEPT_STATEMENTS];
    int64_t id; /* the next one */
};
bool bare_accept_open(struct bare_accept *a, const char *path, const struct bare_accept_sql *sql);
void bare_accept_close(struct bare_accept *a);
/* n orders with card data of `data_len` characters, `batch` in a commit; seconds, below 0 on failure. */
double bare_accept_run(struct bare_accept *a, size_t n, size_t batch, size_t data_len);

#endif
