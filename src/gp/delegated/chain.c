/* SPDX-License-Identifier: Apache-2.0 */
/* Command chaining by b8 of P1. Stations 5 and 8. Pure. [GPCS 11.1.5.1] */
#include "gp/delegated/chain.h"

#include "gp/apdu/ins.h"

enum { P1_MORE = 0x80 };

static bool knows_chains(uint8_t ins)
{
    return ins == INS_DELETE || ins == INS_INSTALL || ins == INS_PUT_KEY;
}

enum tsm_err command_chain_make(struct bytes capdu, size_t block_max, struct command_chain *out)
{
    struct command_chain c = {.block_max = block_max};
    NEED(block_max >= 1 && block_max <= APDU_SHORT_DATA_MAX, BAD_VALUE);
    TRY(apdu_read(capdu, &c.whole));
    if (!knows_chains(c.whole.ins) || (c.whole.p1 & P1_MORE))
        return FAIL(BAD_VALUE, "command %02X with P1 %02X is not cut into a chain", c.whole.ins, c.whole.p1);
    c.blocks = c.whole.data.len ? (c.whole.data.len + block_max - 1) / block_max : 1;
    *out = c;
    return TSM_OK;
}

enum tsm_err command_chain_block(const struct command_chain *c, size_t n, struct writer *capdu)
{
    struct apdu piece = c->whole;
    size_t from = n * c->block_max, left;
    NEED(n < c->blocks, NOT_FOUND);
    left = c->whole.data.len - from;
    TRY(bytes_part(c->whole.data, from, left < c->block_max ? left : c->block_max, &piece.data));
    if (n + 1 < c->blocks)
        piece.p1 |= P1_MORE;
    piece.le = 0;
    return apdu_write(&piece, capdu);
}
