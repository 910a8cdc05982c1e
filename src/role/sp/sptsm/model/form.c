/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of attributes: one row a form with its check and its words. Station 2. Role, without I/O.
 * [TR-03165 4.1.4; RFC 9562 4; ISO/IEC 7816-4 8.2.1.2; RFC 3986] */
#include "role/sp/sptsm/model/form.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ber.h"
#include "base/hex.h"

enum {
    AID_MIN = 5,
    AID_MAX = 16,
    TLV_BYTES_MAX = 127,
    TAG_PARTS = 3,
    TAG_DIGITS = 3,
    SHORT_HASH = 20,
    LONG_HASH = 32
};

bool form_is_empty(const json_t *v)
{
    return !v || json_is_null(v) || (json_is_string(v) && json_string_length(v) == 0) ||
           (json_is_array(v) && json_array_size(v) == 0) || (json_is_object(v) && json_object_size(v) == 0);
}

size_t form_characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80; /* all but continuation octets [RFC 3629 3] */
    return n;
}

bool form_is_uuid(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (strlen(text) != UUID_TEXT_LEN)
        return false;
    for (size_t i = 0; i < UUID_TEXT_LEN; i++)
        if (shape[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

bool form_is_tag(const char *text)
{
    for (int part = 0; part < TAG_PARTS; part++) {
        size_t digits = strspn(text, "0123456789");
        if (digits < 1 || digits > TAG_DIGITS)
            return false;
        text += digits;
        if (part < TAG_PARTS - 1 && *text++ != '.')
            return false;
    }
    return *text == 0;
}

enum tsm_err form_tlv(const char *text, uint8_t *out, size_t cap, size_t *len)
{
    char digits[2 * TLV_BYTES_MAX + 2];
    size_t n = 0;
    for (; *text; text++) {
        if (*text == ' ')
            continue;
        NEED(n < sizeof digits - 1, TOO_LONG);
        digits[n++] = *text;
    }
    digits[n] = 0;
    return hex_read(digits, out, cap, len);
}

/* Objects one after the other, each within what is left. */
static bool is_tlv(const char *text)
{
    uint8_t octets[TLV_BYTES_MAX];
    struct reader r = READER(BYTES_NONE);
    size_t n;
    if (form_tlv(text, octets, sizeof octets, &n) != TSM_OK)
        return false;
    r.left = BYTES_OF(octets, n);
    while (r.left.len) {
        struct ber object;
        if (ber_read(&r, &object) != TSM_OK)
            return false;
    }
    return true;
}

static bool is_aid(const char *text)
{
    uint8_t aid[AID_MAX];
    size_t n;
    return hex_read(text, aid, sizeof aid, &n) == TSM_OK && n >= AID_MIN;
}

/* A device application: an identifier like an AID, as the guideline's example has, or the hash of its
 * certificate, as access rules have [GPD_SPE_013]. */
static bool is_device_app(const char *text)
{
    uint8_t id[LONG_HASH];
    size_t n;
    return hex_read(text, id, sizeof id, &n) == TSM_OK && n >= AID_MIN &&
           (n <= AID_MAX || n == SHORT_HASH || n == LONG_HASH);
}

static bool is_uri(const char *text)
{
    const char *scheme = strstr(text, "://");
    size_t word = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7F || strchr("\"<>\\^`{|}", *at))
            return false;
    return text[0] == '/' || (scheme && scheme > text && text + word == scheme && scheme[3]);
}

static bool text_fits(const struct tr_attribute *a, const json_t *v)
{
    int64_t n = json_is_string(v) ? (int64_t)form_characters(json_string_value(v)) : -1;
    return n >= a->min && n <= a->max;
}

static bool is_word(const struct tr_attribute *a, const json_t *v)
{
    for (size_t i = 0; json_is_string(v) && a->words[i]; i++)
        if (!strcmp(a->words[i], json_string_value(v)))
            return true;
    return false;
}

static bool text_wrong(const json_t *v, bool (*is)(const char *text))
{
    return !json_is_string(v) || !is(json_string_value(v));
}

static bool list_wrong(const json_t *v, bool (*is)(const char *text))
{
    const json_t *item;
    size_t i;
    if (!json_is_array(v))
        return true;
    json_array_foreach(v, i, item)
    {
        if (text_wrong(item, is))
            return true;
    }
    return false;
}

static bool is_object(const struct tr_attribute *a, const json_t *v)
{
    (void)a;
    return json_is_object(v);
}

static bool all_are(const struct tr_attribute *a, const json_t *v,
                    bool (*is)(const struct tr_attribute *a, const json_t *item))
{
    size_t i = 0;
    while (i < json_array_size(v) && is(a, json_array_get(v, i)))
        i++;
    return json_is_array(v) && i == json_array_size(v);
}

static bool any_text(const char *text)
{
    return form_characters(text) <= TR_TEXT_MAX;
}

static bool map_wrong(const struct tr_attribute *a, const json_t *v)
{
    const char *name;
    json_t *item;
    if (!json_is_object(v))
        return true;
    json_object_foreach((json_t *)(uintptr_t)v, name, item)
    {
        if (!any_text(name))
            return true;
        if (a->form == FORM_FLAG_MAP ? !json_is_boolean(item) : !text_fits(a, item))
            return true;
    }
    return false;
}

static bool deployments_wrong(const json_t *v)
{
    const char *name;
    json_t *item;
    if (!json_is_object(v))
        return true;
    json_object_foreach((json_t *)(uintptr_t)v, name, item)
    {
        if (list_wrong(item, any_text))
            return true;
    }
    return false;
}

static bool number_wrong(const struct tr_attribute *a, const json_t *v)
{
    return !json_is_integer(v) || json_integer_value(v) < a->min || json_integer_value(v) > a->max;
}

static bool is_wrong(const struct tr_attribute *a, const json_t *v)
{
    switch (a->form) {
    case FORM_TEXT:
        return !text_fits(a, v);
    case FORM_UUID:
        return text_wrong(v, form_is_uuid);
    case FORM_AID:
        return text_wrong(v, is_aid);
    case FORM_TLV:
        return text_wrong(v, is_tlv) || json_string_length(v) > TR_TEXT_MAX;
    case FORM_URI:
        return text_wrong(v, is_uri) || !text_fits(a, v);
    case FORM_TAG:
        return text_wrong(v, form_is_tag);
    case FORM_NUMBER:
        return number_wrong(a, v);
    case FORM_FLAG:
        return !json_is_boolean(v);
    case FORM_TEXT_MAP:
    case FORM_FLAG_MAP:
        return map_wrong(a, v);
    case FORM_AID_LIST:
        return list_wrong(v, is_device_app);
    case FORM_UUID_LIST:
        return list_wrong(v, form_is_uuid);
    case FORM_TEXT_LIST:
        return list_wrong(v, any_text);
    case FORM_WORD_LIST:
        return !all_are(a, v, is_word);
    case FORM_OBJECT:
        return !json_is_object(v);
    case FORM_OBJECT_LIST:
        return !all_are(a, v, is_object);
    default:
        return deployments_wrong(v);
    }
}

static const char *const form_words[FORMS] = {
    [FORM_TEXT] = "text of at most 255 characters",
    [FORM_UUID] = "UUID",
    [FORM_AID] = "AID: 5 to 16 bytes in hex",
    [FORM_TLV] = "TLV structures in hex",
    [FORM_URI] = "URI of at most 500 characters",
    [FORM_TAG] = "<Major>.<Minor>.<Revision>",
    [FORM_FLAG] = "true or false",
    [FORM_TEXT_MAP] = "map of texts of at most 255 characters",
    [FORM_FLAG_MAP] = "map of true or false",
    [FORM_AID_LIST] = "list of AIDs (5 to 16 bytes) or certificate hashes (20 or 32 bytes) in hex",
    [FORM_UUID_LIST] = "list of UUIDs",
    [FORM_WORD_LIST] = "list of CVMManagement, ContactlessSelfActivation, GlobalService, PrivacyTrusted",
    [FORM_TEXT_LIST] = "list of texts",
    [FORM_OBJECT] = "object",
    [FORM_OBJECT_LIST] = "list of objects",
    [FORM_DEPLOYMENTS] = "map of Flavor ids to lists of SecureComponentProfile ids",
};

const char *form_wrong(const struct tr_attribute *a, const json_t *v)
{
    if (!is_wrong(a, v))
        return NULL;
    if (a->form == FORM_NUMBER)
        return a->max == 3 ? "whole number from 0 to 3" : "whole number from 1 to 255";
    return form_words[a->form];
}

json_t *form_empty(const struct tr_attribute *a)
{
    if (a->fallback)
        return json_loads(a->fallback, JSON_DECODE_ANY, NULL);
    switch (a->form) {
    case FORM_TEXT_MAP:
    case FORM_FLAG_MAP:
    case FORM_OBJECT:
    case FORM_DEPLOYMENTS:
        return json_object();
    case FORM_AID_LIST:
    case FORM_UUID_LIST:
    case FORM_WORD_LIST:
    case FORM_TEXT_LIST:
    case FORM_OBJECT_LIST:
        return json_array();
    default:
        return json_string("");
    }
}

char *form_shown(const json_t *v)
{
    return json_is_string(v) ? strdup(json_string_value(v)) : json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
}
