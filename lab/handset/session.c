/* SPDX-License-Identifier: Apache-2.0 */
/* The half of the Local Agent that faces the secure element. Edge. [GP SERAM 2.0.0 Overview, "Local Agent
 * Behaviour"] */
#include "handset/session.h"

#include "handset/hex.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SUMMARY = 160, CPLC_LEN = 42, CUID_LEN = 10 };

void session_say(const struct session *s, const char *text)
{
    if (s->o->verbose)
        fprintf(stderr, "handset: %s\n", text);
}

/* Only header, lengths and status word: command data can hold personal data where the channel is clear. */
static void say_apdu(const struct session *s, const uint8_t *c, size_t c_len, const uint8_t *r, ssize_t r_len)
{
    char line[MAX_SUMMARY], head[2 * ELEMENT_MIN_CAPDU + 1];
    hs_hex_write(c, ELEMENT_MIN_CAPDU, head);
    if (r_len < 2)
        snprintf(line, sizeof line, "APDU %u: %s, %zu bytes -> lost", s->apdus, head, c_len);
    else
        snprintf(line, sizeof line, "APDU %u: %s, %zu bytes -> %zd bytes, SW %02X%02X", s->apdus, head, c_len,
                 r_len - 2, r[r_len - 2], r[r_len - 1]);
    session_say(s, line);
}

void session_fail(struct session *s, enum seram_status status, const char *why)
{
    s->status = status;
    s->error_msg = why;
    session_say(s, why);
}

static bool channel_is_killed(struct session *s)
{
    if (s->fault_done || s->o->kill_after == 0 || s->apdus < s->o->kill_after)
        return false;
    s->fault_done = true;
    if (!s->o->keep_channel)
        element_lose(&s->element);
    return true;
}

/* One C-APDU. NULL when it could not be transmitted: then no R-APDU is reported for it. */
json_t *session_transmit(struct session *s, const char *hex)
{
    static _Thread_local uint8_t capdu[ELEMENT_MAX_APDU], rapdu[ELEMENT_MAX_APDU];
    static _Thread_local char text[2 * ELEMENT_MAX_APDU + 1];
    ssize_t c_len = hs_hex_read(hex, capdu, sizeof capdu), r_len = -1;
    if (c_len < ELEMENT_MIN_CAPDU) {
        session_fail(s, SERAM_UNKNOWN_FAILURE, "a C-APDU is no hexadecimal text of four bytes or more");
        return NULL;
    }
    if (channel_is_killed(s)) {
        session_fail(s, SERAM_UNAVAILABLE_SE, "the channel to the secure element was lost");
        return NULL;
    }
    if (s->element.fd < 0)
        element_open(&s->element, s->o->element);
    if (s->o->app && !enforcer_admits(&s->enforcer, &s->element, capdu, (size_t)c_len)) {
        session_fail(s, SERAM_UNGRANTED_ACCESS,
                     "the access rules of the element do not let this application in");
        return NULL;
    }
    if (s->element.fd >= 0)
        r_len = element_transmit(&s->element, capdu, (size_t)c_len, rapdu);
    s->apdus++;
    say_apdu(s, capdu, (size_t)c_len, rapdu, r_len);
    json_t *answer = NULL;
    if (r_len < 0) {
        session_fail(s, SERAM_UNAVAILABLE_SE, "the secure element does not answer");
    } else {
        hs_hex_write(rapdu, (size_t)r_len, text);
        answer = json_string(text);
    }
    explicit_bzero(capdu, (size_t)c_len);
    return answer;
}

/* The card unique identifier that registries know: fabricator, type, batch and serial of the 42 bytes of
 * CPLC. */
static size_t cuid_of(const uint8_t *cplc, uint8_t out[CUID_LEN])
{
    static const uint8_t places[CUID_LEN] = {0, 1, 2, 3, 16, 17, 12, 13, 14, 15};
    for (size_t i = 0; i < CUID_LEN; i++)
        out[i] = cplc[places[i]];
    return CUID_LEN;
}

/* GET DATA of one object whose tag has tag_len bytes; its value replaces *r. -1: the element has it not. */
static ssize_t get_data(struct session *s, const uint8_t tag[2], size_t tag_len, uint8_t *r)
{
    const uint8_t command[] = {0x80, 0xCA, tag[0], tag[1], 0x00};
    ssize_t n = element_transmit(&s->element, command, sizeof command, r);
    if (n <= 2 || r[n - 2] != 0x90)
        return -1;
    bool with_tag = memcmp(r, tag + 2 - tag_len, tag_len) == 0 && n > (ssize_t)tag_len + 3;
    size_t head = with_tag ? tag_len + 1 : 0;
    memmove(r, r + head, (size_t)n - head - 2);
    return n - (ssize_t)head - 2;
}

/* The CPLC data [GPCS 2.3.1 H.6], else the ICCID that a UICC of the laboratory keeps under 5A. */
bool session_read_identity(struct session *s)
{
    static const uint8_t select_isd[] = {0x00, 0xA4, 0x04, 0x00, 0x00};
    static const uint8_t cplc[2] = {0x9F, 0x7F}, iccid[2] = {0x00, 0x5A};
    static _Thread_local uint8_t r[ELEMENT_MAX_APDU];
    uint8_t cuid[CUID_LEN];
    if (!element_open(&s->element, s->o->element) ||
        element_transmit(&s->element, select_isd, sizeof select_isd, r) < 0)
        return false;
    ssize_t n = get_data(s, cplc, 2, r);
    if (n == CPLC_LEN) {
        hs_hex_write(cuid, cuid_of(r, cuid), s->se_id);
        return true;
    }
    if (n < 0)
        n = get_data(s, iccid, 1, r);
    if (n < 0 || 2 * (size_t)n >= sizeof s->se_id)
        return false;
    hs_hex_write(r, (size_t)n, s->se_id);
    return true;
}
