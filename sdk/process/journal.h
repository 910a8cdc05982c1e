/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What outlives the app: a small file of the processes that are under way, so that the next start goes on
 * with them. Written whole under another name and renamed; readable by the app's user alone; it holds ids, no
 * tokens and no data. Edge. [docs/tsm-api.md "Processes"]
 */
#ifndef OPENTSM_SDK_JOURNAL_H
#define OPENTSM_SDK_JOURNAL_H

#include "client/client.h"
#include "wire/answer.h"

enum { JOURNAL_MAX_ENTRIES = 16, JOURNAL_MAX_INSTANCES = 32 };

#define JOURNAL_NAME "opentsm-processes.json"

/* All do nothing without a state folder; a file that cannot be read counts as empty, one that cannot be
 * written is a warning in the log. */

/* A process is about to be asked for. One of this instance that is known already stays known. */
void journal_intend(struct tsm_api *api, const char *instance);
/* The process that came of it. */
void journal_begun(struct tsm_api *api, const char *instance, const char *process);
/* It is over ("" for process: nothing came of the intention). */
void journal_over(struct tsm_api *api, const char *instance, const char *process);
/* The service of an instance, as it was seen. */
void journal_service(struct tsm_api *api, const char *instance, const char *service);

struct journal_entry {
    char instance[UUID_LEN + 1], process[UUID_LEN + 1], service[UUID_LEN + 1]; /* the last two may be "" */
};
/* The entry of this instance, or (NULL) the first; false when there is none. */
bool journal_find(struct tsm_api *api, const char *instance, struct journal_entry *out);

#endif
