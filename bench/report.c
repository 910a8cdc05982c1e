/* SPDX-License-Identifier: Apache-2.0 */
/* What a row reports: one JSON object a line, or a line of a table. Bench only. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "bench.h"

struct result result_of(const char *name, const char *unit, const struct measured *m)
{
    return (struct result){.name = name,
                           .unit = unit,
                           .value = m->ours,
                           .limit = m->bare,
                           .ratio = m->ours / m->bare,
                           .spread = m->spread,
                           .fdatasync = m->fdatasync};
}

/* Three digits behind the point are more than any row is good for. */
static json_t *number(double v)
{
    return json_real(round(v * 1000) / 1000);
}

static void as_json(const struct result *r)
{
    json_t *o = json_pack("{ss so ss so so ss}", "name", r->name, "value", number(r->value), "unit", r->unit,
                          "limit", number(r->limit), "ratio", number(r->ratio), "how", r->how);
    if (r->spread > 0)
        json_object_set_new(o, "spread", number(r->spread));
    if (r->fdatasync > 0)
        json_object_set_new(o, "fdatasync_per_s", json_integer((json_int_t)r->fdatasync));
    if (r->goal[0]) {
        json_object_set_new(o, "goal", json_string(r->goal));
        json_object_set_new(o, "met", json_boolean(r->met));
    }
    json_dumpf(o, stdout, JSON_PRESERVE_ORDER | JSON_COMPACT | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(o);
}

static void as_table(const struct result *r)
{
    static bool headed;
    if (!headed)
        printf("%-16s %12s %-8s %12s %6s %7s %8s  %s\n", "row", "value", "unit", "bare limit", "ratio",
               "spread", "flush/s", "goal");
    headed = true;
    printf("%-16s %12.*f %-8s %12.*f %6.2f ", r->name, r->value < 1000 ? 1 : 0, r->value, r->unit,
           r->limit < 1000 ? 1 : 0, r->limit, r->ratio);
    if (r->spread > 0)
        printf("%6.0f%% ", r->spread * 100);
    else
        printf("%7s ", "");
    if (r->fdatasync > 0)
        printf("%8.0f  ", r->fdatasync);
    else
        printf("%8s  ", "");
    printf("%s%s\n%18s%s\n", r->goal, r->goal[0] ? r->met ? ": met" : ": NOT MET" : "", "", r->how);
}

void report(const struct bench *b, const struct result *r)
{
    if (b->json)
        as_json(r);
    else
        as_table(r);
    fflush(stdout);
}
