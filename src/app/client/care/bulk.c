/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns of providers on the command line: one table says where each word stands in the document. Pure but
 * for standard output. [capability P8] */
#include "app/client/care/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"

enum { BAR = 40, NUMBER_DIGITS = 9, NAME_MAX_ = 31 };
enum form { TEXT, NUMBER, LIST };

/* group NULL: a member of the document itself. */
static const struct word {
    const char *name, *group, *member;
    enum form form;
} words[] = {
    {"operation", NULL, "operation", TEXT},
    {"service", NULL, "service", TEXT},
    {"version", NULL, "version", TEXT},
    {"rate_per_s", NULL, "rate_per_s", NUMBER},
    {"at_once", NULL, "at_once", NUMBER},
    {"stop_at_failure_percent", NULL, "stop_at_failure_percent", NUMBER},
    {"judged_from", NULL, "judged_from", NUMBER},
    {"deadline_s", NULL, "deadline_s", NUMBER},
    {"order_deadline_s", NULL, "order_deadline_s", NUMBER},
    {"from", "window", "from", TEXT},
    {"to", "window", "to", TEXT},
    {"zone", "window", "zone", TEXT},
    {"canary", "canary", "count", NUMBER},
    {"then", "canary", "then", TEXT},
    {"state", "select", "state", TEXT},
    {"profile", "select", "profile", TEXT},
    {"from_version", "select", "version", TEXT},
    {"instances", "select", "instances", LIST},
};

static const struct word *word_of(const char *name, size_t n)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i].name) == n && !memcmp(words[i].name, name, n))
            return &words[i];
    return NULL;
}

static json_t *list_of(const char *value)
{
    json_t *list = json_array();
    for (size_t n; *value; value += n + (value[n] == ',')) {
        n = strcspn(value, ",");
        json_array_append_new(list, json_stringn(value, n));
    }
    return list;
}

static json_t *value_of(const struct word *w, const char *value)
{
    if (w->form == LIST)
        return list_of(value);
    if (w->form == TEXT)
        return json_string(value);
    return text_is_digits(value, 1, NUMBER_DIGITS) ? json_integer(strtoll(value, NULL, 10)) : NULL;
}

static bool add(json_t *o, const char *with)
{
    size_t n = strcspn(with, "=");
    const struct word *w = word_of(with, n);
    json_t *value = w ? value_of(w, with + n + 1) : NULL, *at = o;
    if (!value) {
        fprintf(stderr, w ? "tsm: %.*s is a number\n" : "tsm: a campaign has no %.*s\n",
                n > NAME_MAX_ ? NAME_MAX_ : (int)n, with);
        return false;
    }
    if (w->group && !json_object_get(o, w->group))
        json_object_set_new(o, w->group, json_object());
    if (w->group)
        at = json_object_get(o, w->group);
    return json_object_set_new(at, w->member, value) == 0;
}

json_t *bulk_body(const struct client_args *a)
{
    json_t *o = json_object();
    for (size_t i = 0; i < a->n_with; i++)
        if (!add(o, a->with[i])) {
            json_decref(o);
            return NULL;
        }
    return o;
}

static void draw_bar(const json_t *o)
{
    long long total = (long long)client_number(o, "total"), done = (long long)client_number(o, "done"),
              failed = (long long)client_number(o, "failed"),
              running = (long long)client_number(o, "running");
    char bar[BAR + 1];
    for (long long i = 0; i < BAR; i++) {
        long long at = total ? (i + 1) * total / BAR : 0;
        bar[i] = at <= done ? '#' : at <= done + failed ? '!' : at <= done + failed + running ? '+' : '.';
    }
    bar[BAR] = 0;
    printf("[%s] %3lld %%  %lld done, %lld failed, %lld in work, %lld to come  %.1f/s", bar,
           total ? (done + failed) * 100 / total : 0, done, failed, running,
           (long long)client_number(o, "planned"), json_number_value(json_object_get(o, "rate_held_per_s")));
}

void bulk_print(const json_t *o, bool again)
{
    const json_t *failure;
    const char *end = client_text(o, "estimated_end");
    size_t i;
    if (!again)
        printf("%s %s %s %s\n", client_text(o, "campaign"), client_text(o, "operation"),
               client_text(o, "service"), client_text(o, "state"));
    printf("%s", again ? "\r" : "");
    draw_bar(o);
    if (!bulk_stands_still(o)) {
        printf("%s%s%s", end[0] ? ", end about " : "", end, again ? "" : "\n");
        fflush(stdout);
        return;
    }
    printf("\n%s: %s\n", client_text(o, "state"), client_text(o, "note"));
    json_array_foreach(json_object_get(o, "failures"), i, failure)
        printf("  %6lld  %s\n", (long long)client_number(failure, "count"), client_text(failure, "reason"));
}

bool bulk_stands_still(const json_t *o)
{
    return strcmp(client_text(o, "state"), "RUNNING") != 0;
}

enum client_exit bulk_follow(struct client *c, const struct client_request *r, json_t **o)
{
    struct timespec pause = {.tv_sec = 1};
    enum client_exit status = CLIENT_FINE;
    for (int64_t left = c->args.timeout_s; status == CLIENT_FINE && left > 0 && !bulk_stands_still(*o);
         left--) {
        if (!c->args.json)
            bulk_print(*o, true);
        nanosleep(&pause, NULL);
        json_decref(*o);
        *o = NULL;
        status = client_ask(c, r, o);
    }
    return status;
}
