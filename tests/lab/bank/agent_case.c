/* SPDX-License-Identifier: Apache-2.0 */
/* A run of the Local Agent between a scripted Remote Agent and a scripted element, for the handset's tests.
 */
#include "agent_case.h"

struct http_peer server;
struct element_peer element;

const char *const three_ok[4] = {"9000", "6A82", "01029000", "9000"};
const struct agent_options named = {.se_id = "A1B2"};

enum agent_end agent_case(struct agent_options o, const struct peer_answer *script, size_t len,
                          const char *const *rapdus, size_t rapdu_count)
{
    http_peer_start(&server, script, len, NULL);
    element_peer_start(&element, rapdus, rapdu_count);
    o.url = server.url;
    o.session = "s-1";
    o.element = element.address;
    o.se_type = "eSE";
    if (!o.max_poll_s)
        o.max_poll_s = AGENT_MAX_POLL_S;
    enum agent_end end = agent_run(&o);
    http_peer_stop(&server);
    element_peer_stop(&element);
    return end;
}
