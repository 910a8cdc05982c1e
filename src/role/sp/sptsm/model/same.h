/* SPDX-License-Identifier: Apache-2.0 */
/* What says the same in other words: ids in any case, datetimes in any notation. Station 2. Role, without
 * I/O. [RFC 9562 4; RFC 3339 5.6; TR-03165 4.1.4] */
#ifndef TSM_ROLE_SP_SPTSM_MODEL_SAME_H
#define TSM_ROLE_SP_SPTSM_MODEL_SAME_H

#include <jansson.h>
#include <stdbool.h>

/* The form that a map with the same id twice does not have, in words. */
#define IDS_ONCE "map with each id once"

/*
 * An id, a list of ids, or a map with ids as names and ids or lists of them as values: a copy with every UUID
 * in lower case, other texts and values as they are; owned by the caller. NULL where two names of a map are
 * the same id (*twice is set), or without memory.
 */
json_t *ids_folded(const json_t *v, const char **twice);

/* Are both texts RFC 3339 datetimes of the same microsecond? Clients read a date and write it back in their
 * own way: without zeros at the end, with more of them, with +00:00 for Z. */
bool moment_is_same(const char *a, const char *b);

#endif
