/* SPDX-License-Identifier: Apache-2.0 */
/* What a SQLite database is made of, beside what it should be made of. At start. Edge. [SQLite:
 * schematab.html]
 */
#ifndef TSM_STORE_SQLITE_SHAPE_H
#define TSM_STORE_SQLITE_SHAPE_H

#include <sqlite3.h>

#include "base/error.h"

/* Each table and index of the model is in `db` and was made by the same words, whatever their spaces and
 * quotes. DATABASE names the first that is missing or differs. */
enum tsm_err shape_agrees(sqlite3 *db, sqlite3 *model);

#endif
