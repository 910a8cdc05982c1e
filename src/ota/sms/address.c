/* SPDX-License-Identifier: Apache-2.0 */
/* Telephone addresses of short messages. Stations 8 and 10. Pure. [TS 23.040 9.1.2.5] */
#include "ota/sms/address.h"

#include <string.h>

static const char semi_octets[] = "0123456789*#abcf"; /* [TS 23.040 9.1.2.3]: A to E, then the filler */

enum { TYPE_EXTENSION = 0x80, FILL = 0xF };

static size_t octets(const struct sms_address *a)
{
    return (a->digits + 1u) / 2;
}

enum tsm_err sms_address_read(struct reader *r, struct sms_address *out)
{
    struct sms_address a = {0};
    TRY(read_u8(r, &a.digits));
    NEED(a.digits <= ADDRESS_DIGITS_MAX, TOO_LONG);
    TRY(read_u8(r, &a.type));
    NEED(a.type & TYPE_EXTENSION, BAD_VALUE);
    TRY(read_copy(r, octets(&a), a.bcd));
    *out = a;
    return TSM_OK;
}

enum tsm_err sms_address_write(struct writer *w, const struct sms_address *a)
{
    NEED(a->digits <= ADDRESS_DIGITS_MAX, TOO_LONG);
    TRY(write_u8(w, a->digits));
    TRY(write_u8(w, a->type));
    return write_span(w, BYTES_OF(a->bcd, octets(a)));
}

enum tsm_err sms_address_of(const char *digits, uint8_t type, struct sms_address *out)
{
    struct sms_address a = {.type = type};
    size_t n = strlen(digits);
    NEED(n <= ADDRESS_DIGITS_MAX, TOO_LONG);
    for (size_t i = 0; i < n; i++) {
        const char *at = strchr(semi_octets, digits[i]);
        NEED(at != NULL && *at != 'f', BAD_FORM);
        a.bcd[i / 2] |= (uint8_t)((at - semi_octets) << (i % 2 ? 4 : 0));
    }
    if (n % 2)
        a.bcd[n / 2] |= FILL << 4;
    a.digits = (uint8_t)n;
    *out = a;
    return TSM_OK;
}

char *sms_address_text(const struct sms_address *a, char out[ADDRESS_DIGITS_MAX + 1])
{
    size_t n = a->digits <= ADDRESS_DIGITS_MAX ? a->digits : ADDRESS_DIGITS_MAX;
    for (size_t i = 0; i < n; i++)
        out[i] = semi_octets[a->bcd[i / 2] >> (i % 2 ? 4 : 0) & 0xF];
    out[n] = 0;
    return out;
}
