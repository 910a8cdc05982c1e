/* SPDX-License-Identifier: Apache-2.0 */
/* What the phases of a connection share. Station 1. Edge. */
#ifndef TSM_HTTP_SERVE_PHASE_H
#define TSM_HTTP_SERVE_PHASE_H

#include "http/serve/conn.h"

enum { READ_STEP = 4096 }; /* room made for a read while the length is unknown */

/* When the connection is cut, from now; 0: never. */
void conn_deadline(struct conn *c, unsigned ms);
/* So much later, unless it was cut or never is. */
void conn_extend(struct conn *c, unsigned ms);
/* Reads once into `in`, at most so much. */
enum conn_wish conn_fill(struct conn *c, size_t room);

/* The phases of a request that comes in. With `shed` the answer is 503. */
enum conn_wish phase_head(struct house *h, struct conn *c, bool shed);
enum conn_wish phase_body(struct house *h, struct conn *c, bool shed);

#endif
