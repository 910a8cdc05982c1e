/* SPDX-License-Identifier: Apache-2.0 */
/* Command and response APDUs as octets and back, short and extended. Stations 5, 7 and 10. Pure.
 * [ISO 7816-4 5.1] */
#include "gp/apdu/apdu.h"

static bool is_extended(const struct apdu *a)
{
    return a->data.len > APDU_SHORT_DATA_MAX || a->le > APDU_SHORT_LE_MAX;
}

static enum tsm_err write_short_body(const struct apdu *a, struct writer *w)
{
    if (a->data.len)
        TRY(write_lv(w, a->data));
    if (a->le != APDU_LE_NONE)
        TRY(write_u8(w, (unsigned)a->le & 0xFF));
    return TSM_OK;
}

static enum tsm_err write_extended_body(const struct apdu *a, struct writer *w)
{
    TRY(write_u8(w, 0));
    if (a->data.len) {
        TRY(write_u16(w, (unsigned)a->data.len));
        TRY(write_span(w, a->data));
    }
    if (a->le != APDU_LE_NONE)
        TRY(write_u16(w, (unsigned)a->le & 0xFFFF));
    return TSM_OK;
}

enum tsm_err apdu_write(const struct apdu *a, struct writer *w)
{
    struct writer at = *w;
    NEED(a->data.len <= APDU_DATA_MAX, TOO_LONG);
    NEED(a->le >= APDU_LE_NONE && a->le <= APDU_LE_MAX, BAD_VALUE);
    TRY(write_u8(&at, a->cla));
    TRY(write_u8(&at, a->ins));
    TRY(write_u8(&at, a->p1));
    TRY(write_u8(&at, a->p2));
    TRY(is_extended(a) ? write_extended_body(a, &at) : write_short_body(a, &at));
    *w = at;
    return TSM_OK;
}

/* After an Lc other than zero: the data, then Le of `le_len` octets or nothing. */
static enum tsm_err read_data_le(struct reader *r, size_t lc, size_t le_len, struct apdu *a)
{
    uint8_t le8;
    uint16_t le16;
    TRY(read_span(r, lc, &a->data));
    if (r->left.len == 0)
        return TSM_OK;
    if (le_len == 1) {
        TRY(read_u8(r, &le8));
        a->le = le8;
        return TSM_OK;
    }
    TRY(read_u16(r, &le16));
    a->le = le16 ? le16 : APDU_LE_MAX;
    return TSM_OK;
}

static enum tsm_err read_extended_body(struct reader *r, struct apdu *a)
{
    uint16_t n;
    TRY(read_u16(r, &n));
    if (r->left.len == 0) {
        a->le = n ? n : APDU_LE_MAX;
        return TSM_OK;
    }
    NEED(n != 0, BAD_LENGTH);
    return read_data_le(r, n, 2, a);
}

/* Cases 1 to 4: nothing, Le, Lc data, Lc data Le. */
static enum tsm_err read_body(struct reader *r, struct apdu *a)
{
    uint8_t first;
    if (r->left.len == 0)
        return TSM_OK;
    TRY(read_u8(r, &first));
    if (r->left.len == 0) {
        a->le = first;
        return TSM_OK;
    }
    return first ? read_data_le(r, first, 1, a) : read_extended_body(r, a);
}

enum tsm_err apdu_read(struct bytes capdu, struct apdu *out)
{
    struct reader r = READER(capdu);
    struct apdu a = {.le = APDU_LE_NONE};
    TRY(read_u8(&r, &a.cla));
    TRY(read_u8(&r, &a.ins));
    TRY(read_u8(&r, &a.p1));
    TRY(read_u8(&r, &a.p2));
    TRY(read_body(&r, &a));
    TRY(read_end(&r));
    *out = a;
    return TSM_OK;
}

enum tsm_err rapdu_read(struct bytes answer, struct rapdu *out)
{
    struct reader r = READER(answer);
    struct rapdu a;
    NEED(answer.len >= 2, SHORT_INPUT);
    TRY(read_span(&r, answer.len - 2, &a.data));
    TRY(read_u16(&r, &a.sw));
    *out = a;
    return TSM_OK;
}
