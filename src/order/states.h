/* SPDX-License-Identifier: Apache-2.0 */
/* Life cycles as tables: orders, and service instances in the states of BSI TR-03165 clause 3.2.2.
 * Station 11. Pure. */
#ifndef TSM_ORDER_STATES_H
#define TSM_ORDER_STATES_H

#include "base/bytes.h"

/* One TR operation on one service instance. The words are those of the order API. */
enum operation { OP_DEPLOY, OP_UPDATE, OP_SUSPEND, OP_RESUME, OP_TERMINATE, OP_EXCHANGE, OPERATIONS };
extern const char *const operation_words[OPERATIONS + 1]; /* ended by NULL */

enum order_state { ORDER_ACCEPTED, ORDER_RUNNING, ORDER_DONE, ORDER_FAILED, ORDER_EXPIRED, ORDER_STATES };
const char *order_state_word(int64_t state);
static inline bool order_is_final(int64_t s)
{
    return s >= ORDER_DONE;
}

/* [TR-03165 4.2.3.1] */
enum instance_state {
    INSTANCE_NOT_DEPLOYED = 1,
    INSTANCE_INITIALIZED = 10,
    INSTANCE_INSTALLED = 11,
    INSTANCE_PERSONALIZED = 12,
    INSTANCE_ACTIVATED = 14,
    INSTANCE_OPERATIONAL = 21,
    INSTANCE_SUSPENDED = 22,
    INSTANCE_IN_ERROR = 25,
    INSTANCE_REMOVED = 0, /* not a TR state: the row goes */
};
const char *instance_state_word(int64_t state);

/* What happens to an instance. */
enum instance_event {
    EV_DEPLOY_STARTS,
    EV_INSTALLED,
    EV_PERSONALIZED,
    EV_ACTIVATED,
    EV_DEPLOYED,
    EV_SUSPENDED,
    EV_RESUMED,
    EV_TERMINATED,
    EV_FAILED_AFTER_CHANGE,
    EV_UPDATED,
    EV_UPDATE_STARTS, /* nothing of the former version is left, or needs to go */
    INSTANCE_EVENTS
};

/* The next state, or WRONG_STATE where the table has no row for the pair. Which operation may begin in which
 * state: order/life/commands.h. */
enum tsm_err instance_next(enum instance_state state, enum instance_event event, enum instance_state *next);
/* Walks the table, for the picture in the docs and for the tests. Returns the number of rows. */
struct transition {
    enum instance_state from;
    enum instance_event event;
    enum instance_state to;
};
size_t instance_transitions(const struct transition **rows);

/* Rows of the owner's registry. */
enum domain_state { DOMAIN_PLANNED, DOMAIN_CREATED, DOMAIN_KEYED, DOMAIN_HANDED_OVER, DOMAIN_REMOVED };
enum domain_mode { MODE_SIMPLE, MODE_DELEGATED, MODE_AUTHORIZED };
enum keyset_state { KEYSET_PLANNED, KEYSET_LIVE, KEYSET_UNKNOWN, KEYSET_RETIRED };
enum application_state { APPLICATION_PLANNED, APPLICATION_INSTALLED };
enum se_state { SE_ACTIVE, SE_LOCKED, SE_TERMINATED, SE_CLOSED }; /* closed: another took its place */
extern const char *const se_state_words[];
/* The mobile subscription behind an SE, in the words of GP Messaging's HandleMobileSubscriptionStatusChange.
 */
enum se_subscription {
    SUBSCRIPTION_ACTIVE,
    SUBSCRIPTION_SUSPENDED,
    SUBSCRIPTION_RESTRICTED,
    SUBSCRIPTION_TERMINATED
};
extern const char *const subscription_words[]; /* ended by NULL, as are the next */
/* The device that an SE is in. */
enum se_device { DEVICE_IN_USE, DEVICE_LOST, DEVICE_STOLEN, DEVICE_NO_NFC, DEVICE_UNSUPPORTED };
extern const char *const device_words[];
/* Which identifier names an SE. */
enum se_kind { SE_BY_ICCID, SE_BY_SEID, SE_BY_MSISDN, SE_BY_EID, SE_BY_CPLC, SE_BY_CIN, SE_KINDS };
extern const char *const se_kind_words[SE_KINDS + 1];

#endif
