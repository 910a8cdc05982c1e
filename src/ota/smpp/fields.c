/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of SMPP PDUs: texts that end with 0, optional parameters. Stations 8 and 10. Pure.
 * [SMPP 3.4 3.1, 3.2]
 */
#include "ota/smpp/fields.h"

enum tsm_err smpp_text_read(struct reader *r, char *out, size_t room)
{
    struct bytes text, rest = r->left;
    size_t n = 0;
    while (n < rest.len && rest.at[n] != 0)
        n++;
    NEED(n < room, TOO_LONG);
    NEED(n < rest.len, SHORT_INPUT);
    TRY(read_span(r, n + 1, &text));
    memcpy(out, text.at, n + 1);
    return TSM_OK;
}

enum tsm_err smpp_text_write(struct writer *w, const char *text, size_t room)
{
    size_t n = strnlen(text, room);
    NEED(n < room, BAD_VALUE);
    return write_span(w, BYTES_OF((const uint8_t *)text, n + 1));
}

enum tsm_err smpp_tlv_read(struct reader *r, struct smpp_tlv *out)
{
    struct smpp_tlv t;
    uint16_t len;
    TRY(read_u16(r, &t.tag));
    TRY(read_u16(r, &len));
    TRY(read_span(r, len, &t.value));
    *out = t;
    return TSM_OK;
}

enum tsm_err smpp_tlv_write(struct writer *w, uint16_t tag, struct bytes value)
{
    NEED(value.len <= 0xFFFF, TOO_LONG);
    TRY(write_u16(w, tag));
    TRY(write_u16(w, (unsigned)value.len));
    return write_span(w, value);
}

enum tsm_err smpp_tlv_text(struct bytes value, char *out, size_t room)
{
    size_t n = value.len;
    if (n && value.at[n - 1] == 0)
        n--;
    NEED(n < room, TOO_LONG);
    for (size_t i = 0; i < n; i++)
        NEED(value.at[i] != 0, BAD_VALUE);
    if (n)
        memcpy(out, value.at, n);
    out[n] = 0;
    return TSM_OK;
}
