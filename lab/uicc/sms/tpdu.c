/* SPDX-License-Identifier: Apache-2.0 */
/* Short message TPDUs: SMS-DELIVER and SMS-SUBMIT, read and written, and the user data header. Pure (station
 * 8, the handset's half). [TS 23.040 9.1.2.5, 9.2.2.1, 9.2.2.2, 9.2.3.24] */
#include "uicc/sms/tpdu.h"

#include <string.h>

enum {
    MTI_MASK = 0x03,
    MTI_DELIVER = 0x00,
    MTI_SUBMIT = 0x01,
    VPF_MASK = 0x18,
    UDHI = 0x40,
    SCTS_LEN = 7,
    IE_CONCATENATED = 0x00,
    IE_CONCATENATED_16 = 0x08,
    IE_COMMAND_PACKET = 0x70,
    MAX_ELEMENTS = 20
};

static const char semi_octets[] = "0123456789*#abc";

size_t sms_write_digits(const char *digits, uint8_t *out)
{
    size_t n = strlen(digits);
    for (size_t i = 0; i < n; i++) {
        const char *found = strchr(semi_octets, digits[i]);
        uint8_t nibble = found ? (uint8_t)(found - semi_octets) : 0x0F;
        if (i % 2 == 0)
            out[i / 2] = (uint8_t)(0xF0 | nibble);
        else
            out[i / 2] = (uint8_t)((out[i / 2] & 0x0F) | nibble << 4);
    }
    return (n + 1) / 2;
}

/* ---- writing ---- */

static size_t write_address(const struct sms_address *a, uint8_t *out)
{
    out[0] = (uint8_t)strlen(a->digits);
    out[1] = a->type;
    return 2 + sms_write_digits(a->digits, out + 2);
}

static bool fits(const struct sms_tpdu *t)
{
    return t->user_data_len <= SMS_MAX_USER_DATA &&
           strspn(t->from_or_to.digits, semi_octets) == strlen(t->from_or_to.digits);
}

static size_t write_user_data(const struct sms_tpdu *t, uint8_t *out)
{
    out[0] = (uint8_t)t->user_data_len;
    memcpy(out + 1, t->user_data, t->user_data_len);
    return 1 + t->user_data_len;
}

size_t sms_write_deliver(const struct sms_tpdu *t, uint8_t *out)
{
    size_t n = 1;
    if (!fits(t))
        return 0;
    out[0] = MTI_DELIVER | (t->header ? UDHI : 0);
    n += write_address(&t->from_or_to, out + n);
    out[n++] = t->protocol_id;
    out[n++] = t->data_coding;
    memcpy(out + n, t->timestamp, SCTS_LEN);
    n += SCTS_LEN;
    return n + write_user_data(t, out + n);
}

size_t sms_write_submit(const struct sms_tpdu *t, uint8_t *out)
{
    size_t n = 2;
    if (!fits(t))
        return 0;
    out[0] = MTI_SUBMIT | (t->header ? UDHI : 0); /* no validity period */
    out[1] = t->reference;
    n += write_address(&t->from_or_to, out + n);
    out[n++] = t->protocol_id;
    out[n++] = t->data_coding;
    return n + write_user_data(t, out + n);
}

/* ---- reading ---- */

/* Reads the address at `*at` and moves behind it. */
static bool read_address(const uint8_t *in, size_t n, size_t *at, struct sms_address *a)
{
    if (n - *at < 2 || in[*at] > SMS_MAX_DIGITS)
        return false;
    size_t digits = in[*at];
    size_t octets = (digits + 1) / 2;
    a->type = in[*at + 1];
    *at += 2;
    if (n - *at < octets)
        return false;
    for (size_t i = 0; i < digits; i++) {
        uint8_t nibble = (uint8_t)(in[*at + i / 2] >> (i % 2 ? 4 : 0)) & 0x0F;
        if (nibble == 0x0F)
            return false;
        a->digits[i] = semi_octets[nibble];
    }
    a->digits[digits] = '\0';
    *at += octets;
    return true;
}

static bool read_user_data(const uint8_t *in, size_t n, size_t at, struct sms_tpdu *t)
{
    if (n - at < 1 || in[at] > SMS_MAX_USER_DATA || n - at - 1 != in[at])
        return false;
    t->user_data_len = in[at];
    t->user_data = in + at + 1;
    return true;
}

bool sms_read_deliver(const uint8_t *in, size_t n, struct sms_tpdu *out)
{
    struct sms_tpdu t = {0};
    size_t at = 1;
    if (n < 1 || (in[0] & MTI_MASK) != MTI_DELIVER || !read_address(in, n, &at, &t.from_or_to))
        return false;
    t.header = in[0] & UDHI;
    if (n - at < 2 + SCTS_LEN)
        return false;
    t.protocol_id = in[at];
    t.data_coding = in[at + 1];
    memcpy(t.timestamp, in + at + 2, SCTS_LEN);
    if (!read_user_data(in, n, at + 2 + SCTS_LEN, &t))
        return false;
    *out = t;
    return true;
}

bool sms_read_submit(const uint8_t *in, size_t n, struct sms_tpdu *out)
{
    struct sms_tpdu t = {0};
    size_t at = 2;
    if (n < 2 || (in[0] & MTI_MASK) != MTI_SUBMIT || (in[0] & VPF_MASK) != 0)
        return false;
    t.header = in[0] & UDHI;
    t.reference = in[1];
    if (!read_address(in, n, &at, &t.from_or_to) || n - at < 2)
        return false;
    t.protocol_id = in[at];
    t.data_coding = in[at + 1];
    if (!read_user_data(in, n, at + 2, &t))
        return false;
    *out = t;
    return true;
}

/* One information element into the summary. */
static bool read_element(uint8_t tag, const uint8_t *value, size_t len, struct sms_header *h)
{
    if (tag == IE_COMMAND_PACKET) {
        h->command = true;
        return len == 0;
    }
    if (tag != IE_CONCATENATED && tag != IE_CONCATENATED_16)
        return true; /* not ours: skipped, as the standard asks */
    size_t reference_len = tag == IE_CONCATENATED ? 1 : 2;
    if (len != reference_len + 2)
        return false;
    h->concatenated = true;
    h->reference = (uint16_t)(reference_len == 1 ? value[0] : value[0] << 8 | value[1]);
    h->total = value[reference_len];
    h->number = value[reference_len + 1];
    return h->total > 0 && h->number > 0 && h->number <= h->total;
}

bool sms_read_header(const uint8_t *in, size_t n, struct sms_header *out, size_t *behind)
{
    struct sms_header h = {0};
    size_t at = 1, elements = 0;
    if (n < 1 || in[0] > n - 1)
        return false;
    size_t end = 1 + (size_t)in[0];
    while (at < end) {
        if (end - at < 2 || end - at - 2 < in[at + 1] || ++elements > MAX_ELEMENTS)
            return false;
        if (elements == 1)
            h.first_element = in[at];
        if (!read_element(in[at], in + at + 2, in[at + 1], &h))
            return false;
        at += 2 + (size_t)in[at + 1];
    }
    *out = h;
    *behind = end;
    return true;
}
