/* SPDX-License-Identifier: Apache-2.0 */
/* The back end of the device interface: apps on handsets ask for services by it, on the listener that agents
 * come to. Stations 1 to 3 and 12. Role. [BSI TR-03165 4.2; docs/tsm-api.md] */
#ifndef TSM_ROLE_SP_TSMAPI_TSMAPI_H
#define TSM_ROLE_SP_TSMAPI_TSMAPI_H

#include "http/server.h"
#include "role/sp/sp.h"

#define TSMAPI_BASE "/tsm-api/1.0/"

enum {
    PROCESS_START_S = 300,   /* a process that is not started by then is given up */
    PROCESS_WAIT_MAX_S = 30, /* a held GET */
    PROCESS_HELD_MAX = 8,    /* held at once, fewer than the listener has workers */
    PROCESSES_MAX = 10000,   /* running or waiting for their start; more are answered 18 */
    PROCESS_KEEP_S = 86400   /* how long one that never became an order is told of */
};

struct tsmapi;
struct tsmapi_config {
    struct sp *sp;
    unsigned held_max;     /* 0: PROCESS_HELD_MAX */
    int64_t processes_max; /* of all parties; negative: PROCESSES_MAX */
    int64_t party_max;     /* of each of them; 0: half of processes_max, at least 1 */
    bool maintenance;      /* every method is answered 19 */
};
enum tsm_err tsmapi_new(const struct tsmapi_config *config, struct tsmapi **out);
void tsmapi_free(struct tsmapi *api); /* NULL is legal */
/* Their app is the struct tsmapi. */
extern const struct http_route tsmapi_routes[];
/* What the listener refuses at these addresses has the members of every answer. */
extern const struct http_manner tsmapi_manners[];

#endif
