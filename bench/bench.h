/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Benchmarks: each row measures one of our paths beside the bare cost of the same work in the same run. What
 * the rows share: the place they work in, the interleaved measurement, the result they report. Bench only;
 * serves no station.
 */
#ifndef TSM_BENCH_BENCH_H
#define TSM_BENCH_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "vault/vault.h"

enum { PATH_ROOM = 512, ROUNDS = 5, ROUNDS_MAX = 2000, LONG_SECONDS = 600 };

struct fleet;

struct bench {
    char folder[PATH_ROOM];   /* of this run, on the disk under test; removed at the end */
    const char *tsmd, *house; /* the server program and the folder of its configuration; NULL: not given */
    const char *tools;        /* the folder of the other bench programs */
    bool json, longer;
    struct vault_party *vault; /* opened at first use by bench_vault */
    struct fleet *fleet;       /* made at first use by fleet_get */
};
enum tsm_err bench_begin(struct bench *b, const char *where);
void bench_end(struct bench *b);
/* A laboratory party on a token of this run's own. */
enum tsm_err bench_vault(struct bench *b, struct vault_party **out);
/* The key that seals its key sets, for the bare loops, which open the same blobs. */
enum tsm_err bench_data_key(struct bench *b, uint8_t key[32]);
/* A path in the run's folder, in a static buffer that the fourth next call uses again. */
const char *bench_path(const struct bench *b, const char *name);

/* One side of a row: does `n` units of work and says how long that took. */
struct side {
    enum tsm_err (*run)(void *self, size_t n, double *seconds);
    void *self;
};
/* Units a second: medians of the rounds, which alternate ours, bare, ours, bare ..; spread is (max - min) /
 * median. */
struct measured {
    double ours, bare, spread, fdatasync;
};
struct pair {
    struct side ours, bare;
    size_t n;
    bool storage; /* the disk's flushes are measured between the rounds, too */
};
enum tsm_err measure(const struct bench *b, const struct pair *pair, struct measured *out);
double median(double *values, unsigned n); /* sorts them */
double seconds_now(void);
/* Of the processor in this thread: what a core is worth, whatever else runs on the machine. */
double seconds_of_thread(void);
/* Flushes a second of 8 KiB overwrites in the run's folder, measured for `seconds`. */
enum tsm_err measure_fdatasync(const struct bench *b, double seconds, double *out);

/* One row of the report. `limit` is in the unit of `value`; ratio is how much of the limit is reached: value
 * / limit where more is better, limit / value where less is better. */
struct result {
    const char *name, *unit;
    double value, limit, ratio;
    double spread, fdatasync; /* 0: not told */
    char goal[96];            /* what is asked, empty: nothing */
    bool met;
    char how[480];
};
void report(const struct bench *b, const struct result *r);
/* A result of a measured pair, with its ratio. */
struct result result_of(const char *name, const char *unit, const struct measured *m);

/* The rows. Each reports one result or more. */
enum tsm_err row_floor(struct bench *b);
enum tsm_err row_scp80_wrap(struct bench *b);
enum tsm_err row_scp03_script(struct bench *b);
enum tsm_err row_data_preparation(struct bench *b);
enum tsm_err row_jobs_sqlite(struct bench *b);
enum tsm_err row_disk(struct bench *b);
/* With a server of their own. */
enum tsm_err row_process(struct bench *b);
enum tsm_err row_sptsm_read(struct bench *b);
enum tsm_err row_campaign(struct bench *b);
enum tsm_err row_inventory(struct bench *b);
enum tsm_err row_orders_accept(struct bench *b);
enum tsm_err row_orders_sqlite(struct bench *b);

#endif
