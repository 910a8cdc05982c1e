/* SPDX-License-Identifier: Apache-2.0 */
/* Rows disk_per_se and disk_per_keyset: what a million of them add to the database file. Bench only. */
#include "fleet.h"

enum { GOAL_SE = 250, GOAL_KEYSET = 130 };

static void one(struct bench *b, const char *name, double bytes, double flat, int goal)
{
    struct result out = {.name = name, .unit = "bytes", .value = bytes, .limit = flat, .ratio = flat / bytes};
    out.met = bytes <= goal;
    snprintf(out.goal, sizeof out.goal, "<= %d bytes", goal);
    snprintf(
        out.how, sizeof out.how,
        "growth of the SQLite file by %d rows with their indexes%s; bare: the bytes of the columns in a row, "
        "without a database (ratio: bare / ours)",
        FLEET_SIZE, goal == GOAL_SE ? ", and a counter row each" : "");
    report(b, &out);
}

enum tsm_err row_disk(struct bench *b)
{
    struct fleet *f;
    TRY(fleet_get(b, &f));
    one(b, "disk_per_se", f->bytes_per_se, f->flat_se, GOAL_SE);
    one(b, "disk_per_keyset", f->bytes_per_keyset, f->flat_keyset, GOAL_KEYSET);
    return TSM_OK;
}
