/* SPDX-License-Identifier: Apache-2.0 */
/* A card within the handset's process, kept in a file between two calls. Edge (station 10, the card's side).
 */
#ifndef LAB_HANDSET_APP_POCKET_H
#define LAB_HANDSET_APP_POCKET_H

#include "card/card.h"

/* The card in the file, or a new one when path is NULL or there is no file yet. NULL for a file that holds no
 * card of this configuration. */
struct card *pocket_open(const char *path, const struct card_config *cfg);
/* Keeps a card that was reset. False when it cannot be: the file is as it was. */
bool pocket_close(const char *path, const struct card_config *cfg, const struct card *c);

#endif
