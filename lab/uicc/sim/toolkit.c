/* SPDX-License-Identifier: Apache-2.0 */
/* The toolkit's data objects on both sides of the card's contacts: SMS-PP download, SEND SHORT MESSAGE,
 * TERMINAL RESPONSE, and the queue of proactive commands. Pure (stations 8 and 10). [TS 102 223 6.6.9, 8, 9;
 * TS 31.111 7.1.1] */
#include "uicc/sim/toolkit.h"

#include "common/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAG_PROACTIVE = 0xD0,
    TAG_SMS_PP_DOWNLOAD = 0xD1,
    TAG_COMMAND_DETAILS = 0x01,
    TAG_DEVICE_IDENTITIES = 0x02,
    TAG_RESULT = 0x03,
    TAG_ADDRESS = 0x06,
    TAG_SMS_TPDU = 0x0B,
    COMPREHENSION = 0x80, /* the bit every COMPREHENSION-TLV tag may carry */
    DEVICE_UICC = 0x81,
    DEVICE_TERMINAL = 0x82,
    DEVICE_NETWORK = 0x83
};

/* ---- BER with lengths of one or two octets, as the toolkit uses it ---- */

static void put_length(struct out *o, size_t len)
{
    if (len > 0x7F)
        out_number(o, 0x81, 1);
    out_number(o, len, 1);
}

static void put_object(struct out *o, uint8_t tag, const uint8_t *value, size_t len)
{
    out_number(o, tag, 1);
    put_length(o, len);
    out_bytes(o, value, len);
}

static size_t object_len(size_t value_len)
{
    return value_len + (value_len > 0x7F ? 3 : 2);
}

/* Reads the object at `*at`, moves behind it; false when it overruns. */
static bool next_object(const uint8_t *in, size_t n, size_t *at, uint8_t *tag, size_t *len)
{
    if (n - *at < 2)
        return false;
    *tag = in[*at];
    *len = in[*at + 1];
    *at += 2;
    if (*len == 0x81) {
        if (n - *at < 1)
            return false;
        *len = in[(*at)++];
    } else if (*len > 0x7F) {
        return false;
    }
    return *len <= n - *at;
}

/* The value of the first object with this tag, comprehension bit or not. */
static const uint8_t *find(const uint8_t *in, size_t n, uint8_t tag, size_t *len)
{
    uint8_t found;
    for (size_t at = 0; at < n; at += *len) {
        if (!next_object(in, n, &at, &found, len))
            return NULL;
        if ((found & ~COMPREHENSION) == tag)
            return in + at;
    }
    return NULL;
}

/* The content of the one outer object; NULL when it is not `tag` or does not fill the input. */
static const uint8_t *unwrap(const uint8_t *in, size_t n, uint8_t tag, size_t *len)
{
    size_t at = 0;
    uint8_t found;
    if (!next_object(in, n, &at, &found, len) || found != tag || at + *len != n)
        return NULL;
    return in + at;
}

/* ---- the card ---- */

bool toolkit_queue(struct toolkit *t, const uint8_t *tlvs, size_t n)
{
    struct out o;
    if (object_len(n) > TOOLKIT_MAX_COMMAND)
        return false;
    struct proactive *p = malloc(sizeof *p + object_len(n));
    if (!p)
        return false;
    out_init(&o, p->octets, object_len(n));
    put_object(&o, TAG_PROACTIVE, tlvs, n);
    p->len = o.len;
    p->next = NULL;
    if (t->tail)
        t->tail->next = p;
    else
        t->head = p;
    t->tail = p;
    return true;
}

void toolkit_send_short_message(struct toolkit *t, const struct sms_tpdu *submit)
{
    static const uint8_t details[] = {0x01, TOOLKIT_SEND_SHORT_MESSAGE, 0x00};
    static const uint8_t devices[] = {DEVICE_UICC, DEVICE_NETWORK};
    uint8_t tpdu[SMS_MAX_TPDU], command[TOOLKIT_MAX_COMMAND];
    struct sms_tpdu numbered = *submit;
    struct out o;
    numbered.reference = t->message_reference++;
    size_t len = sms_write_submit(&numbered, tpdu);
    out_init(&o, command, sizeof command);
    put_object(&o, TAG_COMMAND_DETAILS | COMPREHENSION, details, sizeof details);
    put_object(&o, TAG_DEVICE_IDENTITIES | COMPREHENSION, devices, sizeof devices);
    put_object(&o, TAG_SMS_TPDU | COMPREHENSION, tpdu, len);
    toolkit_queue(t, command, o.len); /* no memory: the answer is lost, which the sender has to bear anyway */
}

size_t toolkit_waiting(const struct toolkit *t)
{
    return t->head ? t->head->len : 0;
}

bool toolkit_in_session(const struct toolkit *t)
{
    return t->fetched;
}

size_t toolkit_fetch(struct toolkit *t, uint8_t *out)
{
    if (!t->head)
        return 0;
    t->fetched = true;
    memcpy(out, t->head->octets, t->head->len);
    return t->head->len;
}

void toolkit_done(struct toolkit *t)
{
    struct proactive *p = t->head;
    if (!p || !t->fetched)
        return;
    t->fetched = false;
    t->head = p->next;
    if (!t->head)
        t->tail = NULL;
    free(p);
}

void toolkit_clear(struct toolkit *t)
{
    while (t->head) {
        t->fetched = true;
        toolkit_done(t);
    }
    t->fetched = false;
}

bool toolkit_read_download(const uint8_t *in, size_t n, struct sms_tpdu *deliver)
{
    size_t len, tpdu_len;
    const uint8_t *body = unwrap(in, n, TAG_SMS_PP_DOWNLOAD, &len);
    const uint8_t *tpdu = body ? find(body, len, TAG_SMS_TPDU, &tpdu_len) : NULL;
    return tpdu && sms_read_deliver(tpdu, tpdu_len, deliver);
}

/* ---- the handset ---- */

size_t toolkit_write_download(const uint8_t *tpdu, size_t n, const char *smsc, uint8_t *out)
{
    static const uint8_t devices[] = {DEVICE_NETWORK, DEVICE_UICC};
    uint8_t address[1 + SMS_MAX_DIGITS / 2] = {TYPE_INTERNATIONAL};
    size_t address_len = 1 + sms_write_digits(smsc, address + 1);
    size_t body = object_len(sizeof devices) + object_len(address_len) + object_len(n);
    struct out o;
    out_init(&o, out, TOOLKIT_MAX_ENVELOPE);
    out_number(&o, 0x80C20000, 4);
    out_number(&o, object_len(body), 1);
    out_number(&o, TAG_SMS_PP_DOWNLOAD, 1);
    put_length(&o, body);
    put_object(&o, TAG_DEVICE_IDENTITIES | COMPREHENSION, devices, sizeof devices);
    put_object(&o, TAG_ADDRESS, address, address_len);
    put_object(&o, TAG_SMS_TPDU | COMPREHENSION, tpdu, n);
    return o.len;
}

bool toolkit_read_command(const uint8_t *in, size_t n, uint8_t *type, uint8_t details[3],
                          struct sms_tpdu *submit)
{
    size_t len, details_len, tpdu_len;
    const uint8_t *body = unwrap(in, n, TAG_PROACTIVE, &len);
    const uint8_t *found = body ? find(body, len, TAG_COMMAND_DETAILS, &details_len) : NULL;
    *submit = (struct sms_tpdu){0};
    if (!found || details_len != 3)
        return false;
    memcpy(details, found, 3);
    *type = details[1];
    if (*type != TOOLKIT_SEND_SHORT_MESSAGE)
        return true;
    const uint8_t *tpdu = find(body, len, TAG_SMS_TPDU, &tpdu_len);
    return tpdu && sms_read_submit(tpdu, tpdu_len, submit);
}

size_t toolkit_write_response(const uint8_t details[3], uint8_t result, uint8_t *out)
{
    static const uint8_t devices[] = {DEVICE_TERMINAL, DEVICE_UICC};
    size_t body = object_len(3) + object_len(sizeof devices) + object_len(1);
    struct out o;
    out_init(&o, out, TOOLKIT_MAX_ENVELOPE);
    out_number(&o, 0x80140000, 4);
    out_number(&o, body, 1);
    put_object(&o, TAG_COMMAND_DETAILS | COMPREHENSION, details, 3);
    put_object(&o, TAG_DEVICE_IDENTITIES | COMPREHENSION, devices, sizeof devices);
    put_object(&o, TAG_RESULT | COMPREHENSION, &result, 1);
    return o.len;
}
