/* SPDX-License-Identifier: Apache-2.0 */
/* Row floor: the narrowest possible row on this disk, beside what its flushes alone would allow. Bench only.
 */
#include "bare/store/lite.h"
#include "bench.h"

enum { ROWS = 1000000, UPDATES = 100000, BATCH = 1000 };

struct floor_row {
    struct bench *b;
    struct bare_floor floor;
};

static enum tsm_err ours(void *self, size_t n, double *seconds)
{
    struct floor_row *r = self;
    *seconds = bare_floor_run(&r->floor, n);
    return TSM_OK;
}

/* As if a batch cost its flush and nothing else. */
static enum tsm_err flushes(void *self, size_t n, double *seconds)
{
    struct floor_row *r = self;
    double rate;
    TRY(measure_fdatasync(r->b, 0.2, &rate));
    *seconds = (double)n / BATCH / rate;
    return TSM_OK;
}

enum tsm_err row_floor(struct bench *b)
{
    struct floor_row r = {.b = b};
    struct pair pair = {{ours, &r}, {flushes, &r}, UPDATES, true};
    struct measured m;
    struct result out;
    enum tsm_err e;
    e = bare_floor_make(&r.floor, bench_path(b, "floor.db"), ROWS) ? measure(b, &pair, &m)
                                                                   : FAIL(DATABASE, "no table for the floor");
    bare_floor_end(&r.floor);
    TRY(e);
    out = result_of("floor", "rows/s", &m);
    snprintf(out.how, sizeof out.how,
             "bare SQLite FULL, one integer of one of %d rows updated by key, sorted batches of %d, one "
             "commit each; "
             "limit: the flushes alone (fdatasync of 8 KiB)",
             ROWS, BATCH);
    report(b, &out);
    return TSM_OK;
}
