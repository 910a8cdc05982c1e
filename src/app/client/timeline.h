/* SPDX-License-Identifier: Apache-2.0 */
/* An order as a person reads it. Stations 1 to 12, seen from outside. */
#ifndef TSM_APP_CLIENT_TIMELINE_H
#define TSM_APP_CLIENT_TIMELINE_H

#include <jansson.h>
#include <stdbool.h>

/* The head of an order: what, where, which state, until when. */
void timeline_head(const json_t *order);
/*
 * The lines of the timeline that are not in `seen` yet (a JSON object used as a set), which then has them;
 * lines of a partner may come late and lie before others. Commands longer than a line are cut unless `full`.
 */
void timeline_lines(const json_t *order, json_t *seen, bool full);
/* How it ended: nothing while it runs; of a failure who has to act, why, and what to do. */
void timeline_end(const json_t *order);
/* One line of a list. */
void timeline_row(const json_t *order);

#endif
