/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets kept by name in the token: sealed blobs in its data objects. Station 5. Edge. */
#include "vault/keys/named.h"

#include <stdio.h>
#include <string.h>

#include "vault/party.h"

#define LABEL_BEFORE "keyset."
enum { LABEL_MAX = sizeof LABEL_BEFORE + NAMED_KEYSET_MAX };
_Static_assert((int)LABEL_MAX <= TOKEN_NAME_MAX + 1, "the label fits");
_Static_assert((int)SEALED_KEYSET_MAX <= TOKEN_DATA_MAX, "a sealed set fits a data object");

/* Database ids are positive 63-bit numbers: the top bit keeps the two kinds apart. */
#define NAMED_BIT (1ULL << 63)

static enum tsm_err check_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
    size_t n = strlen(name);
    if (n == 0 || n > NAMED_KEYSET_MAX || strspn(name, allowed) != n)
        return FAIL(BAD_VALUE,
                    "the name of a key set has 1 to %d letters, digits, dots, dashes or underscores",
                    NAMED_KEYSET_MAX);
    return TSM_OK;
}

enum tsm_err vault_named_id(const char *name, uint64_t *id)
{
    uint8_t digest[SHA256_LEN];
    struct reader r = READER(BYTES(digest));
    struct bytes text = bytes_of_text(name);
    uint64_t n;
    WORKER(w);
    TRY(check_name(name));
    TRY(crypto_sha256(w->crypto, &text, 1, digest));
    TRY(read_u64(&r, &n));
    *id = n | NAMED_BIT;
    return TSM_OK;
}

static enum tsm_err label_of(const char *name, char out[LABEL_MAX])
{
    TRY(check_name(name));
    snprintf(out, LABEL_MAX, LABEL_BEFORE "%s", name);
    return TSM_OK;
}

enum tsm_err vault_keep_keyset(struct vault_party *p, const char *name, struct sealed_keyset keys)
{
    char label[LABEL_MAX];
    uint64_t id;
    TRY(label_of(name, label));
    TRY(vault_named_id(name, &id));
    NEED(keys.id == id, BAD_VALUE);
    return token_data_put(p->token, label, keys.blob);
}

enum tsm_err vault_named_keyset(struct vault_party *p, const char *name, struct named_keyset *out)
{
    struct writer w = WRITER(out->room);
    char label[LABEL_MAX];
    uint64_t id;
    TRY(label_of(name, label));
    TRY(vault_named_id(name, &id));
    TRY(token_data_get(p->token, label, &w));
    out->sealed = (struct sealed_keyset){.id = id, .blob = written(&w)};
    return TSM_OK;
}

enum tsm_err vault_forget_keyset(struct vault_party *p, const char *name)
{
    char label[LABEL_MAX];
    TRY(label_of(name, label));
    return token_data_drop(p->token, label);
}
