/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange beside a process: the Local Agent on a thread of its own, as long as there is a session. Edge.
 * [docs/tsm-api.md "Processes"] */
#ifndef OPENTSM_SDK_SIDE_H
#define OPENTSM_SDK_SIDE_H

#include "process/agent.h"

struct side {
    struct tsm_api *api;
    struct agent agent;
    pthread_t thread;
    bool running; /* the thread is to be joined */
    bool stopped; /* the last session ended with Stop, so that it is not begun again */
    enum agent_end end;
};

/* What the back end says now: an exchange, or NULL. A new session ends the agent of the one before; without
 * one the agent goes on, since the Remote Agent will tell it to stop. */
void side_follow(struct side *s, const struct answer_exchange *x);
/* Lets the agent go and waits for it. */
void side_end(struct side *s);

#endif
