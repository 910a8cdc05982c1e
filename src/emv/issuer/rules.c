/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of issuer scripts read from a profile. Station 5. Pure. [docs/personalisation.md] */
#include "emv/issuer/rules.h"

#include <string.h>

#include "base/hex.h"
#include "base/json.h"

enum { TAG_OCTETS = 2, TAG_DIGITS = 2 * TAG_OCTETS, ASK_MIN = 5, CREDIT_DIGITS = 2 * ISSUER_CREDIT };

static const char *const session_words[] = {"counter", "cryptogram", NULL};
static const char *const covers_words[] = {"command", "transaction", NULL};
static const char *const cipher_words[] = {"length-ecb", "cbc", "cbc-short", NULL};
static const char *const pin_words[] = {"iso-2", "by-key", NULL};

/* The member before its texts are converted. */
struct document {
    struct issuer_rules rules;
    char counter[TAG_DIGITS + 1], tries[TAG_DIGITS + 1], offline[TAG_DIGITS + 1], balance[TAG_DIGITS + 1];
    char credit[CREDIT_DIGITS + 1];
    json_t *ask, *parameters;
};

#define WORD(name, words)                                                                 \
    {                                                                                     \
#name, JSON_ENUM, offsetof(struct document, rules.name), 0, 0, JSON_NEEDED, words \
    }
#define TAG(name, need)                                                                         \
    {                                                                                           \
#name, JSON_TEXT, offsetof(struct document, name), TAG_DIGITS, TAG_DIGITS, (need), NULL \
    }
static const struct json_row rows[] = {
    WORD(session, session_words),
    WORD(covers, covers_words),
    WORD(cipher, cipher_words),
    WORD(pin, pin_words),
    {"mac_len", JSON_INT, offsetof(struct document, rules.mac_len), ISSUER_MAC_MIN, ISSUER_MAC_MAX,
     JSON_NEEDED, NULL},
    TAG(counter, JSON_NEEDED),
    TAG(tries, JSON_OPTIONAL),
    TAG(offline, JSON_OPTIONAL),
    TAG(balance, JSON_OPTIONAL),
    {"credit", JSON_TEXT, offsetof(struct document, credit), CREDIT_DIGITS, CREDIT_DIGITS, JSON_OPTIONAL,
     NULL},
    {"ask", JSON_VALUE, offsetof(struct document, ask), 0, 0, JSON_OPTIONAL, NULL},
    {"parameters", JSON_VALUE, offsetof(struct document, parameters), 0, 0, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

static enum tsm_err read_tag(const char *text, const char *field, uint16_t *out)
{
    uint8_t tag[TAG_OCTETS];
    size_t len;
    if (!text[0])
        return TSM_OK;
    if (hex_read(text, tag, sizeof tag, &len) != TSM_OK || len != TAG_OCTETS)
        return FAIL_FIELD(BAD_FORM, field, "%s must be a tag of two octets in hex", field);
    *out = (uint16_t)(tag[0] << 8 | tag[1]);
    return TSM_OK;
}

static enum tsm_err need_list(const json_t *list, const char *field, size_t max)
{
    if (list && (!json_is_array(list) || json_array_size(list) > max))
        return FAIL_FIELD(BAD_VALUE, field, "%s must be a list of at most %zu", field, max);
    return TSM_OK;
}

static enum tsm_err read_asks(const json_t *list, struct issuer_rules *r)
{
    const json_t *item;
    size_t i;
    TRY(need_list(list, "ask", ISSUER_ASKS_MAX));
    json_array_foreach(list, i, item)
    {
        struct issuer_ask *ask = &r->ask[r->ask_n++];
        const char *text = json_string_value(item);
        if (!text || hex_read(text, ask->at, sizeof ask->at, &ask->len) != TSM_OK || ask->len < ASK_MIN)
            return FAIL_FIELD(BAD_FORM, "ask", "command %zu of ask is no short command in hex", i + 1);
    }
    return TSM_OK;
}

static enum tsm_err read_parameters(const json_t *list, struct issuer_rules *r)
{
    const json_t *item;
    size_t i;
    TRY(need_list(list, "parameters", ISSUER_PARAMETERS_MAX));
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) || strlen(json_string_value(item)) != TAG_DIGITS)
            return FAIL_FIELD(BAD_FORM, "parameters", "parameters are tags of two octets in hex");
        TRY(read_tag(json_string_value(item), "parameters", &r->parameters[r->parameters_n++]));
    }
    return TSM_OK;
}

/* Without a balance nothing could show what a credit did. */
static enum tsm_err read_credit(const char *text, struct issuer_rules *r)
{
    size_t len;
    if (!text[0])
        return TSM_OK;
    if (hex_read(text, r->credit, sizeof r->credit, &len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "credit", "credit must be instruction and two parameters in hex");
    if (!r->balance)
        return FAIL_FIELD(MISSING_FIELD, "balance", "balance is missing: a credit is read back from it");
    r->credits = true;
    return TSM_OK;
}

/* Where the key comes from the cryptogram or the MAC covers it, a card must be asked for one. */
static enum tsm_err together(const struct issuer_rules *r)
{
    if ((r->session == ISSUER_BY_CRYPTOGRAM || r->covers == ISSUER_COVERS_TRANSACTION) && r->ask_n == 0)
        return FAIL_FIELD(MISSING_FIELD, "ask",
                          "ask is missing: the script needs a cryptogram, so a card must be asked for one");
    return TSM_OK;
}

enum tsm_err issuer_rules_read(const json_t *from, struct issuer_rules *out)
{
    struct document d;
    memset(&d, 0, sizeof d);
    TRY(json_fill(from, rows, &d));
    TRY(read_tag(d.counter, "counter", &d.rules.counter));
    TRY(read_tag(d.tries, "tries", &d.rules.tries));
    TRY(read_tag(d.offline, "offline", &d.rules.offline));
    TRY(read_tag(d.balance, "balance", &d.rules.balance));
    TRY(read_credit(d.credit, &d.rules));
    TRY(read_asks(d.ask, &d.rules));
    TRY(read_parameters(d.parameters, &d.rules));
    TRY(together(&d.rules));
    *out = d.rules;
    return TSM_OK;
}

bool issuer_may_put(const struct issuer_rules *r, uint16_t tag)
{
    for (size_t i = 0; i < r->parameters_n; i++)
        if (r->parameters[i] == tag)
            return true;
    return tag && (tag == r->offline || (tag == r->balance && !r->credits));
}
