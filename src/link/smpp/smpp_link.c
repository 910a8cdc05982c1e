/* SPDX-License-Identifier: Apache-2.0 */
/* The link to a short message centre as the server sees it: configuration, the queue's mouth, start and stop.
 * Station
 * 9. Edge. */
#include "link/smpp/smpp_link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "link/smpp/run.h"

static enum tsm_err copy(const char *text, char *to, size_t room, const char *field)
{
    if (text && strlen(text) >= room)
        return FAIL_FIELD(BAD_VALUE, field, "%s is longer than %zu characters", field, room - 1);
    snprintf(to, room, "%s", text ? text : "");
    return TSM_OK;
}

static enum tsm_err copy_config(struct smpp_link *l, const struct smpp_config *c)
{
    struct texts *t = &l->texts;
    TRY(copy(c->host, t->host, sizeof t->host, "host"));
    TRY(copy(c->system_id, t->system_id, sizeof t->system_id, "system_id"));
    TRY(copy(c->system_type, t->system_type, sizeof t->system_type, "system_type"));
    TRY(copy(c->address_range, t->address_range, sizeof t->address_range, "address_range"));
    TRY(copy(c->password, t->password, sizeof t->password, "password"));
    if (c->window > SMPP_WINDOW_MAX)
        return FAIL_FIELD(BAD_VALUE, "window", "the window is %d at most", SMPP_WINDOW_MAX);
    l->config = *c;
    l->config.host = t->host;
    l->config.system_id = t->system_id;
    l->config.system_type = t->system_type;
    l->config.address_range = t->address_range;
    l->config.password = t->password;
    return TSM_OK;
}

static void fill_defaults(struct smpp_config *c)
{
    const struct {
        unsigned *field, value;
    } defaults[] = {
        {&c->window, 10},
        {&c->rate, 100},
        {&c->queue_max, 10000},
        {&c->enquire_ms, 30000},
        {&c->answer_ms, 10000},
        {&c->reconnect_ms, 1000},
        {&c->reconnect_max_ms, 60000},
        {&c->throttle_ms, 1000},
        {&c->throttle_max_ms, 60000},
    };
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (!*defaults[i].field)
            *defaults[i].field = defaults[i].value;
}

static struct backoff backoff_ms(unsigned first, unsigned max)
{
    return backoff_make((time_us)first * 1000, (time_us)max * 1000);
}

static void set_up_session(struct smpp_link *l)
{
    const struct smpp_config *c = &l->config;
    l->backoff = backoff_ms(c->reconnect_ms, c->reconnect_max_ms);
    l->queue.max = c->queue_max;
    l->session.config = c;
    l->session.events = &l->events;
    l->session.lock = &l->lock;
    l->session.queue = &l->queue;
    l->session.counts = &l->counts;
    l->session.pacing = pacing_make(c->rate, backoff_ms(c->throttle_ms, c->throttle_max_ms), smpp_now());
    if (getrandom(&l->session.random, sizeof l->session.random, 0) < 0 || !l->session.random)
        l->session.random = 1;
}

enum tsm_err smpp_link_new(const struct smpp_config *config, const struct smpp_events *events,
                           struct smpp_link **out)
{
    struct smpp_link *l = calloc(1, sizeof *l);
    enum tsm_err e;
    NEED(l, NO_MEMORY);
    e = copy_config(l, config);
    l->wake = e == TSM_OK ? eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1;
    if (e == TSM_OK && l->wake < 0)
        e = FAIL(IO, "no eventfd: %m");
    if (e != TSM_OK) {
        explicit_bzero(l, sizeof *l);
        free(l);
        return e;
    }
    fill_defaults(&l->config);
    l->events = *events;
    l->fd = -1;
    l->settled_last = &l->settled;
    pthread_mutex_init(&l->lock, NULL);
    set_up_session(l);
    *out = l;
    return TSM_OK;
}

static void wake_up(struct smpp_link *l)
{
    uint64_t one = 1;
    while (write(l->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

enum tsm_err smpp_link_send(struct smpp_link *l, const struct smpp_out *out)
{
    struct segment *s = NULL;
    enum tsm_err e;
    bool first;
    TRY(segment_make(out, smpp_now(), &s));
    pthread_mutex_lock(&l->lock);
    first = l->queue.n == 0;
    e = queue_add(&l->queue, s);
    pthread_mutex_unlock(&l->lock);
    if (e != TSM_OK) {
        free(s);
        return e;
    }
    if (first)
        wake_up(l);
    return TSM_OK;
}

void smpp_link_settle(struct smpp_link *l, struct smpp_ticket ticket, enum tsm_err result)
{
    struct settled *s;
    bool first;
    if (!ticket.connection)
        return;
    s = malloc(sizeof *s);
    if (!s)
        return; /* the centre delivers once more what was not acknowledged */
    *s = (struct settled){.ticket = ticket, .result = result};
    pthread_mutex_lock(&l->lock);
    first = l->settled == NULL;
    *l->settled_last = s;
    l->settled_last = &s->next;
    pthread_mutex_unlock(&l->lock);
    if (first)
        wake_up(l);
}

static void drop_settled(struct smpp_link *l)
{
    for (struct settled *s = l->settled, *next; s; s = next) {
        next = s->next;
        free(s);
    }
}

void smpp_link_counts(struct smpp_link *l, struct smpp_counts *out)
{
    pthread_mutex_lock(&l->lock);
    *out = l->counts;
    out->waiting_now = l->queue.n;
    pthread_mutex_unlock(&l->lock);
}

enum tsm_err smpp_link_start(struct smpp_link *l)
{
    l->started = pthread_create(&l->thread, NULL, smpp_run, l) == 0;
    NEED(l->started, IO);
    return TSM_OK;
}

void smpp_link_stop(struct smpp_link *l)
{
    if (!l)
        return;
    atomic_store(&l->quit, true);
    wake_up(l);
    if (l->started)
        pthread_join(l->thread, NULL);
    else
        session_give_up(&l->session);
    drop_settled(l);
    close(l->wake);
    pthread_mutex_destroy(&l->lock);
    explicit_bzero(l, sizeof *l);
    free(l);
}
