/* SPDX-License-Identifier: Apache-2.0 */
/* Log messages and the ring of the latest. Edge (clock). [TR-03165 3.5.2] */
#include "client/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { MS = 1000, NS_OF_MS = 1000000 };

void log_init(struct log *l, tsm_api_log_callback *callback, void *self)
{
    pthread_mutex_init(&l->lock, NULL);
    l->callback = callback;
    l->self = self;
    l->n = 0;
}

void log_end(struct log *l)
{
    pthread_mutex_destroy(&l->lock);
}

void log_say(struct log *l, enum tsm_api_log_level level, enum tsm_api_log_topic topic, const char *format,
             ...)
{
    struct tsm_api_log_message m = {.level = level, .topic = topic};
    struct timespec now;
    va_list list;
    clock_gettime(CLOCK_REALTIME, &now);
    m.time_ms = (int64_t)now.tv_sec * MS + now.tv_nsec / NS_OF_MS;
    va_start(list, format);
    vsnprintf(m.text, sizeof m.text, format, list);
    va_end(list);
    pthread_mutex_lock(&l->lock);
    l->ring[l->n++ % TSM_API_LOG_RING] = m;
    pthread_mutex_unlock(&l->lock);
    if (l->callback)
        l->callback(l->self, &m);
}

size_t log_latest(struct log *l, struct tsm_api_log_message *out, size_t cap)
{
    pthread_mutex_lock(&l->lock);
    size_t kept = l->n < TSM_API_LOG_RING ? l->n : TSM_API_LOG_RING;
    size_t n = kept < cap ? kept : cap;
    for (size_t i = 0; i < n; i++)
        out[i] = l->ring[(l->n - n + i) % TSM_API_LOG_RING];
    pthread_mutex_unlock(&l->lock);
    return n;
}
