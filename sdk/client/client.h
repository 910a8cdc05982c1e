/* SPDX-License-Identifier: Apache-2.0 */
/* A client of the TSM-API: its settings, its log, what it knows of the handset's readers, and its futures
 * that run. Edge. [TR-03165 4.2] */
#ifndef OPENTSM_SDK_CLIENT_H
#define OPENTSM_SDK_CLIENT_H

#include "client/https.h"
#include "client/log.h"
#include "wire/request.h"

/* A reader, and whether a channel to it is open now: then what was read before holds. */
struct known_reader {
    struct component component;
    bool busy;
};

struct tsm_api {
    char *base_url, *ca_file, *app_token, *state_dir, *proxy;
    char caller_id[2 * 32 + 1];
    unsigned retry_s;
    struct tsm_api_transport transport;
    struct log log;
    bool (*device_is_sound)(void *self);
    void *device_self;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t change;
    struct tsm_api_access_token token;
    bool has_token, closing;
    struct known_reader readers[TSM_API_MAX_READERS];
    size_t n_readers;
    struct tsm_api_future *running; /* list of those whose thread is not over */
    pthread_t ended;                /* the thread that was over last, not joined yet */
    bool has_ended;
    pthread_mutex_t journal_lock;
};

/* A line of this client; NULL when memory is exhausted. */
struct https *client_line(const struct tsm_api *api, bool cookies);

#endif
