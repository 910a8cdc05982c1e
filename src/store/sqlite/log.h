/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps SQLite's write-ahead log short without making a commit wait for it. Edge. [SQLite: wal.html,
 * checkpointing] */
#ifndef TSM_STORE_SQLITE_LOG_H
#define TSM_STORE_SQLITE_LOG_H

#include <sqlite3.h>

#include "base/error.h"

/* In pages of 4 KiB. After every STEP a thread of its own copies the log to the database; from MAX on the
 * commits copy the rest themselves, so that the log can begin anew. */
enum { LOG_STEP_PAGES = 1024, LOG_MAX_PAGES = 16384 };

struct log_keeper;
/* Watches the commits of the writer's connection `db`, whose file is `path`; owned by the caller. */
enum tsm_err log_keeper_start(sqlite3 *db, const char *path, struct log_keeper **out);
/* To be called before `db` is closed; NULL is legal. */
void log_keeper_stop(struct log_keeper *k);

#endif
