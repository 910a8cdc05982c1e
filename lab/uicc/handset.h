/* SPDX-License-Identifier: Apache-2.0 */
/* The radio side of a laboratory UICC: an SMPP client that takes deliver_sm as the air would bring it, feeds
 * the SIM and carries what the SIM sends. Edge (station 9, the air side). [SMPP 3.4 4.6, 4.4;
 * TS 31.111 7.1.1] */
#ifndef LAB_UICC_HANDSET_H
#define LAB_UICC_HANDSET_H

#include "smsc/smpp/link.h"
#include "smsc/smpp/smpp.h"
#include "uicc/sim/sim.h"

enum {
    HANDSET_FIRST_RETRY_MS = 100, /* pause before a new connection, doubled each time */
    HANDSET_MAX_RETRY_MS = 5000,
    HANDSET_SUBMIT_RETRY_MS = 500, /* pause before a submit_sm that was throttled goes again */
    HANDSET_MAX_INBOX = 64         /* deliver_sm taken and not yet answered; more are refused */
};

/* A deliver_sm waiting for the SIM, or a submit_sm on its way out. */
struct letter {
    struct letter *next;
    struct smpp_message message; /* body owned, behind the struct */
    uint32_t sequence;           /* of the deliver_sm to answer */
    bool from_sim;               /* the SIM waits for a TERMINAL RESPONSE */
    uint8_t details[3];          /* command details of that */
    uint8_t octets[];
};

struct letters {
    struct letter *head, *tail;
    size_t count;
};

struct handset {
    struct loop *loop;
    const char *smsc; /* HOST:PORT */
    char msisdn[21];
    bool por_by_submit; /* DELIVER-REPORT data go out as submit_sm: for centres that drop them */
    bool verbose;
    struct sim *sim;
    struct smpp_link *air;   /* where PDUs go: its own link, or the one of a whole fleet */
    uint32_t *last_sequence; /* of that link */
    struct smpp_link link;
    bool connected, bound, submitting;
    struct timer retry;
    int64_t pause_ms;
    uint32_t sequence, submit_sequence;
    struct letters inbox, outbox;
};

/* Connects and keeps connecting. loop, smsc, msisdn and sim must be set. */
void handset_start(struct handset *h);
/* Frees what it owns; the loop must not run any more. */
void handset_stop(struct handset *h);

#endif
