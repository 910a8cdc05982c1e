/* SPDX-License-Identifier: Apache-2.0 */
/* Message ids to exchanges: one slot a hash, used on the link's thread only. Station 9. Role. */
#include "role/ota/sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 65 };

struct sent_table {
    struct {
        char id[ID_MAX + 1];
        int64_t job;
    } slot[SENT_SLOTS];
};

static size_t slot_of(const char *id)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (; *id; id++)
        h = (h ^ (uint8_t)*id) * 1099511628211u;
    return h % SENT_SLOTS;
}

struct sent_table *sent_new(void)
{
    return calloc(1, sizeof(struct sent_table));
}
void sent_free(struct sent_table *t)
{
    free(t);
}

void sent_add(struct sent_table *t, const char *message_id, int64_t job)
{
    size_t i = slot_of(message_id);
    snprintf(t->slot[i].id, sizeof t->slot[i].id, "%s", message_id);
    t->slot[i].job = job;
}

int64_t sent_find(const struct sent_table *t, const char *message_id)
{
    size_t i = slot_of(message_id);
    return strcmp(t->slot[i].id, message_id) == 0 ? t->slot[i].job : 0;
}
