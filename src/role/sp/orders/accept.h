/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way by which an order comes to be: from the provider's API, from an app on a handset, from a
 * campaign. Order, job, timeline, audit and usage are stored as one. Stations 2 and 3. Role. [TR-03165 3.2]
 */
#ifndef TSM_ROLE_SP_ACCEPT_H
#define TSM_ROLE_SP_ACCEPT_H

#include "order/life/commands.h"
#include "role/sp/internal.h"

/* What is wanted. Every text is borrowed; "" or NULL: not said. */
struct order_wish {
    int64_t party;
    enum operation operation;
    const char
        *service; /* its name, or the id that the administration interface gave; needless with instance */
    const char *flavor; /* its name; not said: the one that suits the element */
    int64_t instance;   /* 0: that of service and element, made by a deploy where there is none */
    int64_t se_kind;    /* enum se_kind; with se_ref. Not said with an instance: as it was deployed */
    const char *se_ref;
    unsigned commands;    /* bits of order/life/commands.h, of deploy and update; 0: COMMANDS_ALL */
    const char *version;  /* tag: deploy takes a flavor of it, update brings the instance to it */
    const char *data;     /* card data as compact JWE, or a JSON object of fields with those that must not be
                             seen as compact JWE; for orders that personalise, and exchange */
    const char *exchange; /* of exchange: JSON, order/issuer/changes.h */
    const char *client_ref;   /* the same again is the same order */
    struct bytes inputs;      /* personalizationData, sealed for `trace` by inputs_seal (prep/played.h) */
    const char *installation; /* what counts of installationData, content/installation.h */
    struct bytes digest;      /* SHA-256 of the request, compared when client_ref comes again */
    int64_t deadline_s;       /* 0: ORDER_DEADLINE_S */
    struct bytes trace;       /* TRACE_LEN octets, which are the process's UUID, too; empty: new ones */
};
struct accepted {
    struct order order; /* as it is stored; its session is a secret between app and agent */
    int64_t instance_state;
    bool repeated; /* it was there already */
};

/*
 * Judges the wish and stores the order; durable on return. Errors, cause and field said for who asks:
 *   NOT_FOUND (field service, version; no field: instance)  nothing of this party has the name
 *   BAD_VALUE, MISSING_FIELD, BAD_FORM                      commands or data are not of the form
 *   ORPHANED, WRONG_STATE                                   the life cycle forbids it: order/life/commands.h
 *   NOT_ELIGIBLE                                            an update to the version that is there
 *   CONFLICT        another order runs on the instance, or had this client_ref and asked something else
 *   UNSUPPORTED     the operation is not offered
 */
enum tsm_err sp_accept_order(struct sp *sp, const struct order_wish *wish, struct accepted *out);
/* The same inside the caller's transaction. An element that was deployed under another of its names is not
 * looked for, and the same card again is no repetition: both ask partners or the vault. */
enum tsm_err sp_accept_in(struct tx *tx, const struct order_wish *wish, struct accepted *out);

/* Gives a running order up, inside the caller's transaction: what is in flight is heard, so that it is known
 * what the element has done, nothing new is sent, and the order fails as "manually cancelled"; the step that
 * was the last one ends it as done. One that has ended stays as it is. */
enum tsm_err sp_give_up_in(struct tx *tx, int64_t party, int64_t order, enum given_up by);

#endif
