/* SPDX-License-Identifier: Apache-2.0 */
/* The GP SERAM Local Agent: handshake, command exchange, transmission errors; station 9 seen from the device.
 * Edge. [GP SERAM 2.0.0 Overview, HTTP REST Binding] */
#ifndef LAB_HANDSET_AGENT_H
#define LAB_HANDSET_AGENT_H

#include <stdbool.h>

struct enforcer; /* local/enforcer.h */

enum {
    AGENT_RETRY_S = 300,       /* "it SHOULD retry during 5 minutes at the most" */
    AGENT_FIRST_GAP_MS = 1000, /* after one attempt without a pause, as the binding asks */
    AGENT_LONGEST_GAP_MS = 10000,
    AGENT_MAX_POLL_S = 600,
    AGENT_MAX_ID = 128,
    AGENT_MAX_URL = 1024,
};

/* How a Management Session ends; the values are the program's exit status. */
enum agent_end {
    AGENT_STOPPED = 0,     /* the Remote Agent sent Stop */
    AGENT_NO_ELEMENT = 1,  /* no element to speak of, so nothing to negotiate about */
    AGENT_NO_SESSION = 3,  /* 404, or the handshake was refused */
    AGENT_SERVER_LOST = 4, /* no answer within the retry time */
    AGENT_IDLE = 5,        /* only void orders for the whole of max_poll_s */
    AGENT_CUT = 8,         /* the platform ended the session: it was silent for too long */
};

struct agent_options {
    const char *url, *session, *ca_file; /* RA Endpoint (".../gp/seram"), sessionId, PEM */
    const char *element;                 /* HOST:PORT */
    const char *se_type, *se_id;         /* se_id NULL: read from the element */
    unsigned retry_s, max_poll_s;
    unsigned drop_after;    /* 0 off; after that many APDUs one answer of the server is lost */
    unsigned kill_after;    /* 0 off; after that many APDUs one transmission fails */
    unsigned round_trip_ms; /* network: each call takes so much longer */
    unsigned cut_after_ms;  /* 0 off; the platform ends a session without an APDU for so long */
    bool keep_channel;      /* with kill_after: the element stays powered; also after the end */
    bool verbose;
    const struct enforcer *app; /* NULL: the server's commands pass unchecked; else in whose name they come */
};

enum agent_end agent_run(const struct agent_options *options);

#endif
