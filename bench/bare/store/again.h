/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows written again: all rows of a database's hot tables are read, the tables emptied, and the same rows
 * inserted by one thread in a given number of commits. What storing them must cost at least. Bench only;
 * includes nothing of src/.
 */
#ifndef TSM_BENCH_BARE_AGAIN_H
#define TSM_BENCH_BARE_AGAIN_H

#include "bare/store/lite.h"

enum { BARE_AGAIN_TABLES = 11 };

struct bare_again_row {
    int table;
    sqlite3_value **values;
    int n;
};

struct bare_again {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *insert[BARE_AGAIN_TABLES];
    struct bare_again_row *rows;
    size_t n, cap;
};
bool bare_again_read(struct bare_again *a, const char *path);
/* Seconds, below 0 on failure. Tables take turns, so that each commit has rows of all. */
double bare_again_write(struct bare_again *a, size_t commits);
void bare_again_end(struct bare_again *a);

#endif
