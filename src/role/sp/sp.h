/* SPDX-License-Identifier: Apache-2.0 */
/* The service provider's TSM: takes orders, keeps the provider's keys, personalises. Stations 2 to 5 and 11.
 * Role. [TR-03165 3.2] */
#ifndef TSM_ROLE_SP_SP_H
#define TSM_ROLE_SP_SP_H

#include "engine/engine.h"
#include "engine/partner.h"
#include "http/server.h"
#include "vault/vault.h"

struct sp;

struct sp_config {
    struct store *store;
    struct partners *partners;
    struct clock *clock;
    unsigned
        waits_max; /* callers that wait at once, fewer than the listener has workers; 0: ORDER_WAITS_MAX */
    const char *device_url; /* where device agents find the remote agent, told with an order */
    /* The vault of a party whose provider's side runs here; NOT_FOUND else. */
    enum tsm_err (*vault_of)(void *self, int64_t party, struct vault_party **out);
    void *self;
};

enum tsm_err sp_new(const struct sp_config *config, struct sp **out);
void sp_free(struct sp *sp);
/* Where device agents go, once the listener has its port; before the first request. */
void sp_device_url(struct sp *sp, const char *url);
/* Lets go of callers that wait for the end of an order. */
void sp_stop(struct sp *sp);
/* What app wires: HTTP addresses and the engine's row (JOB_ORDER). */
extern const struct http_route sp_routes[];
/* The partner verbs it answers. */
enum tsm_err sp_answer_partners(struct sp *sp);
struct step_row sp_order_row(struct sp *sp);

enum {
    ORDER_DEADLINE_S = 3600,
    ORDER_DEADLINE_MAX_S = 30 * 86400,
    ORDER_DATA_MAX = 8192,
    ORDER_WAIT_MAX_S = 30,
    ORDER_WAITS_MAX = 8,
    ORDER_LIST_MAX = 100,
    CALLBACK_DEADLINE_S = 86400,
    AGENT_WAIT_S = 5
};

#endif
