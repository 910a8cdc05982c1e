/* SPDX-License-Identifier: Apache-2.0 */
/* A run of the Local Agent between a scripted Remote Agent and a scripted element, for the handset's tests.
 */
#ifndef TESTS_LAB_BANK_AGENT_CASE_H
#define TESTS_LAB_BANK_AGENT_CASE_H

#include "handset/agent.h"
#include "peer.h"

/* clang-format off */
#define HANDSHAKE_OK                                                                             \
    {                                                                                            \
        200, "{\"chosenTransportProtocol\":\"HTTPS\",\"chosenDataFormat\":\"application/json\"," \
             "\"chosenVersion\":\"2.0.0\"}"                                                      \
    }
#define START       "{\"ramCommandType\":\"ramStartCommand\"}"
#define STOP        "{\"ramCommandType\":\"ramStopCommand\"}"
#define APDUS(list) "{\"ramCommandType\":\"seRamCommand\",\"listOfCAPDU\":[" list "]}"
#define ORDER(commands)                                     \
    {                                                       \
        200, "{\"delay\":0,\"ramCommands\":[" commands "]}" \
    }

#define STATUS(name, n) \
    "{\"localAgentStatus\":{\"localAgentStatusEnum\":\"" name "\",\"executedSeRamCommands\":" n
#define POST_REPORT "POST /remoteManagement?sessionId=s-1 "
/* clang-format on */

/* What came to the peers of the last run. */
extern struct http_peer server;
extern struct element_peer element;

/* R-APDUs that suit most cases, and options that name the element "A1B2". */
extern const char *const three_ok[4];
extern const struct agent_options named;

enum agent_end agent_case(struct agent_options o, const struct peer_answer *script, size_t len,
                          const char *const *rapdus, size_t rapdu_count);

#define RUN(options, script, rapdus) \
    agent_case(options, script, sizeof script / sizeof *script, rapdus, sizeof rapdus / sizeof *rapdus)

#endif
