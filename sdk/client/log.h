/* SPDX-License-Identifier: Apache-2.0 */
/* Log messages: to the app's callback, and the latest of them in a ring that can be fetched when an error has
 * occurred. Edge (clock). [TR-03165 3.5.2] */
#ifndef OPENTSM_SDK_LOG_H
#define OPENTSM_SDK_LOG_H

#include <pthread.h>

#include "opentsm_tsm_api.h"

struct log {
    pthread_mutex_t lock;
    tsm_api_log_callback *callback; /* may be NULL */
    void *self;
    size_t n; /* messages ever; the ring holds the last TSM_API_LOG_RING */
    struct tsm_api_log_message ring[TSM_API_LOG_RING];
};

void log_init(struct log *l, tsm_api_log_callback *callback, void *self);
void log_end(struct log *l);
/* Never given a token, a key or the data of a command. The callback is called without the lock. */
void log_say(struct log *l, enum tsm_api_log_level level, enum tsm_api_log_topic topic, const char *format,
             ...) __attribute__((format(printf, 4, 5)));
/* Oldest first; returns how many. */
size_t log_latest(struct log *l, struct tsm_api_log_message *out, size_t cap);

#endif
