/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite as bare as it gets: one connection with the server's settings, statements by their text, failures
 * end the program's row. Bench only; includes nothing of src/. */
#ifndef TSM_BENCH_BARE_LITE_H
#define TSM_BENCH_BARE_LITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* WAL, synchronous FULL, foreign keys, zeroing of deleted content, 32 MiB of cache: as src/store has it. NULL
 * when it cannot. */
sqlite3 *bare_lite_open(const char *path);
bool bare_lite_exec(sqlite3 *db, const char *sql);
/* Parameters are written $1, $2 .. and mean their numbers; NULL when SQLite refuses. */
sqlite3_stmt *bare_lite_prepare(sqlite3 *db, const char *sql);
/* Binds all parameters by their letters: i int64_t, t const char * (NULL: null), b a pointer and an int of
 * octets. */
bool bare_lite_bind(sqlite3_stmt *s, const char *letters, ...);
/* Steps a statement to its end and resets it; false unless it came to its end. */
bool bare_lite_run(sqlite3_stmt *s);

/* The narrowest row there is: UPDATE of one integer by primary key, `rows` in the table, batches of 1000 in
 * order, one commit a batch. Seconds, below 0 on failure. */
struct bare_floor {
    sqlite3 *db;
    sqlite3_stmt *begin, *update, *commit;
    size_t rows;
};
bool bare_floor_make(struct bare_floor *f, const char *path, size_t rows);
double bare_floor_run(struct bare_floor *f, size_t n);
void bare_floor_end(struct bare_floor *f);

#endif
