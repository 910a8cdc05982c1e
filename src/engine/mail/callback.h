/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's row for callbacks (JOB_CALLBACK): what a party's address is told, in effect once: results to
 * providers, drift and alarms to owners. Station 12. Edge. */
#ifndef TSM_ENGINE_MAIL_CALLBACK_H
#define TSM_ENGINE_MAIL_CALLBACK_H

#include "engine/engine.h"
#include "http/client.h"

/* Sorts of deliveries, by the job's step. */
enum callback_sort {
    CALLBACK_PARTY,   /* to the party's address: one job an event, its body is told */
    CALLBACK_RESULTS, /* to the online system of a SposConfig: one job a queue */
    CALLBACK_CODE,    /* an activation code to the party's address: its body is sealed */
    CALLBACK_HOOK,    /* a question to the party's hook, whose answer decides */
    CALLBACK_TOKEN,   /* a question to the party's token service provider, for an order that waits */
    CALLBACK_SORTS
};

struct callback_desk {
    struct store *store;
    struct http_client *client;              /* NULL: nobody is told */
    struct step_row by_sort[CALLBACK_SORTS]; /* work and commit of all but CALLBACK_PARTY; without work: not
                                                done here */
};
struct step_row callback_row(struct callback_desk *desk);

#endif
