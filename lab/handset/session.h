/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one Management Session and the half of the Local Agent that faces the secure element (the
 * other half, agent.c, faces the server). Edge. [GP SERAM 2.0.0 Overview, "Local Agent Behaviour"] */
#ifndef LAB_HANDSET_SESSION_H
#define LAB_HANDSET_SESSION_H

#include "handset/agent.h"
#include "handset/element.h"
#include "handset/https.h"
#include "handset/local/enforcer.h"
#include "handset/seram.h"

struct session {
    const struct agent_options *o;
    struct https *http;
    struct element element;
    char se_id[AGENT_MAX_ID];
    bool started, stopped, refused_se;
    unsigned apdus;         /* executed in this session */
    long long last_apdu_ms; /* when the last one was, by the monotonic clock; 0: none yet */
    bool cut;               /* the platform has ended the session */
    bool fault_done;
    /* What the next Report says. */
    enum seram_status status;
    unsigned executed;
    const char *error_msg; /* set: an error happened, the remaining C-APDUs are discarded */
    json_t *responses;
    struct enforcer enforcer; /* only with o->app */
};

/* With -v, one line on standard error. */
void session_say(const struct session *s, const char *text);

/* Makes the next Report tell of an error. */
void session_fail(struct session *s, enum seram_status status, const char *why);

/* Reads the identity to announce into se_id. False when the element is absent or tells none. */
bool session_read_identity(struct session *s);

/* One C-APDU in hex; a new string with the R-APDU. NULL when it could not be transmitted: the error is noted
 * and no R-APDU may be reported for it. */
json_t *session_transmit(struct session *s, const char *hex);

#endif
