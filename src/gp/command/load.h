/* SPDX-License-Identifier: Apache-2.0 */
/* LOAD: a load file cut into blocks of the size that channel and bearer leave. Stations 5 and 8. Pure.
 * [GPCS 11.6] */
#ifndef TSM_GP_COMMAND_LOAD_H
#define TSM_GP_COMMAND_LOAD_H

#include "gp/content/confirmation.h"

enum {
    LOAD_BLOCKS_BEFORE_WRAP = 256, /* P2 counts 00 to FF; some cards refuse to go on at 00 */
    LOAD_BLOCKS_MAX = 4096,
};

/* The load file (DAP blocks, header of C4, load file data block) is cut as it stands; nothing is copied. */
struct load_plan {
    struct bytes dap, lfdb; /* borrowed */
    uint8_t header[4];      /* C4 and its length */
    size_t header_len, block_max, blocks, total;
    bool wraps; /* more than LOAD_BLOCKS_BEFORE_WRAP */
};

/* One DAP block: E2 {4F domain, C3 signature} [GPCS Table 11-58]. */
enum tsm_err load_dap_write(struct bytes domain, struct bytes signature, struct writer *w);
/*
 * Plans a load. `dap`: DAP blocks or empty. `block_max`: data octets of one plain LOAD, 1 to 255
 * (channel_block_max, 9F65 of the domain, what the bearer leaves). BAD_LENGTH for an empty file, TOO_LONG
 * above 65535 octets of load file data block or LOAD_BLOCKS_MAX blocks.
 */
enum tsm_err load_plan_make(struct bytes dap, struct bytes lfdb, size_t block_max, struct load_plan *out);
/* Appends the plain LOAD command of block n, 0 to blocks-1; NOT_FOUND else. */
enum tsm_err load_plan_block(const struct load_plan *p, size_t n, struct writer *capdu);

#endif
