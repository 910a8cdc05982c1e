/* SPDX-License-Identifier: Apache-2.0 */
/* The expanded remote command format: a scripting template of TLVs, definite (AA) or indefinite (AE 80 .. 00
 * 00), and its response template AB or AF. Pure but for the card it drives (station 10, the card's half). [TS
 * 102 226 5.2] */
#include "uicc/script/script.h"

#include <string.h>

enum {
    TAG_SCRIPT = 0xAA,
    TAG_SCRIPT_INDEFINITE = 0xAE,
    TAG_RESPONSE = 0xAB,
    TAG_RESPONSE_INDEFINITE = 0xAF,
    TAG_CAPDU = 0x22,
    TAG_RAPDU = 0x23,
    TAG_COUNT = 0x80,
    TAG_IMMEDIATE_ACTION = 0x81,
    TAG_ERROR_ACTION = 0x82,
    TAG_CHAINING = 0x83,
    TAG_BAD_FORMAT = 0x90,
    INDEFINITE = 0x80,
    TEMPLATE_ROOM = 16 /* the response template's own tags, lengths and count */
};

enum bad_format { FORMAT_OK = 0, UNKNOWN_TAG = 1, WRONG_LENGTH = 2, LENGTH_NOT_FOUND = 3 };
enum chaining { CHAIN_FIRST = 0x01, CHAIN_FIRST_KEEP = 0x11, CHAIN_SUBSEQUENT = 0x02, CHAIN_LAST = 0x03 };
enum { CHAIN_NO_PREVIOUS = 0x01 };
enum { ACTION_PROACTIVE_SESSION = 0x81, ACTION_EARLY_RESPONSE = 0x82, RESULT_BEYOND_TERMINAL = 0x30 };

struct element {
    uint8_t tag;
    const uint8_t *value;
    size_t len;
};

struct run {
    const struct script_target *target;
    const uint8_t *in;
    size_t left;
    struct out results; /* the response objects */
    size_t count;
    bool stop;
    const uint8_t *error_action;
    size_t error_action_len;
};

/* Reads a BER length (short form, 81, 82) and moves behind it. */
static enum bad_format read_length(const uint8_t **in, size_t *left, size_t *len)
{
    const uint8_t *p = *in;
    if (*left < 1)
        return LENGTH_NOT_FOUND;
    size_t octets = p[0] < INDEFINITE ? 0 : p[0] - (size_t)INDEFINITE;
    if (octets > 2 || p[0] == INDEFINITE || *left < 1 + octets)
        return LENGTH_NOT_FOUND;
    *len = octets == 0 ? p[0] : (size_t)lab_number(p + 1, octets);
    *in += 1 + octets;
    *left -= 1 + octets;
    return *len > *left ? WRONG_LENGTH : FORMAT_OK;
}

static enum bad_format next_element(struct run *r, struct element *e)
{
    e->tag = *r->in++;
    r->left--;
    enum bad_format bad = read_length(&r->in, &r->left, &e->len);
    if (bad != FORMAT_OK)
        return bad;
    e->value = r->in;
    r->in += e->len;
    r->left -= e->len;
    return FORMAT_OK;
}

static void put_length(struct out *o, size_t len)
{
    if (len > 0xFF)
        out_number(o, 0x82, 1);
    else if (len > 0x7F)
        out_number(o, 0x81, 1);
    out_number(o, len, len > 0xFF ? 2 : 1);
}

static void put_object(struct out *o, uint8_t tag, const uint8_t *value, size_t len)
{
    out_number(o, tag, 1);
    put_length(o, len);
    out_bytes(o, value, len);
}

static void put_octet(struct run *r, uint8_t tag, uint8_t value)
{
    put_object(&r->results, tag, &value, 1);
}

/* The proactive command an action names; a referenced record (01..7F) does not exist on this card. */
static bool take_action(const struct run *r, const uint8_t *value, size_t len)
{
    if (len == 0)
        return true;
    if (len == 1)
        return value[0] == ACTION_PROACTIVE_SESSION || value[0] == ACTION_EARLY_RESPONSE;
    return r->target->proactive && r->target->proactive(r->target->closure, value, len);
}

/* True when the command has data but no Le, so that its answer's data stay on the card. */
static bool wants_no_data(const uint8_t *capdu, size_t len)
{
    return len > 5 && capdu[4] != 0 && len == 5 + (size_t)capdu[4];
}

static enum bad_format take_capdu(struct run *r, const struct element *e)
{
    static uint8_t rapdu[SCRIPT_MAX_RAPDU];
    size_t len;
    if (e->len < 4)
        return WRONG_LENGTH;
    uint16_t sw = script_transmit(r->target, e->value, e->len, rapdu, &len);
    r->count++;
    if (wants_no_data(e->value, e->len) || len + TEMPLATE_ROOM > r->results.cap - r->results.len)
        len = 0;
    out_number(&r->results, TAG_RAPDU, 1);
    put_length(&r->results, len + 2);
    out_bytes(&r->results, rapdu, len);
    out_number(&r->results, sw, 2);
    lab_wipe(rapdu, len);
    if (!script_goes_on(sw)) {
        r->stop = true;
        take_action(r, r->error_action, r->error_action_len);
    }
    return FORMAT_OK;
}

static enum bad_format take_immediate_action(struct run *r, const struct element *e)
{
    static const uint8_t refused[] = {0x83, 0x01, RESULT_BEYOND_TERMINAL};
    if (e->len == 0)
        return WRONG_LENGTH;
    r->count++;
    if (!take_action(r, e->value, e->len)) {
        put_object(&r->results, TAG_IMMEDIATE_ACTION, refused, sizeof refused);
        r->stop = true;
    }
    return FORMAT_OK;
}

static enum bad_format take_chaining(struct run *r, const struct element *e)
{
    struct script_chain *chain = r->target->chain;
    bool follows = chain->open && memcmp(chain->tar, r->target->tar, sizeof chain->tar) == 0;
    if (e->len != 1)
        return WRONG_LENGTH;
    switch (e->value[0]) {
    case CHAIN_FIRST:
    case CHAIN_FIRST_KEEP:
        chain->open = true;
        chain->survives_reset = e->value[0] == CHAIN_FIRST_KEEP;
        memcpy(chain->tar, r->target->tar, sizeof chain->tar);
        return FORMAT_OK;
    case CHAIN_SUBSEQUENT:
    case CHAIN_LAST:
        if (!follows) {
            put_octet(r, TAG_CHAINING, CHAIN_NO_PREVIOUS);
            r->stop = true;
        }
        chain->open = follows && e->value[0] == CHAIN_SUBSEQUENT;
        return FORMAT_OK;
    default:
        return WRONG_LENGTH;
    }
}

/* Chaining stands first or not at all. */
static enum bad_format take_element(struct run *r, const struct element *e, bool first)
{
    switch (e->tag) {
    case TAG_CAPDU:
        return take_capdu(r, e);
    case TAG_IMMEDIATE_ACTION:
        return take_immediate_action(r, e);
    case TAG_ERROR_ACTION:
        r->error_action = e->value;
        r->error_action_len = e->len;
        return FORMAT_OK;
    case TAG_CHAINING:
        return first ? take_chaining(r, e) : UNKNOWN_TAG;
    default:
        return UNKNOWN_TAG;
    }
}

static bool at_end(const struct run *r, bool indefinite)
{
    return r->left == 0 || (indefinite && r->left >= 2 && r->in[0] == 0 && r->in[1] == 0);
}

/* A script that answers too much is cut off; the count tells how far it got. */
static bool has_room(const struct run *r)
{
    return r->count < SCRIPT_MAX_COUNT && r->results.cap - r->results.len >= TEMPLATE_ROOM;
}

static enum bad_format run_elements(struct run *r, bool indefinite)
{
    struct element e;
    for (bool first = true; !r->stop && !at_end(r, indefinite) && has_room(r); first = false) {
        enum bad_format bad = next_element(r, &e);
        if (first && e.tag != TAG_CHAINING)
            r->target->chain->open = false; /* a script without chaining ends the chain */
        if (bad == FORMAT_OK)
            bad = take_element(r, &e, first);
        if (bad != FORMAT_OK)
            return bad;
    }
    return indefinite && !r->stop && r->left == 0 ? LENGTH_NOT_FOUND : FORMAT_OK; /* 00 00 is missing */
}

static void write_template(const struct run *r, bool indefinite, struct out *out)
{
    size_t count_len = indefinite ? 0 : 3; /* the indefinite answers seen in the field carry no count */
    out_number(out, indefinite ? TAG_RESPONSE_INDEFINITE : TAG_RESPONSE, 1);
    if (indefinite)
        out_number(out, INDEFINITE, 1);
    else
        put_length(out, count_len + r->results.len);
    if (!indefinite) {
        uint8_t count = (uint8_t)r->count;
        put_object(out, TAG_COUNT, &count, 1);
    }
    out_bytes(out, r->results.at, r->results.len);
    if (indefinite)
        out_number(out, 0, 2);
}

void expanded_run(const struct script_target *t, const uint8_t *in, size_t n, struct out *out)
{
    uint8_t results[SCRIPT_MAX_ANSWER - TEMPLATE_ROOM];
    struct run r = {.target = t, .in = in + 1, .left = n - 1};
    bool indefinite = in[0] == TAG_SCRIPT_INDEFINITE;
    enum bad_format bad = FORMAT_OK;
    out_init(&r.results, results, sizeof results);
    if (indefinite) {
        bad = r.left > 0 && r.in[0] == INDEFINITE ? FORMAT_OK : LENGTH_NOT_FOUND;
        r.in += r.left > 0;
        r.left -= r.left > 0;
    } else {
        size_t len = 0;
        bad = read_length(&r.in, &r.left, &len);
        if (bad == FORMAT_OK && len != r.left)
            bad = WRONG_LENGTH;
    }
    if (bad == FORMAT_OK)
        bad = run_elements(&r, indefinite);
    if (bad != FORMAT_OK)
        put_octet(&r, TAG_BAD_FORMAT, (uint8_t)bad);
    write_template(&r, indefinite, out);
    lab_wipe(results, sizeof results);
}

void script_run(const struct script_target *t, const uint8_t *in, size_t n, struct out *out)
{
    if (n > 0 && (in[0] == TAG_SCRIPT || in[0] == TAG_SCRIPT_INDEFINITE))
        expanded_run(t, in, n, out);
    else
        compact_run(t, in, n, out);
}
