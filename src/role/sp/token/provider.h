/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token service providers that a party works with: their address, the certificate that they must prove, the
 * key that card numbers are enciphered to. Station 2. Role. [EMV Payment Tokenisation 2.x; capability Y4]
 *
 *   {"url": "https://tsp.example/v1", "certificate": "-----BEGIN..", "jwk": {..}, "patience_s": 120}
 */
#ifndef TSM_ROLE_SP_TOKEN_PROVIDER_H
#define TSM_ROLE_SP_TOKEN_PROVIDER_H

#include "base/json.h"
#include "http/server.h"
#include "store/store.h"

enum {
    TOKEN_NAME_MAX = 64,
    TOKEN_REF_MAX = 64,
    TOKEN_URL_MAX = 255,
    TOKEN_PEM_MAX = 8192,
    TOKEN_PATIENCE_S = 120, /* how long one is asked before the order fails */
    TOKEN_PATIENCE_MAX_S = 86400,
};

/* `document` is owned: token_provider_drop. */
struct token_provider {
    char name[TOKEN_NAME_MAX + 1], url[TOKEN_URL_MAX + 1], certificate[TOKEN_PEM_MAX + 1];
    json_t *jwk; /* borrowed from document */
    int64_t patience_s;
    json_t *document;
};
void token_provider_drop(struct token_provider *p);
#define TOKEN_PROVIDER __attribute__((cleanup(token_provider_drop))) struct token_provider

/* Errors name the field; the key must be a public one on P-256, the address https. */
enum tsm_err token_provider_read(struct bytes text, struct token_provider *out);
/* NOT_FOUND where the party has none of this name. */
enum tsm_err token_provider_load(struct tx *tx, int64_t party, const char *name, struct token_provider *out);

/* /api/v1/token-providers: PUT and DELETE of one, GET of all. */
enum tsm_err token_put_provider(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err token_delete_provider(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err token_list_providers(void *app, struct http_request *q, struct http_reply *reply);

#endif
