/* SPDX-License-Identifier: Apache-2.0 */
/* tsm-bench [NAME] [--json] [--long] [--where DIR] [--tsmd PROGRAM --house DIR --tools DIR]: runs the rows of
 * this name, or all. Bench only. */
#include <string.h>

#include "bench.h"

static const struct {
    const char *names; /* of the results, separated by spaces */
    enum tsm_err (*run)(struct bench *b);
} rows[] = {
    {"floor", row_floor},
    {"scp80_wrap", row_scp80_wrap},
    {"scp03_script", row_scp03_script},
    {"data_preparation", row_data_preparation},
    {"jobs_sqlite", row_jobs_sqlite},
    {"disk_per_se disk_per_keyset disk", row_disk},
    {"start_ms rss_idle rss_1m_se rss", row_process},
    {"inventory_import eligibility_p99", row_inventory},
    {"orders_sqlite", row_orders_sqlite},
    {"sptsm_read", row_sptsm_read},
    {"campaign campaign_plan campaign_rate", row_campaign},
    {"orders_accept", row_orders_accept}, /* last: it leaves many orders behind */
};
enum { ROWS_COUNT = sizeof rows / sizeof rows[0] };

/* Whether `name` is one of the words. */
static bool named(const char *words, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(words, name); at; at = strstr(at + 1, name))
        if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
            return true;
    return false;
}

static int run_rows(struct bench *b, const char *name)
{
    int ran = 0, failed = 0;
    for (size_t i = 0; i < ROWS_COUNT; i++) {
        enum tsm_err e;
        if (name && !named(rows[i].names, name))
            continue;
        ran++;
        err_clear();
        e = rows[i].run(b);
        if (e != TSM_OK) {
            fprintf(stderr, "bench: %s: %s (%s)\n", rows[i].names, err_text(e), err_cause());
            failed = 1;
        }
    }
    if (ran)
        return failed;
    fprintf(stderr, "bench: there is no row %s\n", name);
    return 2;
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    const char *name = NULL, *where = ".";
    int status = 1;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            b.json = true;
        else if (!strcmp(argv[i], "--long"))
            b.longer = true;
        else if (!strcmp(argv[i], "--where") && i + 1 < argc)
            where = argv[++i];
        else if (!strcmp(argv[i], "--tsmd") && i + 1 < argc)
            b.tsmd = argv[++i];
        else if (!strcmp(argv[i], "--house") && i + 1 < argc)
            b.house = argv[++i];
        else if (!strcmp(argv[i], "--tools") && i + 1 < argc)
            b.tools = argv[++i];
        else
            name = argv[i];
    }
    if (bench_begin(&b, where) == TSM_OK)
        status = run_rows(&b, name);
    else
        fprintf(stderr, "bench: %s\n", err_cause());
    bench_end(&b);
    return status;
}
