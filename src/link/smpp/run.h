/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of a link and what it works on. Station 9. Edge. */
#ifndef TSM_LINK_SMPP_RUN_H
#define TSM_LINK_SMPP_RUN_H

#include <stdatomic.h>

#include "link/smpp/session.h"

enum { IN_MAX = 4 * SMPP_PDU_MAX };

/* The configuration with texts of our own. */
struct texts {
    char host[SMPP_HOST_MAX + 1], system_id[SMPP_SYSTEM_ID_ROOM], system_type[SMPP_SYSTEM_TYPE_ROOM],
        address_range[SMPP_RANGE_ROOM];
    char password[SMPP_PASSWORD_MAX + 1];
};

/* An acknowledgement on its way to the link's thread. */
struct settled {
    struct settled *next;
    struct smpp_ticket ticket;
    enum tsm_err result;
};

struct smpp_link {
    struct texts texts;
    struct smpp_config config;
    struct smpp_events events;
    pthread_mutex_t lock; /* of queue, counts and settled */
    struct queue queue;
    struct settled *settled, **settled_last; /* in the order in which they came */
    struct smpp_counts counts;
    struct session session;
    struct backoff backoff;
    pthread_t thread;
    bool started;
    atomic_bool quit;
    int wake, fd; /* an eventfd; the socket, -1 without one */
    bool connecting;
    time_us connect_by;
    uint8_t in[IN_MAX];
    size_t in_len;
};

/* Microseconds of the monotonic clock. */
time_us smpp_now(void);
/* Connects, talks and connects again until quit is set; its argument is a struct smpp_link. */
void *smpp_run(void *link);

#endif
