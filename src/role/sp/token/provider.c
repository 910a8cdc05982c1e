/* SPDX-License-Identifier: Apache-2.0 */
/* Token service providers as rows. Station 2. Role. [capability Y4] */
#include "role/sp/token/provider.h"

#include <stdio.h>
#include <string.h>

#include "vault/jose/jwk.h"

static const char scheme[] = "https://";

static const struct json_row rows[] = {
    {"url", JSON_TEXT, offsetof(struct token_provider, url), sizeof scheme, TOKEN_URL_MAX, JSON_NEEDED, NULL},
    {"certificate", JSON_TEXT, offsetof(struct token_provider, certificate), 1, TOKEN_PEM_MAX, JSON_NEEDED,
     NULL},
    {"jwk", JSON_VALUE, offsetof(struct token_provider, jwk), 0, 0, JSON_NEEDED, NULL},
    {"patience_s", JSON_INT, offsetof(struct token_provider, patience_s), 1, TOKEN_PATIENCE_MAX_S,
     JSON_OPTIONAL, NULL},
    {.name = NULL},
};

void token_provider_drop(struct token_provider *p)
{
    json_decref(p->document);
    p->document = p->jwk = NULL;
}

static enum tsm_err judge(const struct token_provider *p)
{
    uint8_t point[P256_POINT];
    size_t len = strlen(p->url);
    if (strncmp(p->url, scheme, strlen(scheme)) != 0 || p->url[strcspn(p->url, "?#")] ||
        p->url[len - 1] == '/')
        return FAIL_FIELD(BAD_VALUE, "url", "url must be https://, without query and without a final /");
    if (!strstr(p->certificate, "-----BEGIN CERTIFICATE-----"))
        return FAIL_FIELD(BAD_FORM, "certificate", "certificate is no certificate in PEM");
    if (jwk_read(p->jwk, point) != TSM_OK)
        return FAIL_FIELD(BAD_VALUE, "jwk", "jwk is no public key on P-256");
    return TSM_OK;
}

enum tsm_err token_provider_read(struct bytes text, struct token_provider *out)
{
    struct token_provider p = {.patience_s = TOKEN_PATIENCE_S};
    enum tsm_err e;
    TRY(json_read(text, &p.document));
    e = json_fill(p.document, rows, &p);
    if (e == TSM_OK)
        e = judge(&p);
    if (e == TSM_OK)
        *out = p;
    else
        token_provider_drop(&p);
    return e;
}

enum tsm_err token_provider_load(struct tx *tx, int64_t party, const char *name, struct token_provider *out)
{
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_TOKEN_PROVIDER_GET, party, name);
    if (e == TSM_NOT_FOUND)
        return FAIL(NOT_FOUND, "there is no token service provider %.60s", name);
    TRY(e);
    TRY(token_provider_read(bytes_of_text(db_text(&r, 0)), out));
    snprintf(out->name, sizeof out->name, "%s", name);
    return TSM_OK;
}
