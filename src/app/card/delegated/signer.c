/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of tokens, DAP and receipts as the command line names them. App. [GPCS Table C-1] */
#include "app/card/delegated/delegated.h"
#include "app/file/text_file.h"

void card_signer_drop(struct card_signer *s)
{
    sign_key_free(&s->pair);
    explicit_bzero(s, sizeof *s);
}

static enum cipher_alg alg_of(const struct card_args *a)
{
    return a->sign_tdes ? CIPHER_TDES : CIPHER_AES;
}

static enum tsm_err secret_signer(struct card *c, struct bytes value, struct card_signer *out)
{
    TRY(crypto_key(c->ring.crypto, alg_of(c->args), value, &out->secret));
    return gp_signer_secret(&out->secret, &out->signer);
}

/* A pair in PEM or DER; what is neither is a secret key in hex. */
static enum tsm_err from_text(struct card *c, struct bytes text, struct card_signer *out)
{
    SECRET value = {.len = 0};
    struct writer w = WRITER(value.at);
    if (sign_key_read(text, &out->pair) == TSM_OK)
        return gp_signer_pair(&out->pair, &out->signer);
    err_clear();
    TRY(text_hex(text, &w));
    return secret_signer(c, written(&w), out);
}

static enum tsm_err from_file(struct card *c, const char *name, struct card_signer *out)
{
    uint8_t room[TEXT_FILE_MAX];
    struct writer text = WRITER(room);
    enum tsm_err e = text_file_read(name, &text);
    if (e == TSM_OK)
        e = from_text(c, written(&text), out);
    explicit_bzero(room, sizeof room);
    return e;
}

/* A kept key set goes before a key of the token: its first key signs. */
static enum tsm_err from_vault(struct card *c, const char *name, struct card_signer *out)
{
    out->name = name;
    if (vault_named_keyset(c->ring.vault, name, &out->set) == TSM_OK)
        return TSM_OK;
    err_clear();
    out->set.sealed = (struct sealed_keyset){0};
    return TSM_OK;
}

enum tsm_err card_signer_open(struct card *c, const struct signer_arg *from, struct card_signer *out)
{
    if (!from->name)
        return secret_signer(c, secret_bytes(&from->key), out);
    return text_file_named(from->name) ? from_file(c, from->name, out) : from_vault(c, from->name, out);
}

struct signing_key card_signer_named(const struct card_signer *s)
{
    return s->set.sealed.blob.len ? signing_sealed(&s->set.sealed) : signing_named(s->name);
}
