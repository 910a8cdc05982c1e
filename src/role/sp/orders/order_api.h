/* SPDX-License-Identifier: Apache-2.0 */
/* The order addresses of the provider's API. Stations 1 to 3. Role. */
#ifndef TSM_ROLE_SP_ORDER_API_H
#define TSM_ROLE_SP_ORDER_API_H

#include "base/json.h"
#include "role/sp/internal.h"

enum tsm_err sp_post_order(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_get_order(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_delete_order(void *app, struct http_request *q, struct http_reply *reply); /* cancels */
enum tsm_err sp_list_orders(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_get_instance(void *app, struct http_request *q, struct http_reply *reply);

/* An order as a provider writes it, however it came: the body of POST /api/v1/orders. `key` is its client_ref
 * where the body has none; may be NULL. Errors of sp_accept_order, and of the body's form. */
struct order_letter {
    int64_t party;
    struct bytes body;
    const char *key;
};
struct accepted; /* role/sp/orders/accept.h */
enum tsm_err sp_take_order(struct sp *sp, const struct order_letter *letter, struct accepted *out);

/* The number in the path; NOT_FOUND for what is none. */
enum tsm_err sp_order_id(const struct http_request *q, int64_t *id);
/* The provider behind the bearer token. */
enum tsm_err sp_caller(struct sp *sp, struct http_request *q, struct caller *who);
/* Waits until the order (party and id given) has come to a state or the time is over; *order is as stored
 * then. */
enum tsm_err sp_wait_for_state(struct sp *sp, struct order *order, enum order_state at_least,
                               int64_t seconds);
/* How many turns of orders were committed here, and waiting for the next one: for callers that wait for a
 * state. */
uint64_t sp_turns(struct sp *sp);
/* False: as many wait as may; `due` waits all the same. */
bool sp_wait_turn(struct sp *sp, uint64_t seen, time_us until, bool due);
void sp_note_turn(struct sp *sp);

#endif
