/* SPDX-License-Identifier: Apache-2.0 */
/* Which exchange a message id of the centre belongs to: bounded, in memory, a hint that may be lost.
 * Station 9. Role. */
#ifndef TSM_ROLE_OTA_SENT_H
#define TSM_ROLE_OTA_SENT_H

#include <stdint.h>

enum { SENT_SLOTS = 8192 };

struct sent_table;
struct sent_table *sent_new(void); /* NULL when memory is exhausted */
void sent_free(struct sent_table *t);
/* Remembers; the newest of two ids in one slot stays. */
void sent_add(struct sent_table *t, const char *message_id, int64_t job);
int64_t sent_find(const struct sent_table *t, const char *message_id); /* 0: not known */

#endif
