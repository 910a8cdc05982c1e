/* SPDX-License-Identifier: Apache-2.0 */
/* LOAD: a load file cut into blocks. Stations 5 and 8. Pure. [GPCS 11.6.2.3] */
#include "gp/command/load.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { TAG_DAP = 0xE2, TAG_DOMAIN = 0x4F, TAG_SIGNATURE = 0xC3, TAG_LFDB = 0xC4, P1_LAST = 0x80 };

enum tsm_err load_dap_write(struct bytes domain, struct bytes signature, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    TRY(aid_check(domain));
    NEED(signature.len != 0, BAD_LENGTH);
    TRY(tlv_open(&at, TAG_DAP, &mark));
    TRY(tlv_write(&at, TAG_DOMAIN, domain));
    TRY(tlv_write(&at, TAG_SIGNATURE, signature));
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}

enum tsm_err load_plan_make(struct bytes dap, struct bytes lfdb, size_t block_max, struct load_plan *out)
{
    struct load_plan p = {.dap = dap, .lfdb = lfdb, .block_max = block_max};
    struct writer header = WRITER(p.header);
    NEED(lfdb.len != 0, BAD_LENGTH);
    NEED(block_max >= 1 && block_max <= APDU_SHORT_DATA_MAX, BAD_VALUE);
    TRY(tlv_write_tag(&header, TAG_LFDB));
    TRY(tlv_write_length(&header, lfdb.len));
    p.header_len = header.len;
    p.total = dap.len + header.len + lfdb.len;
    p.blocks = (p.total + block_max - 1) / block_max;
    NEED(p.blocks <= LOAD_BLOCKS_MAX, TOO_LONG);
    p.wraps = p.blocks > LOAD_BLOCKS_BEFORE_WRAP;
    *out = p;
    return TSM_OK;
}

/* What lies of `part` in the window of `len` octets at `from`; *from and *len become what is left for the
 * next part. */
static enum tsm_err write_window(struct bytes part, size_t *from, size_t *len, struct writer *w)
{
    struct bytes seen;
    size_t n;
    if (*from >= part.len) {
        *from -= part.len;
        return TSM_OK;
    }
    n = part.len - *from < *len ? part.len - *from : *len;
    TRY(bytes_part(part, *from, n, &seen));
    *from = 0;
    *len -= n;
    return write_span(w, seen);
}

enum tsm_err load_plan_block(const struct load_plan *p, size_t n, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t from = n * p->block_max, len = p->block_max, mark;
    NEED(n < p->blocks, NOT_FOUND);
    TRY(command_open(&at, INS_LOAD, n + 1 == p->blocks ? P1_LAST : 0, (uint8_t)n, &mark));
    TRY(write_window(p->dap, &from, &len, &at));
    TRY(write_window(BYTES_OF(p->header, p->header_len), &from, &len, &at));
    TRY(write_window(p->lfdb, &from, &len, &at));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}
