/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of a handset as the TSM-API wants them: cards within this process, elements behind TCP in
 * vpcd framing, whichever side listens, and cards in readers of this machine. Edge (station 9, the handset's
 * side). */
#ifndef LAB_HANDSET_APP_READER_H
#define LAB_HANDSET_APP_READER_H

#include "handset/app/words.h"

struct readers;

/* Thaws the cards that have a state. NULL and a message on standard error when one cannot be made. */
struct readers *readers_new(const struct se_words *se, size_t n);
/* Freezes them again and takes the power. */
void readers_free(struct readers *r);
struct tsm_api_transport readers_transport(struct readers *r);

#endif
