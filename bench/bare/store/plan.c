/* SPDX-License-Identifier: Apache-2.0 */
/* Targets as bare rows. Bench only; includes nothing of src/. */
#include "bare/store/plan.h"

#include <time.h>

#include "bare/store/lite.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double bare_plan_run(const char *path)
{
    sqlite3 *db = bare_lite_open(path);
    double from, spent;
    bool fine =
        db && bare_lite_exec(db, "CREATE TABLE bare_target (id INTEGER PRIMARY KEY, state INTEGER NOT NULL)");
    from = now();
    fine = fine &&
           bare_lite_exec(db, "INSERT INTO bare_target SELECT id, 0 FROM service_instance WHERE state = 21");
    spent = now() - from;
    sqlite3_close(db);
    return fine ? spent : -1;
}
