/* SPDX-License-Identifier: Apache-2.0 */
/* Reads as bare rows. Bench only; includes nothing of src/. */
#include "bare/store/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare/crypto/crypto.h"

enum { SERVICE = 2, HASH = 32, STEP = 7919 /* a prime: reads jump over the table */ };

static bool read_uids(struct bare_read *r)
{
    sqlite3_stmt *s =
        bare_lite_prepare(r->db, "SELECT uid, party FROM tr_entity WHERE kind = 2 AND uid <> '' ORDER BY id");
    size_t room = 0;
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        if (r->uids == room) {
            char(*more)[BARE_UID_ROOM] = realloc(r->uid, (room + 4096) * sizeof *more);
            if (!more)
                break;
            r->uid = more;
            room += 4096;
        }
        snprintf(r->uid[r->uids++], BARE_UID_ROOM, "%s", (const char *)sqlite3_column_text(s, 0));
        r->party = sqlite3_column_int64(s, 1);
    }
    sqlite3_finalize(s);
    return r->uids > 0;
}

bool bare_read_open(struct bare_read *r, const char *path, const struct bare_read_sql *sql)
{
    r->db = bare_lite_open(path);
    if (!r->db)
        return false;
    r->session = bare_lite_prepare(r->db, sql->session);
    r->find = bare_lite_prepare(r->db, sql->find);
    r->body = bare_lite_prepare(r->db, sql->body);
    return r->session && r->find && r->body && read_uids(r);
}

void bare_read_close(struct bare_read *r)
{
    sqlite3_finalize(r->session);
    sqlite3_finalize(r->find);
    sqlite3_finalize(r->body);
    sqlite3_close(r->db);
    free(r->uid);
}

static bool find(struct bare_read *r, const char *uid, int64_t *id)
{
    bool found = bare_lite_bind(r->find, "tiii", uid, r->party, (int64_t)SERVICE, (int64_t)0) &&
                 sqlite3_step(r->find) == SQLITE_ROW;
    *id = found ? sqlite3_column_int64(r->find, 0) : 0;
    sqlite3_reset(r->find);
    return found;
}

double bare_read_run(struct bare_read *r, size_t n)
{
    static const unsigned char hash[HASH];
    double from = bare_now();
    bool fine = true;
    for (size_t i = 0; i < n && fine; i++) {
        int64_t id;
        fine = bare_lite_bind(r->session, "bi", hash, (int)HASH, (int64_t)0) && bare_lite_run(r->session) &&
               find(r, r->uid[i * STEP % r->uids], &id) && bare_lite_bind(r->body, "i", id) &&
               bare_lite_run(r->body);
    }
    return fine ? bare_now() - from : -1;
}
