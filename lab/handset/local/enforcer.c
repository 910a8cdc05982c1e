/* SPDX-License-Identifier: Apache-2.0 */
/* The Access Control Enforcer: the phone asks the element's ARA-M which of its applications may speak to
 * which applet, and holds them to it. Edge (station 9, beside the server). [GP Secure Element Access Control
 * v1.1 3, 4] */
#include "handset/local/enforcer.h"

#include "handset/hex.h"

#include <string.h>

#define TAG_ALL     0xFF40
#define TAG_NEXT    0xFF60
#define TAG_REFRESH 0xDF20

enum {
    SHA1_LEN = 20,
    SHA256_LEN = 32,
    SW_LEN = 2,
    HEADER = 4,
    GET_DATA_LEN = 5,
    MAX_AID = 16,
    REFRESH_HEAD = 3
};

static const uint8_t aram[] = {0xA0, 0x00, 0x00, 0x01, 0x51, 0x41, 0x43, 0x4C, 0x00};

bool enforcer_begin(struct enforcer *e, const char *app_hash)
{
    *e = (struct enforcer){0};
    ssize_t n = hs_hex_read(app_hash, e->app.hash, sizeof e->app.hash);
    e->app.hash_len = n > 0 ? (size_t)n : 0;
    return n == SHA1_LEN || n == SHA256_LEN;
}

static bool ok(const uint8_t *r, ssize_t n)
{
    return n >= SW_LEN && r[n - 2] == 0x90 && r[n - 1] == 0x00;
}

/* GET DATA on the ARA-M's channel; the length of the data, -1 when it was not answered. */
static ssize_t get_data(struct element *element, uint8_t channel, unsigned tag, uint8_t *r)
{
    const uint8_t command[GET_DATA_LEN] = {(uint8_t)(0x80 | channel), 0xCA, (uint8_t)(tag >> 8), (uint8_t)tag,
                                           0};
    ssize_t n = element_transmit(element, command, sizeof command, r);
    return ok(r, n) ? n - SW_LEN : -1;
}

/* All rules: the first answer tells how long they are, the rest comes by GET DATA [Next]. */
static bool read_rules(struct enforcer *e, struct element *element, uint8_t channel)
{
    static _Thread_local uint8_t part[ELEMENT_MAX_APDU], all[ENFORCER_MAX_RULES];
    size_t got = 0, len = 0, begin = 0;
    ssize_t n = get_data(element, channel, TAG_ALL, part);
    while (n > 0 && (size_t)n <= sizeof all - got) {
        memcpy(all + got, part, (size_t)n);
        got += (size_t)n;
        if (!tlv_length(all, got, 2, &len, &begin) || len > sizeof all - begin)
            return false;
        if (got >= begin + len)
            break;
        n = get_data(element, channel, TAG_NEXT, part);
    }
    if (n <= 0 || got != begin + len || lab_number(all, 2) != TAG_ALL)
        return false;
    memcpy(e->rules, all + begin, len);
    e->rules_len = len;
    e->known = true;
    return true;
}

/* The ARA-M is selected on `channel`. */
static bool bring_up_to_date(struct enforcer *e, struct element *element, uint8_t channel)
{
    static _Thread_local uint8_t r[ELEMENT_MAX_APDU];
    ssize_t n = get_data(element, channel, TAG_REFRESH, r);
    if (n != REFRESH_HEAD + ENFORCER_REFRESH_LEN)
        return false;
    if (e->known && memcmp(e->refresh, r + REFRESH_HEAD, ENFORCER_REFRESH_LEN) == 0)
        return true;
    memcpy(e->refresh, r + REFRESH_HEAD, ENFORCER_REFRESH_LEN);
    return read_rules(e, element, channel);
}

bool enforcer_refresh(struct enforcer *e, struct element *element)
{
    static _Thread_local uint8_t r[ELEMENT_MAX_APDU];
    const uint8_t open[] = {0x00, 0x70, 0x00, 0x00, 0x01};
    uint8_t select[HEADER + 1 + sizeof aram] = {0x00, 0xA4, 0x04, 0x00, sizeof aram};
    ssize_t n = element_transmit(element, open, sizeof open, r);
    if (!ok(r, n) || n != 1 + SW_LEN)
        return false;
    uint8_t channel = r[0];
    select[0] = channel;
    memcpy(select + HEADER + 1, aram, sizeof aram);
    n = element_transmit(element, select, sizeof select, r);
    bool up_to_date = ok(r, n) && bring_up_to_date(e, element, channel);
    if (!up_to_date) {
        e->rules_len = 0; /* no ARA-M, or one that cannot be read: nobody has access */
        e->known = false;
    }
    const uint8_t close[] = {0x00, 0x70, 0x80, channel};
    n = element_transmit(element, close, sizeof close, r);
    return ok(r, n);
}

bool enforcer_admits(struct enforcer *e, struct element *element, const uint8_t *capdu, size_t n)
{
    bool selects = n > HEADER && (capdu[0] & 0xFC) == 0 && capdu[1] == 0xA4 && capdu[2] == 0x04;
    if (!selects)
        return access_passes(&e->access, capdu, n);
    struct tlv aid = {.value = capdu + HEADER + 1, .len = capdu[HEADER]};
    e->access = (struct access){0};
    if (aid.len > MAX_AID || aid.len > n - HEADER - 1 || !enforcer_refresh(e, element))
        return false;
    e->access = rules_decide(e->rules, e->rules_len, &aid, &e->app);
    return e->access.allowed;
}
