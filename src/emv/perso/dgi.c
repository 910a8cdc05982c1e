/* SPDX-License-Identifier: Apache-2.0 */
/* Data groupings of card personalisation. Stations 5 and 8. Pure. [EMV CPS 1.1 3.2] */
#include "emv/perso/dgi.h"

enum { LONG_FORM = 0xFF };

enum tsm_err cps_dgi_write_head(struct writer *w, uint16_t id, size_t len)
{
    struct writer at = *w;
    NEED(len <= CPS_DGI_VALUE_MAX, TOO_LONG);
    TRY(write_u16(&at, id));
    if (len > CPS_DGI_SHORT_MAX) {
        TRY(write_u8(&at, LONG_FORM));
        TRY(write_u16(&at, (unsigned)len));
    } else {
        TRY(write_u8(&at, (unsigned)len));
    }
    *w = at;
    return TSM_OK;
}

enum tsm_err cps_dgi_write(struct writer *w, uint16_t id, struct bytes value)
{
    struct writer at = *w;
    TRY(cps_dgi_write_head(&at, id, value.len));
    TRY(write_span(&at, value));
    *w = at;
    return TSM_OK;
}

enum tsm_err cps_dgi_read(struct reader *r, struct cps_dgi *out)
{
    struct reader at = *r;
    struct cps_dgi d = {.encrypted = false};
    uint8_t small;
    uint16_t len;
    TRY(read_u16(&at, &d.id));
    TRY(read_u8(&at, &small));
    len = small;
    if (small == LONG_FORM) {
        TRY(read_u16(&at, &len));
        NEED(len > CPS_DGI_SHORT_MAX, BAD_LENGTH);
    }
    TRY(read_span(&at, len, &d.value));
    *r = at;
    *out = d;
    return TSM_OK;
}

size_t cps_dgi_len(size_t value_len)
{
    return (value_len > CPS_DGI_SHORT_MAX ? CPS_DGI_HEAD_MAX : CPS_DGI_HEAD_MAX - 2) + value_len;
}
