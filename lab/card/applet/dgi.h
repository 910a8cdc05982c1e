/* SPDX-License-Identifier: Apache-2.0 */
/* Data groups in a run of STORE DATA commands: one group may span commands, several may share one (station
 * 10, the card's side); pure; EMV CPS 1.1 2.2, GPCS 2.3.1 11.11.2.3, 11.1.12. */
#ifndef LAB_CARD_APPLET_DGI_H
#define LAB_CARD_APPLET_DGI_H

#include "card/applet/applet.h"

#define DGI_MAX_VALUE 2048

struct dgi {
    uint16_t id;
    const uint8_t *value; /* decrypted when the command said so */
    size_t len;
    bool encrypted;
};

/* Takes one whole group; returns a status word. */
typedef uint16_t dgi_taker(void *context, const struct dgi *d);

/* The group that is being received. */
struct dgi_stream {
    uint16_t id;
    bool open, encrypted;
    size_t need, got;
    uint8_t value[DGI_MAX_VALUE];
};

void dgi_restart(struct dgi_stream *s);
/* Feeds one command's data field; `take` is called for every group that is complete. */
uint16_t dgi_feed(struct dgi_stream *s, const struct store_data *cmd, dgi_taker *take, void *context);

#endif
