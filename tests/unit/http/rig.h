/* SPDX-License-Identifier: Apache-2.0 */
/* A bench for the HTTP tests: a server on a free loopback port, raw connections to it, whole replies read
 * back. */
#ifndef TSM_TESTS_HTTP_RIG_H
#define TSM_TESTS_HTTP_RIG_H

#include "http/server.h"

enum { RIG_PATIENCE_S = 120, RIG_REPLY_MAX = 65536 };

struct rig {
    struct http_server *server;
    uint16_t port;
};

/* Starts a server with these routes; asserts that it runs. `tls` may be NULL. */
struct rig rig_start(const struct http_routes *routes, const struct http_tls *tls, struct http_limits limits);
void rig_stop(struct rig *r);

/* A plain connection whose reads give up after RIG_PATIENCE_S. */
int rig_connect(const struct rig *r);
void rig_say(int fd, const char *text);
/* Octets until the peer closes, as a text owned by the caller; a reset counts as a close. */
char *rig_hear_all(int fd);
/* One reply (by its Content-Length) from a connection that stays open; the text is owned by the caller. */
char *rig_hear_reply(int fd);
/* Says, hears until the close, closes. */
char *rig_ask(const struct rig *r, const char *text);
int rig_status(const char *reply);
/* The value of a header field, copied to `out`; false when there is none. */
bool rig_field(const char *reply, const char *name, char *out, size_t cap);
const char *rig_body(const char *reply);
/* True when the peer has closed: waits for it. */
bool rig_is_closed(int fd);

#endif
