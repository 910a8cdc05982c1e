/* SPDX-License-Identifier: Apache-2.0 */
/* Command chaining by b8 of P1. Stations 5 and 8. Pure. [GPCS 11.1.5.1] */
#include "gp/delegated/chain.h"

#include "gp/apdu/ins.h"

enum { P1_MORE = 0x80, GP_CHAIN_MAX = 2048 /* data of all pieces */ };

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

bool command_chain_goes_on(struct bytes capdu)
{
    struct apdu a;
    return apdu_read(capdu, &a) == TSM_OK && knows_chains(a.ins) && (a.p1 & P1_MORE);
}

enum tsm_err command_chain_join(struct bytes whole, struct bytes more, struct writer *capdu)
{
    uint8_t room[GP_CHAIN_MAX];
    struct writer data = WRITER(room);
    struct apdu before, next;
    TRY(apdu_read(whole, &before));
    TRY(apdu_read(more, &next));
    if (!command_chain_goes_on(whole) || before.cla != next.cla || before.ins != next.ins ||
        before.p2 != next.p2 || (before.p1 | P1_MORE) != (next.p1 | P1_MORE))
        return FAIL(BAD_VALUE, "command %02X with P1 %02X is not the next piece of the chain", next.ins,
                    next.p1);
    TRY(write_span(&data, before.data));
    TRY(write_span(&data, next.data));
    next.data = written(&data);
    return apdu_write(&next, capdu);
}
