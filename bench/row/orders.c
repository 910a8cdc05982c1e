/* SPDX-License-Identifier: Apache-2.0 */
/* Row orders_sqlite: whole orders from POST to a personalised payment application, on embedded secure
 * elements that are served in one process without delay. Bench only. Stations 1 to 12. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>

#include "bare/store/again.h"
#include "server.h"

enum { ORDERS = 120, AT_ONCE = 8, RUNS = 3 };

/* One run of the customers' program, and what the server did in it. */
struct run {
    double orders_per_s, p50, p99, apdus, reports, processor, customers, units,
        commits; /* processor: seconds */
};

static enum tsm_err read_result(const char *line, struct run *out)
{
    json_t *o = json_loads(line, 0, NULL);
    double seconds = json_number_value(json_object_get(o, "seconds"));
    double orders = json_number_value(json_object_get(o, "orders"));
    bool failed = !o || json_number_value(json_object_get(o, "failed")) > 0 || seconds <= 0;
    out->orders_per_s = failed ? 0 : orders / seconds;
    out->p50 = json_number_value(json_object_get(o, "p50"));
    out->p99 = json_number_value(json_object_get(o, "p99"));
    out->apdus = json_number_value(json_object_get(o, "apdus"));
    out->reports = json_number_value(json_object_get(o, "reports"));
    json_decref(o);
    return failed ? FAIL(PEER_REFUSED, "the customers say: %.200s", line) : TSM_OK;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Of those that have ended. */
static double processor_of_children(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return seconds_of(u.ru_utime) + seconds_of(u.ru_stime);
}

static enum tsm_err run_customers(const struct bench *b, const struct server *s, int number, struct run *out)
{
    char program[PATH_ROOM + 32], origin[64], ca[PATH_ROOM + 32], bank[PATH_ROOM + 32], owner[PATH_ROOM + 32];
    char orders[16], at_once[16], run[16], line[PROGRAM_LINE_MAX];
    char *argv[] = {program, origin, ca, bank, owner, orders, at_once, run, NULL};
    struct server customers = {0};
    double before;
    enum tsm_err e;
    snprintf(program, sizeof program, "%s/customers", b->tools);
    snprintf(origin, sizeof origin, "https://127.0.0.1:%u", s->api_port);
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", b->house);
    snprintf(bank, sizeof bank, "%s/token.bank", b->house);
    snprintf(owner, sizeof owner, "%s/token.operator", b->house);
    snprintf(orders, sizeof orders, "%d", ORDERS);
    snprintf(at_once, sizeof at_once, "%d", AT_ONCE);
    snprintf(run, sizeof run, "%d", number);
    before = processor_of_children();
    e = program_start(b, argv, line, &customers); /* its first line is its last */
    server_stop(&customers);
    out->customers = processor_of_children() - before;
    TRY(e);
    return read_result(line, out);
}

static enum tsm_err one_run(const struct bench *b, const struct server *s, int number, struct run *out)
{
    double units, commits, processor = server_processor(s);
    TRY(server_counter(b, s, "tsm_store_units_total", &units));
    TRY(server_counter(b, s, "tsm_store_commits_total", &commits));
    TRY(run_customers(b, s, number, out));
    TRY(server_counter(b, s, "tsm_store_units_total", &out->units));
    TRY(server_counter(b, s, "tsm_store_commits_total", &out->commits));
    out->units -= units;
    out->commits -= commits;
    out->processor = server_processor(s) - processor;
    return TSM_OK;
}

static int by_rate(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    return x->orders_per_s < y->orders_per_s ? -1 : x->orders_per_s > y->orders_per_s;
}

/* The rows that the runs left behind, written again by one thread with as many commits. */
static enum tsm_err bare_rate(const struct bench *b, const struct run *r, double *rate)
{
    char path[PATH_ROOM + 64], command[3 * PATH_ROOM];
    struct bare_again again;
    double seconds;
    snprintf(path, sizeof path, "%s", bench_path(b, "again.db"));
    snprintf(command, sizeof command, "cp '%s/tsm.db' '%s'", b->house, path);
    NEED(system(command) == 0, IO);
    NEED(bare_again_read(&again, path), DATABASE);
    seconds = bare_again_write(&again, (size_t)(r->commits * RUNS));
    bare_again_end(&again);
    NEED(seconds > 0, DATABASE);
    *rate = ORDERS * RUNS / seconds;
    return TSM_OK;
}

static void say(const struct bench *b, const struct run *r, double spread, const double limits[2])
{
    struct result out = {.name = "orders_sqlite",
                         .unit = "orders/s",
                         .value = r->orders_per_s,
                         .limit = limits[0],
                         .ratio = r->orders_per_s / limits[0],
                         .spread = spread,
                         .fdatasync = limits[1]};
    snprintf(out.how, sizeof out.how,
             "deploy on eSEs over HTTPS and GP SERAM, SCP03, %d customers at once: p50 %.0f ms, p99 %.0f ms; "
             "an order has "
             "%.0f APDUs in %.0f reports, %.0f units in %.0f commits, and takes %.1f ms of the server's "
             "processor and "
             "%.1f ms of the customers', of %d processors; bare: the rows an order left behind inserted "
             "again by one "
             "thread, as many commits, no crypto, no HTTP",
             AT_ONCE, r->p50 * 1000, r->p99 * 1000, r->apdus / ORDERS, r->reports / ORDERS, r->units / ORDERS,
             r->commits / ORDERS, r->processor / ORDERS * 1000, r->customers / ORDERS * 1000,
             (int)sysconf(_SC_NPROCESSORS_ONLN));
    report(b, &out);
}

static enum tsm_err with_server(const struct bench *b, struct server *s)
{
    struct run runs[RUNS];
    double limits[2], spread;
    for (int i = 0; i < RUNS; i++)
        TRY(one_run(b, s, i + 1, &runs[i]));
    server_stop(s);
    TRY(measure_fdatasync(b, 0.5, &limits[1]));
    qsort(runs, RUNS, sizeof *runs, by_rate);
    spread = (runs[RUNS - 1].orders_per_s - runs[0].orders_per_s) / runs[RUNS / 2].orders_per_s;
    TRY(bare_rate(b, &runs[RUNS / 2], &limits[0]));
    say(b, &runs[RUNS / 2], spread, limits);
    return TSM_OK;
}

enum tsm_err row_orders_sqlite(struct bench *b)
{
    struct server s = {0};
    enum tsm_err e;
    TRY(server_start(b, &s));
    e = with_server(b, &s);
    server_stop(&s);
    return e;
}
