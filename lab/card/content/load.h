/* SPDX-License-Identifier: Apache-2.0 */
/* A load file on its way into the card: the request of INSTALL [for load] and what LOAD has brought so far
 * (station 10, the card's side); pure; GPCS 2.3.1 9.3.5, 11.6. */
#ifndef LAB_CARD_CONTENT_LOAD_H
#define LAB_CARD_CONTENT_LOAD_H

#include "card/model/model.h"

#define LOAD_MAX_HEAD     6 /* tag and BER length of a block of the load file */
#define LOAD_MAX_DAPS     4
#define LOAD_MAX_DAP      1024
#define LOAD_MAX_TOKEN_ID 32

enum load_stage { LOAD_HEAD, LOAD_DAP, LOAD_DATA, LOAD_COMPLETE };

struct load {
    struct aid aid;
    struct app *owner; /* the security domain the load file will belong to */
    uint8_t hash[DIGEST_MAX];
    size_t hash_len; /* 0 = none given */
    uint32_t blocks;
    enum load_stage stage;
    uint8_t head[LOAD_MAX_HEAD];
    size_t head_len;
    size_t size, got; /* of the block that is being received */
    uint8_t *data;    /* load file data block; booked as card memory */
    uint8_t dap[LOAD_MAX_DAP];
    struct aid verified[LOAD_MAX_DAPS]; /* domains whose DAP was right */
    size_t verified_count;
    bool delegated; /* a token has allowed it: the last LOAD answers with a receipt */
    uint8_t token_id[LOAD_MAX_TOKEN_ID];
    size_t token_id_len;
};

/* Forgets a partial load and gives its memory back. */
void load_drop(struct card *c, struct channel *ch);
/* True when a load file on its way into the card will belong to `sd`. */
bool load_is_bound_for(const struct card *c, const struct app *sd);

#endif
