/* SPDX-License-Identifier: Apache-2.0 */
/* The Local Agent of GP SERAM for one session against one element. Edge. [GP SERAM 2.0.0 Overview, HTTP REST
 * Binding] */
#ifndef OPENTSM_SDK_AGENT_H
#define OPENTSM_SDK_AGENT_H

#include "process/elements.h"
#include "wire/answer.h"

enum { AGENT_FIRST_GAP_MS = 1000, AGENT_LONGEST_GAP_MS = 10000 };

enum agent_end {
    AGENT_STOPPED,     /* the Remote Agent sent Stop */
    AGENT_NO_SESSION,  /* 404, or what was chosen was not offered */
    AGENT_SERVER_LOST, /* no answer within the retry time */
    AGENT_LET_GO,      /* https_stop on its line */
};

struct agent {
    struct tsm_api *api;
    struct https *line; /* with cookies: the Remote Agent knows a repeated Report by them */
    struct answer_exchange exchange;
    /* Its own: */
    struct channel channel;
    char id[ELEMENT_ID_MAX + 1];
    enum tsm_api_access access; /* of the last try to open the element */
    bool started, stopped, refused;
    unsigned executed; /* of the last Order */
    int status;        /* enum seram_status of the next Report */
    const char *error;
    json_t *responses;
};

/* Begins at the handshake; blocks until the end. The channel is closed then. */
enum agent_end agent_run(struct agent *a);

#endif
