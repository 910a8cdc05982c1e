/* SPDX-License-Identifier: Apache-2.0 */
/* STORE DATA: a run of numbered blocks. Stations 5 and 8. Pure. [GPCS 11.11.2] */
#include "gp/command/store_data.h"

#include "gp/command/command.h"
#include "gp/content/dgi.h"

enum {
    ENCRYPTION_BITS = 0x60,
    ENCRYPTION_RFU = 0x40,
    STRUCTURE_BITS = 0x18,
    STRUCTURE_RFU = 0x18,
    RFU_BITS = 0x06
};

static size_t blocks_of(size_t len, size_t block_max)
{
    return (len + block_max - 1) / block_max;
}

static enum tsm_err check_part(const struct store_part *part)
{
    NEED(part->data.len != 0, BAD_LENGTH);
    NEED(!(part->p1 & (STORE_LAST | RFU_BITS)), BAD_VALUE);
    NEED((part->p1 & ENCRYPTION_BITS) != ENCRYPTION_RFU, BAD_VALUE);
    NEED((part->p1 & STRUCTURE_BITS) != STRUCTURE_RFU, BAD_VALUE);
    return TSM_OK;
}

enum tsm_err store_plan_make(const struct store_part *parts, size_t count, size_t block_max,
                             struct store_plan *out)
{
    struct store_plan p = {.parts = parts, .count = count, .block_max = block_max};
    NEED(block_max >= 1 && block_max <= APDU_SHORT_DATA_MAX, BAD_VALUE);
    NEED(count >= 1, BAD_LENGTH);
    for (size_t i = 0; i < count; i++) {
        TRY(check_part(&parts[i]));
        p.blocks += blocks_of(parts[i].data.len, block_max);
        NEED(p.blocks <= STORE_BLOCKS_MAX, TOO_LONG);
    }
    *out = p;
    return TSM_OK;
}

enum tsm_err store_plan_block(const struct store_plan *p, size_t n, struct writer *capdu)
{
    struct writer at = *capdu;
    const struct store_part *part = p->parts;
    size_t within = n, from, mark;
    struct bytes block;
    NEED(n < p->blocks, NOT_FOUND);
    while (within >= blocks_of(part->data.len, p->block_max)) {
        within -= blocks_of(part->data.len, p->block_max);
        part++;
    }
    from = within * p->block_max;
    TRY(bytes_part(part->data, from,
                   part->data.len - from < p->block_max ? part->data.len - from : p->block_max, &block));
    TRY(command_open(&at, INS_STORE_DATA, (uint8_t)(part->p1 | (n + 1 == p->blocks ? STORE_LAST : 0)),
                     (uint8_t)n, &mark));
    TRY(write_span(&at, block));
    TRY(command_close(&at, mark, part->p1 & STORE_ANSWER ? 0 : APDU_LE_NONE));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err store_whole_dgis(struct bytes dgis, uint8_t p1, size_t block_max, struct store_part *parts,
                              size_t *count)
{
    struct reader r = READER(dgis);
    struct bytes start = dgis;
    size_t used = 0, filled = 0;
    while (r.left.len) {
        struct dgi d;
        TRY(dgi_next(&r, &d));
        if (d.whole.len > block_max)
            return FAIL(TOO_LONG, "grouping %04X has %zu octets, a block takes %zu", d.id, d.whole.len,
                        block_max);
        if (used == 0 || filled + d.whole.len > block_max) {
            NEED(used < *count, TOO_LONG);
            used++;
            filled = 0;
            start = d.whole;
        }
        filled += d.whole.len;
        parts[used - 1] = (struct store_part){.data = BYTES_OF(start.at, filled), .p1 = p1};
    }
    *count = used;
    return TSM_OK;
}
