/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Endings: what the network said of an exchange becomes durable behind the link's back, and only then is the
 * delivery acknowledged. The link's thread never waits for a commit, so proofs of many cards share one.
 * Stations 9 and 10. Role.
 */
#ifndef TSM_ROLE_OTA_ENDING_H
#define TSM_ROLE_OTA_ENDING_H

#include <pthread.h>

#include "base/json.h"
#include "link/smpp/smpp_link.h"
#include "ota/sms/reassembly.h"

struct ota;

/* Endings under way; zero is none. */
struct endings {
    pthread_mutex_t lock; /* also of the role's reassembly pool */
    pthread_cond_t none;
    size_t under_way;
    bool closing; /* the link is going: tickets are not settled any more */
};
void endings_init(struct endings *e);
/* No ticket is settled from now on; to be called before the link stops. */
void endings_close(struct endings *e);
/* Waits for those under way; to be called when the link has stopped. */
void endings_finish(struct endings *e);

/* What was said. `reply` is taken over, NULL means that memory was exhausted; everything else is copied. */
struct heard {
    json_t *reply;
    struct smpp_ticket ticket;
    int64_t job;                      /* the exchange, or 0: */
    const char *msisdn;               /* the one under way with this number */
    const struct reassembly *message; /* given back to the pool when it could not be stored; NULL: none */
};
/* Ends the exchange, or keeps an answer that nobody waits for; settles the ticket when that is durable. */
void ending_begin(struct ota *o, const struct heard *heard);

#endif
