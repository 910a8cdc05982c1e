/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activation codes: made of the vault's randomness, kept as a salted HMAC under a key of the token, told once
 * by the provider's callback from a letter that is sealed until then. Stations 2 and 12. Role. [capability
 * P11]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "role/sp/verify/verify.h"

/* The key's other use begins with the length of a card number: the two never meet. */
enum { CODE_LABEL = 0xFF, HASHED_MAX = 1 + VERIFY_SALT + VERIFY_DIGITS_MAX, DECIMAL = 10, FAIR_BELOW = 250 };

enum tsm_err verify_code_hash(struct vault_party *vault, const uint8_t salt[VERIFY_SALT], const char *code,
                              uint8_t hash[SHA256_LEN])
{
    uint8_t room[HASHED_MAX];
    struct writer w = WRITER(room);
    enum tsm_err e = write_u8(&w, CODE_LABEL);
    if (e == TSM_OK)
        e = write_span(&w, BYTES_OF(salt, VERIFY_SALT));
    if (e == TSM_OK)
        e = write_span(&w, bytes_of_text(code));
    if (e == TSM_OK)
        e = vault_hmac(vault, VAULT_KEY_DUPLICATE, written(&w), hash);
    explicit_bzero(room, sizeof room);
    return e;
}

/* Each digit is as likely as any other: what would favour the low ones is thrown away. */
static enum tsm_err make_digits(int64_t n, char code[VERIFY_CODE_TEXT])
{
    for (int64_t i = 0; i < n;) {
        uint8_t octet;
        TRY(vault_random(&octet, 1));
        if (octet < FAIR_BELOW)
            code[i++] = (char)('0' + octet % DECIMAL);
    }
    code[n] = 0;
    return TSM_OK;
}

struct letter {
    struct vault_party *vault;
    const struct order *order;
    const struct verifying *v;
    const char *code;
};

/* `service` is quoted already. What holds the code is on this stack alone, and wiped. */
static enum tsm_err seal_letter(const struct letter *l, const char *service, struct verify_code *out)
{
    const struct order *o = l->order;
    char expires[TIME_TEXT], text[VERIFY_LETTER_MAX];
    struct writer w = WRITER(out->letter);
    int n = snprintf(text, sizeof text,
                     "{\"event\":\"activation-code\",\"order\":\"%lld\",\"instance\":\"%lld\",\"service\":%s,"
                     "\"se\":{\"%s\":\"%s\"},\"code\":\"%s\",\"tries\":%lld,\"expires\":\"%s\"}",
                     (long long)o->id, (long long)o->instance, service, se_kind_words[o->se_kind], o->se_ref,
                     l->code, (long long)l->v->setting.tries, time_text(l->v->expires, expires));
    enum tsm_err e =
        n > 0 && (size_t)n < sizeof text
            ? vault_seal_data(l->vault, (uint64_t)o->id, BYTES_OF((uint8_t *)text, (size_t)n), &w)
            : FAIL(TOO_LONG, "the letter with the code is too long");
    out->letter_len = written(&w).len;
    explicit_bzero(text, sizeof text);
    return e;
}

static enum tsm_err write_letter(const struct letter *l, struct verify_code *out)
{
    json_t *name = json_string(l->order->service);
    char *service = name ? json_text(name) : NULL;
    enum tsm_err e;
    json_decref(name);
    NEED(service != NULL, NO_MEMORY);
    e = seal_letter(l, service, out);
    free(service);
    return e;
}

enum tsm_err verify_code_make(struct vault_party *vault, const struct order *o, const struct verifying *v,
                              struct verify_code *out)
{
    char code[VERIFY_CODE_TEXT];
    enum tsm_err e = vault_random(out->salt, sizeof out->salt);
    if (e == TSM_OK)
        e = make_digits(v->setting.digits, code);
    if (e == TSM_OK)
        e = verify_code_hash(vault, out->salt, code, out->hash);
    if (e == TSM_OK)
        e = write_letter(&(struct letter){vault, o, v, code}, out);
    explicit_bzero(code, sizeof code);
    return e;
}

enum tsm_err verify_code_give(struct tx *tx, const struct verifying *v, const struct verify_code *code,
                              struct bytes trace)
{
    struct verifying given = *v;
    given.method = VERIFY_CODE;
    given.tries = v->setting.tries;
    memcpy(given.salt, code->salt, sizeof given.salt);
    memcpy(given.hash, code->hash, sizeof given.hash);
    given.hash_len = sizeof given.hash;
    return verifying_begin(
        tx, &given,
        &(struct verify_delivery){CALLBACK_CODE, trace, BYTES_OF(code->letter, code->letter_len)});
}
