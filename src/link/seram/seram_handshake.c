/* SPDX-License-Identifier: Apache-2.0 */
/* Handshake Command and Response: secure elements and the one protocol that we speak. Stations 8 and 10. Pure
 * but for allocation. [GP SERAM 2.0.0 ramHandshakeCommand, ramHandshakeResponse, secureElement] */
#include "link/seram/seram_message.h"

#include <string.h>

static const char *const type_words[] = {"eSE", "iSE", "uicc", "euicc", "ieuicc", "undefined", NULL};

static const struct json_row element_rows[] = {
    {"seType", JSON_ENUM, offsetof(struct seram_element, type), 0, 0, JSON_NEEDED, type_words},
    {"seId", JSON_TEXT, offsetof(struct seram_element, id), 1, SERAM_ID_MAX, JSON_NEEDED, NULL},
    {"seExtraInfo", JSON_TEXT, offsetof(struct seram_element, extra), 0, SERAM_EXTRA_MAX, JSON_OPTIONAL,
     NULL},
    {0},
};

enum tsm_err seram_element_read(const json_t *o, struct seram_element *out)
{
    struct seram_element e = {0};
    TRY(json_fill_known(o, element_rows, &e));
    *out = e;
    return TSM_OK;
}

json_t *seram_element_json(const struct seram_element *e)
{
    return json_pack("{ss ss ss*}", "seType", type_words[e->type], "seId", e->id, "seExtraInfo",
                     e->extra[0] ? e->extra : NULL);
}

enum tsm_err seram_text(json_t *value, char **json)
{
    char *text = value ? json_text(value) : NULL;
    json_decref(value);
    NEED(text, NO_MEMORY);
    *json = text;
    return TSM_OK;
}

struct offer {
    json_t *elements, *protocols, *formats, *versions, *versions_of_example;
};

static const struct json_row offer_rows[] = {
    {"secureElements", JSON_VALUE, offsetof(struct offer, elements), 0, 0, JSON_NEEDED, NULL},
    {"supportedTransportProtocols", JSON_VALUE, offsetof(struct offer, protocols), 0, 0, JSON_OPTIONAL, NULL},
    {"supportedDataFormats", JSON_VALUE, offsetof(struct offer, formats), 0, 0, JSON_OPTIONAL, NULL},
    {"supportedVersions", JSON_VALUE, offsetof(struct offer, versions), 0, 0, JSON_OPTIONAL, NULL},
    {"supportedVersion", JSON_VALUE, offsetof(struct offer, versions_of_example), 0, 0, JSON_OPTIONAL, NULL},
    {0},
};

/* A list of words that is left out means ours. */
static enum tsm_err check_offer(const json_t *list, const char *field, const char *ours)
{
    bool found = !list;
    if (list && (!json_is_array(list) || json_array_size(list) > SERAM_WORDS_MAX))
        return FAIL_FIELD(BAD_VALUE, field, "%s must be a list of at most %d words", field, SERAM_WORDS_MAX);
    for (size_t i = 0; list && i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (!word)
            return FAIL_FIELD(BAD_VALUE, field, "%s must hold words", field);
        found |= !strcmp(word, ours);
    }
    if (!found)
        return FAIL_FIELD(UNSUPPORTED, field, "%s does not hold %s", field, ours);
    return TSM_OK;
}

static enum tsm_err read_elements(const json_t *list, struct seram_handshake *h)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || !n || n > SERAM_ELEMENTS_MAX)
        return FAIL_FIELD(BAD_VALUE, "secureElements", "secureElements must be a list of 1 to %d",
                          SERAM_ELEMENTS_MAX);
    for (; h->n < n; h->n++)
        TRY(seram_element_read(json_array_get(list, h->n), &h->elements[h->n]));
    return TSM_OK;
}

static enum tsm_err read_handshake(const json_t *o, struct seram_handshake *h)
{
    struct offer offer = {0};
    TRY(json_fill_known(o, offer_rows, &offer));
    TRY(read_elements(offer.elements, h));
    TRY(check_offer(offer.protocols, "supportedTransportProtocols", "HTTPS"));
    TRY(check_offer(offer.formats, "supportedDataFormats", "application/json"));
    TRY(check_offer(offer.versions, "supportedVersions", SERAM_VERSION));
    return check_offer(offer.versions_of_example, "supportedVersion", SERAM_VERSION);
}

enum tsm_err seram_handshake_read(struct bytes json, struct seram_handshake *out)
{
    struct seram_handshake h = {0};
    json_t *o;
    enum tsm_err e;
    TRY(json_read(json, &o));
    e = read_handshake(o, &h);
    json_decref(o);
    TRY(e);
    *out = h;
    return TSM_OK;
}

enum tsm_err seram_handshake_write(const struct seram_handshake *h, char **json)
{
    json_t *list = json_array();
    for (size_t i = 0; i < h->n; i++)
        json_array_append_new(list, seram_element_json(&h->elements[i]));
    return seram_text(json_pack("{so s[s] s[s] s[s]}", "secureElements", list, "supportedTransportProtocols",
                                "HTTPS", "supportedDataFormats", "application/json", "supportedVersions",
                                SERAM_VERSION),
                      json);
}

/* The schema defines chosenDataFormat and requires chosenDataProtocol, which it does not define: both are
 * sent, so that an agent that checks the schema is content. */
enum tsm_err seram_choice_write(char **json)
{
    return seram_text(json_pack("{ss ss ss ss}", "chosenTransportProtocol", "HTTPS", "chosenDataFormat",
                                "application/json", "chosenDataProtocol", "application/json", "chosenVersion",
                                SERAM_VERSION),
                      json);
}

struct choice {
    char protocol[16], format[32], version[16];
};

static const struct json_row choice_rows[] = {
    {"chosenTransportProtocol", JSON_TEXT, offsetof(struct choice, protocol), 1, 15, JSON_NEEDED, NULL},
    {"chosenDataFormat", JSON_TEXT, offsetof(struct choice, format), 1, 31, JSON_NEEDED, NULL},
    {"chosenVersion", JSON_TEXT, offsetof(struct choice, version), 1, 15, JSON_NEEDED, NULL},
    {0},
};

enum tsm_err seram_choice_read(struct bytes json)
{
    struct choice c = {0};
    json_t *o;
    enum tsm_err e;
    TRY(json_read(json, &o));
    e = json_fill_known(o, choice_rows, &c);
    json_decref(o);
    TRY(e);
    if (strcmp(c.protocol, "HTTPS") || strcmp(c.format, "application/json") ||
        strcmp(c.version, SERAM_VERSION))
        return FAIL(UNSUPPORTED, "the platform chose %s, %s, %s", c.protocol, c.format, c.version);
    return TSM_OK;
}
