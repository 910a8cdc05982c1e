/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the provider's role share: the order and its instance as rows. Role. */
#ifndef TSM_ROLE_SP_INTERNAL_H
#define TSM_ROLE_SP_INTERNAL_H

#include <pthread.h>

#include "engine/access.h"
#include "engine/element/element.h"
#include "engine/note.h"
#include "order/outcome.h"
#include "order/states.h"
#include "role/sp/sp.h"

enum {
    REF_MAX = 64,
    SERVICE_MAX = 64,
    VERSION_TAG_MAX = 64,
    SESSION_TEXT = 37,
    INSTALLATION_MAX = 1024, /* characters of what counts of an app's installationData */
    TRACE_TEXT = 2 * TRACE_LEN + 1
};

struct sp {
    struct sp_config c;
    char device_url[200];
    pthread_mutex_t lock;
    pthread_cond_t turned;
    unsigned waiting;
    uint64_t turns; /* committed turns of orders, so that waiting callers look again */
    bool stopping;
    pthread_mutex_t keys; /* who makes a key, keys/making.h */
};

/* Who has cancelled an order. */
enum given_up { NOT_GIVEN_UP, GIVEN_UP_BY_APP, GIVEN_UP_BY_PROVIDER };

/* A row of `orders`; texts are copies. */
struct order {
    int64_t id, party, operation, instance, se_kind, state, created, updated, deadline;
    uint8_t trace[TRACE_LEN];
    char service[SERVICE_MAX + 1], flavor[SERVICE_MAX + 1], se_ref[IDENT_MAX + 1], session[SESSION_TEXT];
    char failure[FAILURE_JSON_MAX], version[VERSION_TAG_MAX + 1]; /* version: tag that was asked for */
    unsigned commands;                                            /* order/life/commands.h */
    int64_t start_state, end_state, started, ended;               /* of the instance; 0: not yet */
    char installation[INSTALLATION_MAX + 1];                      /* content/installation.h */
    int64_t given_up; /* enum given_up: what is in flight is heard, nothing new is sent */
};
struct instance {
    int64_t id, party, service, flavor, se_kind, domain, state, last_operation;
    unsigned done; /* service commands that were executed: order/life/commands.h */
    char version[VERSION_TAG_MAX + 1];
    char se_ref[IDENT_MAX + 1], element[IDENT_MAX + 1]; /* element: "OWNER/NAME", empty before station 4 */
    uint8_t aid[16];
    size_t aid_len;
    char uuid[SESSION_TEXT]; /* what apps and online systems call it; empty: nobody asked yet */
};

/* Named by what only an embedded element has: an agent on the device reaches it, and hears of its session at
 * once. */
static inline bool order_is_by_agent(const struct order *o)
{
    return o->se_kind == SE_BY_SEID || o->se_kind == SE_BY_EID || o->se_kind == SE_BY_CPLC ||
           o->se_kind == SE_BY_CIN;
}

/* NOT_FOUND where the party has no such row: another party's is as good as none. */
enum tsm_err order_load(struct tx *tx, int64_t party, int64_t id, struct order *out);
enum tsm_err instance_load(struct tx *tx, int64_t party, int64_t id, struct instance *out);
/* INSTANCE_REMOVED where there is none any more. */
enum tsm_err instance_state_load(struct tx *tx, const struct order *o, int64_t *out);
/* The order as its owner sees it: failure, session; owned by the caller, NULL without memory. With order_json
 * also the timeline. */
json_t *order_summary(const struct sp *sp, const struct order *o, int64_t instance_state);
enum tsm_err order_json(struct tx *tx, const struct sp *sp, const struct order *o, bool timeline,
                        json_t **out);

#endif
