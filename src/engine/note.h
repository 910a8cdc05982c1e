/* SPDX-License-Identifier: Apache-2.0 */
/* What is written down with a change, in its transaction: timeline, audit leaf, usage row. Station 12. Edge.
 */
#ifndef TSM_ENGINE_NOTE_H
#define TSM_ENGINE_NOTE_H

#include <jansson.h>

#include "engine/job.h"
#include "link/talk/talk.h"

/* One line of an order's timeline; `apdus` is a JSON list of {command, answer, text}, secrets masked, "" for
 * none. */
struct note {
    int64_t party;
    struct bytes trace;
    int station; /* DESIGN 3: 1..12 */
    const char *role, *step, *text, *apdus;
    time_us at; /* 0: now */
};
enum tsm_err note_add(struct tx *tx, const struct note *n);
/* What the last reply of a talk said, as one line of the job's timeline; nothing where it said nothing. */
enum tsm_err note_dialogue(struct tx *tx, const struct job *job, const char *role, const struct talk *t);
/* The timeline of a trace as a JSON list; owned by the caller. `since` leaves older ones out. */
enum tsm_err note_list(struct tx *tx, int64_t party, struct bytes trace, time_us since, json_t **out);
/* Notes that came from a partner, as note_list of the other side gave them. */
enum tsm_err note_import(struct tx *tx, int64_t party, struct bytes trace, const json_t *list);

/* A usage row for billing; the key makes it count once. */
enum tsm_err usage_add(struct tx *tx, int64_t party, const char *key, struct bytes trace, const char *what,
                       int64_t units);

#endif
