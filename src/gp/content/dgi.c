/* SPDX-License-Identifier: Apache-2.0 */
/* Data groupings of STORE DATA. Stations 5 and 10. Pure. [GPCS 11.1.12] */
#include "gp/content/dgi.h"

enum { LONG_FORM = 0xFF };

enum tsm_err dgi_write_header(struct writer *w, uint16_t id, size_t len)
{
    struct writer at = *w;
    NEED(len <= DGI_LONG_MAX, TOO_LONG);
    TRY(write_u16(&at, id));
    TRY(len <= DGI_SHORT_MAX ? write_u8(&at, (unsigned)len)
                             : write_u24(&at, (uint32_t)(LONG_FORM << 16 | len)));
    *w = at;
    return TSM_OK;
}

enum tsm_err dgi_write(struct writer *w, uint16_t id, struct bytes value)
{
    struct writer at = *w;
    TRY(dgi_write_header(&at, id, value.len));
    TRY(write_span(&at, value));
    *w = at;
    return TSM_OK;
}

enum tsm_err dgi_next(struct reader *r, struct dgi *out)
{
    struct reader at = *r;
    struct dgi d;
    uint8_t one;
    uint16_t len;
    TRY(read_u16(&at, &d.id));
    TRY(read_u8(&at, &one));
    len = one;
    if (one == LONG_FORM)
        TRY(read_u16(&at, &len));
    TRY(read_span(&at, len, &d.value));
    TRY(bytes_part(r->left, 0, r->left.len - at.left.len, &d.whole));
    *r = at;
    *out = d;
    return TSM_OK;
}
