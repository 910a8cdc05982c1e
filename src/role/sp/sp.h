/* SPDX-License-Identifier: Apache-2.0 */
/* The service provider's TSM: takes orders, keeps the provider's keys, personalises. Stations 2 to 5 and 11.
 * Role. [TR-03165 3.2] */
#ifndef TSM_ROLE_SP_SP_H
#define TSM_ROLE_SP_SP_H

#include "engine/engine.h"
#include "engine/partner.h"
#include "http/client.h"
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
    struct http_client *client; /* to addresses that parties named; owned by app */
    /* The HTTP client with the party's own certificate, for its online system (TR-03165 4.3); owned by app.
     */
    enum tsm_err (*client_of)(void *self, int64_t party, struct http_client **out);
    int64_t spos_longest_s; /* between two tries of a process result; 0: SPOS_DELAY_MAX_S */
    const char *tsm_oid;    /* dotted: who signs attestation tokens of flavors that do not say it */
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
/* Which of its addresses tell errors otherwise than by problem documents. */
extern const struct http_manner sp_manners[];
/* The partner verbs it answers. */
enum tsm_err sp_answer_partners(struct sp *sp);
struct step_row sp_order_row(struct sp *sp);
/* The same for its campaigns (JOB_BULK). */
struct step_row sp_bulk_row(struct sp *sp);
struct step_row sp_code_row(struct sp *sp); /* deliveries of sort CALLBACK_CODE and CALLBACK_HOOK */
struct step_row sp_hook_row(struct sp *sp);
struct step_row sp_token_row(struct sp *sp); /* of sort CALLBACK_TOKEN */
struct step_row spos_row(struct sp *sp);     /* deliveries of sort CALLBACK_RESULTS, engine/mail/callback.h */

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
