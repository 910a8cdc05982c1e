/* SPDX-License-Identifier: Apache-2.0 */
/* The book of a token service provider: which token stands for which card on which device. Pure but for the
 * book. [EMV Payment Tokenisation; ISO/IEC 7812-1] */
#include "tsp/tsp.h"

#include "bank/seal/jwe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_RANGE  "489537" /* of tokens, so that they are told from card numbers */
#define TOKEN_EXPIRY "3112"

enum { OK = 200, NO_CONTENT = 204, BAD_REQUEST = 400, NOT_FOUND = 404, UNPROCESSABLE = 422 };
enum {
    TOKEN_DIGITS = 16,
    RANGE_DIGITS = 6,
    HASH = 32,
};

static char check_digit(const char *digits)
{
    unsigned sum = 0;
    bool twice = true;
    for (size_t i = strlen(digits); i-- > 0; twice = !twice) {
        unsigned d = (unsigned)(digits[i] - '0') * (twice ? 2 : 1);
        sum += d > 9 ? d - 9 : d;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

/* Token and reference come from card number and device: the same again is the same. */
static bool make(const char *pan, const json_t *device, char token[TOKEN_DIGITS + 1],
                 char reference[TSP_REFERENCE])
{
    char text[256], *name = json_dumps(device, JSON_COMPACT | JSON_SORT_KEYS);
    uint8_t hash[HASH];
    int n = snprintf(text, sizeof text, "%s|%s", pan, name ? name : "");
    bool done =
        n > 0 && (size_t)n < sizeof text && EVP_Digest(text, (size_t)n, hash, NULL, EVP_sha256(), NULL) == 1;
    size_t at = RANGE_DIGITS;
    free(name);
    explicit_bzero(text, sizeof text);
    memcpy(token, TOKEN_RANGE, RANGE_DIGITS + 1);
    for (size_t i = 0; at < TOKEN_DIGITS - 1; i++)
        token[at++] = (char)('0' + hash[i] % 10);
    token[at] = '\0';
    token[at] = check_digit(token);
    token[at + 1] = '\0';
    for (size_t i = 0; i < (TSP_REFERENCE - 1) / 2; i++)
        snprintf(reference + 2 * i, 3, "%02X", hash[HASH - 1 - i]);
    return done;
}

/* The record with token and its expiry in place of the card's own, to whom it is wanted by. */
static char *answer_card(json_t *card, const char *token, const json_t *reply_to)
{
    const char *why;
    json_object_set_new(card, "pan", json_string(token));
    json_object_set_new(card, "expiry", json_string(TOKEN_EXPIRY));
    char *text = json_dumps(card, JSON_COMPACT);
    char *jwe = text ? bank_jwe_encrypt(reply_to, text, strlen(text), &why) : NULL;
    free(text);
    return jwe;
}

static json_t *open_card(const struct tsp_book *book, const json_t *request)
{
    uint8_t plain[JWE_MAX_PLAIN];
    const char *jwe = json_string_value(json_object_get(request, "card"));
    long n = jwe ? bank_jwe_decrypt(book->pair, jwe, plain) : -1;
    json_t *card = n > 0 ? json_loadb((const char *)plain, (size_t)n, 0, NULL) : NULL;
    explicit_bzero(plain, sizeof plain);
    return card;
}

int tsp_enrol(struct tsp_book *book, const json_t *request, json_t **answer, json_t **line)
{
    json_t *card = open_card(book, request);
    const char *pan = json_string_value(json_object_get(card, "pan"));
    char token[TOKEN_DIGITS + 1], reference[TSP_REFERENCE];
    *answer = *line = NULL;
    if (!pan || !make(pan, json_object_get(request, "device"), token, reference)) {
        json_decref(card);
        return UNPROCESSABLE;
    }
    bool known = json_object_get(book->tokens, reference) != NULL;
    bool declined = strcmp(book->status, "declined") == 0;
    char *jwe = declined ? NULL : answer_card(card, token, json_object_get(request, "reply_to"));
    json_decref(card);
    if (!declined && !jwe)
        return BAD_REQUEST;
    if (!known && !declined)
        json_object_set_new(book->tokens, reference,
                            json_pack("{s:s,s:s}", "token", token, "state",
                                      strcmp(book->status, "verify") == 0 ? "inactive" : "active"));
    *answer = declined
                  ? json_pack("{s:s,s:s}", "status", "declined", "reason", "the card takes part no more")
                  : json_pack("{s:s,s:s,s:s}", "status", book->status, "reference", reference, "card", jwe);
    *line = json_pack("{s:s,s:s,s:s,s:b}", "did", declined ? "declined" : "enrolled", "reference", reference,
                      "token", declined ? "" : token, "known", known);
    free(jwe);
    return OK;
}

int tsp_state(struct tsp_book *book, const char *reference, const json_t *request, json_t **line)
{
    const char *state = json_string_value(json_object_get(request, "state"));
    json_t *token = json_object_get(book->tokens, reference);
    *line = NULL;
    if (!state || (strcmp(state, "active") && strcmp(state, "suspended") && strcmp(state, "deleted")))
        return BAD_REQUEST;
    if (!token)
        return NOT_FOUND;
    json_object_set_new(token, "state", json_string(state));
    *line = json_pack("{s:s,s:s}", "did", state, "reference", reference);
    return NO_CONTENT;
}
