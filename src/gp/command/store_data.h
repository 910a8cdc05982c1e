/* SPDX-License-Identifier: Apache-2.0 */
/* STORE DATA: a run of numbered blocks. Stations 5 and 8. Pure. [GPCS 11.11] */
#ifndef TSM_GP_COMMAND_STORE_DATA_H
#define TSM_GP_COMMAND_STORE_DATA_H

#include "base/bytes.h"

/* Bits of P1 [GPCS Table 11-89]. */
enum {
    STORE_LAST = 0x80,
    STORE_NO_ENCRYPTION = 0x00,
    STORE_APPLICATION_ENCRYPTION = 0x20, /* as the application knows */
    STORE_ENCRYPTED = 0x60,              /* all values under the DEK */
    STORE_UNSTRUCTURED = 0x00,
    STORE_DGI = 0x08,
    STORE_TLV = 0x10,
    STORE_ANSWER = 0x01, /* ISO case 4: an answer may come */
};
enum { STORE_BLOCKS_MAX = 256, STORE_PARTS_MAX = 64 };

/* A piece of the data with its own P1 bits (any of the above but STORE_LAST): it starts with a new block.
 * Borrowed. */
struct store_part {
    struct bytes data;
    uint8_t p1;
};

/* A run: the parts one after the other, cut at block_max, numbered from 00; the very last block says so. A
 * run that was broken off starts again at block 0. */
struct store_plan {
    const struct store_part *parts; /* borrowed */
    size_t count, block_max, blocks;
};

/* BAD_VALUE for a block_max outside 1..255 or P1 bits that have no meaning, BAD_LENGTH for an empty part,
 * TOO_LONG above STORE_BLOCKS_MAX blocks. */
enum tsm_err store_plan_make(const struct store_part *parts, size_t count, size_t block_max,
                             struct store_plan *out);
/* Appends the plain STORE DATA command of block n, 0 to blocks-1; NOT_FOUND else. */
enum tsm_err store_plan_block(const struct store_plan *p, size_t n, struct writer *capdu);

/*
 * For applications that want whole groupings in each command: cuts `dgis` into parts that each fit one block.
 * TOO_LONG when one grouping alone does not fit or `cap` parts are too few.
 */
enum tsm_err store_whole_dgis(struct bytes dgis, uint8_t p1, size_t block_max, struct store_part *parts,
                              size_t *count /* in: room, out: used */);

#endif
