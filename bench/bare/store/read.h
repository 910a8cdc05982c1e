/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare limit of reading a service: one thread that runs the server's own statements (who is behind the
 * token, the entity of this id, its body) on the server's own database. No HTTP, no TLS, no JSON. Bench only;
 * includes nothing of src/.
 */
#ifndef TSM_BENCH_BARE_READ_H
#define TSM_BENCH_BARE_READ_H

#include "bare/store/lite.h"

enum { BARE_UID_ROOM = 37 };

struct bare_read_sql {
    const char *session, *find, *body;
};

struct bare_read {
    sqlite3 *db;
    sqlite3_stmt *session, *find, *body;
    char (*uid)[BARE_UID_ROOM]; /* of the services in the database; owned */
    size_t uids;
    int64_t party;
};
/* Finds the services' ids; a database that a server has open, too. */
bool bare_read_open(struct bare_read *r, const char *path, const struct bare_read_sql *sql);
void bare_read_close(struct bare_read *r);
/* n reads; seconds, below 0 on failure. */
double bare_read_run(struct bare_read *r, size_t n);

#endif
