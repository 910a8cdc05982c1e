/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a process becomes a process result, where its service has a SposConfig. Station 12. Role. [BSI
 * TR-03165 3.3.1, 4.3] */
#ifndef TSM_ROLE_SP_SPOS_RECORD_H
#define TSM_ROLE_SP_SPOS_RECORD_H

#include "role/sp/internal.h"

/* What ended. */
struct spos_end {
    const struct order *order;
    const struct instance *instance; /* as it was when the last turn began: its row may be gone */
    int64_t flavor;                  /* 0: none was chosen */
    const struct failure *failure;   /* NULL: it succeeded */
};
/* In the transaction that ends the order, when its end is written. Services without a SposConfig tell nobody.
 */
enum tsm_err spos_order_ended(struct tx *tx, const struct spos_end *end);

/* A request that failed before there was a process, an eligibility check above all [3.3.1]. */
struct spos_refusal {
    int64_t party, service;
    const char *version;  /* tag that was asked for; "": the newest */
    const char *instance; /* UUID, "" where there is none yet */
    int status;           /* error type of TR-03165 4.2.4.4 */
    const char *message;
    enum operation operation;
    unsigned commands;
    int64_t state; /* of the instance */
    time_us asked;
};
enum tsm_err spos_request_failed(struct tx *tx, const struct spos_refusal *r);

/* The UUID that an order's process goes by, as in its attestation token. */
char *spos_process_uuid(const struct order *o, char out[37]);

#endif
