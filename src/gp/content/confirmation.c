/* SPDX-License-Identifier: Apache-2.0 */
/* Confirmations of content management. Stations 10 and 11. Pure. [GPCS 11.1.6, Tables 11-13 and 11-14] */
#include "gp/content/confirmation.h"

#include "gp/tlv.h"

enum { COUNTER_LEN = 2 };

static enum tsm_err read_confirmation(struct bytes body, struct gp_confirmation *c)
{
    struct reader r = READER(body);
    struct bytes counter;
    struct reader n;
    size_t len;
    TRY(tlv_read_length(&r, &len));
    TRY(read_span(&r, len, &c->receipt));
    c->data = r.left;
    TRY(read_lv(&r, &counter));
    n = (struct reader){counter};
    TRY(read_u16(&n, &c->counter));
    TRY(read_end(&n));
    TRY(read_lv(&r, &c->sd_unique));
    if (r.left.len)
        TRY(read_lv(&r, &c->token_id));
    if (r.left.len)
        TRY(read_lv(&r, &c->token_digest));
    return read_end(&r);
}

enum tsm_err confirmation_read(struct bytes data, struct gp_confirmation *out)
{
    struct gp_confirmation c = {0};
    struct reader r = READER(data);
    struct bytes body;
    size_t len = 0;
    if (data.len)
        TRY(tlv_read_length(&r, &len));
    TRY(read_span(&r, len, &body));
    TRY(read_end(&r));
    c.present = len != 0;
    if (c.present)
        TRY(read_confirmation(body, &c));
    *out = c;
    return TSM_OK;
}

enum tsm_err confirmation_write(const struct gp_confirmation *c, struct writer *w)
{
    struct writer at = *w;
    uint8_t *slot;
    size_t from = w->len, content;
    if (!c->present)
        return write_u8(w, 0);
    TRY(tlv_write_length(&at, c->receipt.len));
    TRY(write_span(&at, c->receipt));
    TRY(write_u8(&at, COUNTER_LEN));
    TRY(write_u16(&at, c->counter));
    TRY(write_lv(&at, c->sd_unique));
    if (c->token_id.len || c->token_digest.len)
        TRY(write_lv(&at, c->token_id));
    if (c->token_digest.len)
        TRY(write_lv(&at, c->token_digest));
    content = at.len - from;
    if (content > 255)
        return FAIL(TOO_LONG, "a confirmation has at most 255 octets, not %zu: a receipt of RSA is too long",
                    (size_t)content);
    TRY(write_insert(&at, from, content > 127 ? 2 : 1, &slot));
    TRY(tlv_write_length(&(struct writer){slot, 0, 2}, content));
    *w = at;
    return TSM_OK;
}
