/* SPDX-License-Identifier: Apache-2.0 */
/* Interleaved measurement and the disk's own speed. Bench only. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

enum { BLOCK = 8192, BLOCKS = 1000 };
#define FLUSH_SECONDS 0.1

double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double seconds_of_thread(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, ascending);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static enum tsm_err overwrite(int fd, double seconds, double *out)
{
    static char block[BLOCK];
    double from, to;
    unsigned n = 0;
    memset(block, 1, sizeof block);
    for (int i = 0; i < BLOCKS; i++)
        NEED(pwrite(fd, block, BLOCK, (off_t)i * BLOCK) == BLOCK, IO);
    NEED(fsync(fd) == 0, IO);
    from = seconds_now();
    do {
        NEED(pwrite(fd, block, BLOCK, (off_t)(n++ % BLOCKS) * BLOCK) == BLOCK && fdatasync(fd) == 0, IO);
        to = seconds_now();
    } while (to - from < seconds);
    *out = n / (to - from);
    return TSM_OK;
}

enum tsm_err measure_fdatasync(const struct bench *b, double seconds, double *out)
{
    int fd = open(bench_path(b, "flush"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    enum tsm_err e = fd >= 0 ? overwrite(fd, seconds, out) : FAIL(IO, "no file to flush");
    if (fd >= 0)
        close(fd);
    return e;
}

static enum tsm_err one(const struct side *s, size_t n, double *rate)
{
    double seconds = 0;
    TRY(s->run(s->self, n, &seconds));
    NEED(seconds > 0, IO);
    *rate = (double)n / seconds;
    return TSM_OK;
}

enum tsm_err measure(const struct bench *b, const struct pair *pair, struct measured *out)
{
    static double ours[ROUNDS_MAX], bare[ROUNDS_MAX], flush[ROUNDS_MAX];
    struct measured m = {0};
    double from = seconds_now();
    unsigned n = 0;
    do {
        if (pair->storage)
            TRY(measure_fdatasync(b, FLUSH_SECONDS, &flush[n]));
        TRY(one(&pair->ours, pair->n, &ours[n]));
        TRY(one(&pair->bare, pair->n, &bare[n]));
        n++;
    } while (n < ROUNDS || (b->longer && n < ROUNDS_MAX && seconds_now() - from < LONG_SECONDS));
    m.ours = median(ours, n);
    m.bare = median(bare, n);
    m.spread = (ours[n - 1] - ours[0]) / m.ours;
    m.fdatasync = pair->storage ? median(flush, n) : 0;
    *out = m;
    return TSM_OK;
}
