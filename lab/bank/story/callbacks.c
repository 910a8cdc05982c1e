/* SPDX-License-Identifier: Apache-2.0 */
/* The callbacks of the story's orders, from the log of `tsm-lab bank listen`. Edge. */
#include "bank/story/story.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { MS = 1000, EVENT_BYTES = 4096 };

/* The lines of the log that can be read; a line being written at the moment comes with the next look. */
static json_t *read_log(const char *path)
{
    char *line = NULL;
    size_t cap = 0;
    json_t *all = json_array();
    FILE *f = fopen(path, "re");
    while (f && getline(&line, &cap, f) > 0) {
        json_t *entry = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        if (entry)
            json_array_append_new(all, entry);
    }
    if (f)
        fclose(f);
    free(line);
    return all;
}

/* Final callbacks of an order under different keys: a repeated delivery has the key of the first. */
static unsigned final_callbacks(const json_t *log, const char *order, unsigned *deliveries)
{
    size_t i;
    const json_t *entry;
    json_t *keys = json_object();
    *deliveries = 0;
    json_array_foreach(log, i, entry)
    {
        const json_t *body = json_object_get(entry, "body");
        if (strcmp(bank_text(body, "order"), order) != 0 || !bank_state_is_final(bank_text(body, "state")))
            continue;
        json_object_set_new(keys, bank_text(entry, "idempotency_key"), json_true());
        ++*deliveries;
    }
    unsigned count = (unsigned)json_object_size(keys);
    json_decref(keys);
    return count;
}

static bool all_there(const struct story *s, const json_t *log)
{
    size_t i;
    const json_t *order;
    unsigned deliveries;
    json_array_foreach(s->orders, i, order)
    {
        if (final_callbacks(log, bank_text(order, "order"), &deliveries) == 0)
            return false;
    }
    return true;
}

/* Looks again whenever the log changes. */
static json_t *wait_for_log(const struct story *s)
{
    char events[EVENT_BYTES];
    long long end = story_now_ms() + STORY_CALLBACKS_S * MS;
    struct pollfd changed = {.fd = inotify_init1(IN_CLOEXEC), .events = POLLIN};
    if (changed.fd >= 0)
        inotify_add_watch(changed.fd, s->callbacks, IN_MODIFY);
    json_t *log = read_log(s->callbacks);
    while (!all_there(s, log)) {
        long long left = end - story_now_ms();
        if (changed.fd < 0 || left <= 0 || poll(&changed, 1, (int)left) != 1 ||
            read(changed.fd, events, sizeof events) <= 0)
            break;
        json_decref(log);
        log = read_log(s->callbacks);
    }
    if (changed.fd >= 0)
        close(changed.fd);
    return log;
}

json_t *story_callbacks(struct story *s)
{
    size_t i;
    const json_t *order;
    story_headline(s, "The callbacks");
    json_t *log = wait_for_log(s);
    json_array_foreach(s->orders, i, order)
    {
        char name[STORY_MAX_TEXT], detail[STORY_MAX_TEXT];
        unsigned deliveries, finals = final_callbacks(log, bank_text(order, "order"), &deliveries);
        snprintf(name, sizeof name, "%s: %s has exactly one final callback", bank_text(order, "customer"),
                 bank_text(order, "operation"));
        snprintf(detail, sizeof detail, "%u in %u deliveries", finals, deliveries);
        story_check(s, NULL, finals == 1, name, detail);
    }
    return log;
}
