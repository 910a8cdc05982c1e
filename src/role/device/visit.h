/* SPDX-License-Identifier: Apache-2.0 */
/* One call of an agent: what its report says, and what it gets next. Station 9. Role. [GP SERAM 2.0.0] */
#ifndef TSM_ROLE_DEVICE_VISIT_H
#define TSM_ROLE_DEVICE_VISIT_H

#include "engine/element/exchange.h"
#include "link/seram/seram.h"

enum { REPORT_HASH = 32 };

struct visit {
    struct partners *partners;
    const char *session_id;
    const struct seram_report *report;
    uint8_t hash[REPORT_HASH];
    int64_t party, se, state, batch;
    bool start, over, found, news, crowded, pause;
    int64_t hold_ms;                            /* a poll may be held no longer, 0: as the caller says */
    uint8_t keep_alive[PROFILE_KEEP_ALIVE_MAX]; /* what an empty answer carries then */
    size_t keep_alive_len;
    struct arena arena; /* dropped by the caller */
    struct bytes payload[EXCHANGE_PAYLOAD_MAX];
    size_t n;
};

/* The hash of the report: what a repeated one is known by. */
enum tsm_err visit_begin(struct visit *v);
/* Units of work; `arg` is the visit. NOT_FOUND for a session that is not there or has expired. */
enum tsm_err visit_greet(struct tx *tx, void *arg);  /* a handshake */
enum tsm_err visit_report(struct tx *tx, void *arg); /* takes the report, finds the next batch */
enum tsm_err visit_look(struct tx *tx, void *arg);   /* reads only: is there something to fetch? *news */
/* Reads only: may the platform cut this session? hold_ms, keep_alive. */
enum tsm_err visit_guard(struct tx *tx, void *arg);
/* The next order for the agent. */
enum tsm_err visit_order(const struct visit *v, struct seram_order *next);

#endif
