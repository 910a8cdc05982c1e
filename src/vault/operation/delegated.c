/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, receipts and DAP with keys of the party's token. Stations 5, 6 and 10. Edge. [GPCS C.2 to C.5] */
#include "vault/operation/delegated.h"

#include "gp/keys/putkey.h"
#include "vault/block/policy.h"
#include "vault/operation/inside.h"

/* A signer and what it stands on; pairs sign through the token and verify in memory. */
struct holder {
    struct worker *bench; /* NULL unless a sealed set is in use */
    struct gp_signer signer;
    struct cipher_key secret;
    struct sign_key pair;
};
static void holder_drop(struct holder *h)
{
    cipher_key_wipe(&h->secret);
    sign_key_free(&h->pair);
    worker_rest(h->bench);
}
#define HOLDER __attribute__((cleanup(holder_drop))) struct holder

enum use { TO_SIGN, TO_VERIFY };

/* A symmetric key does both; it is looked for when no pair has the name. */
static enum tsm_err hold_secret(struct vault_party *p, const char *name, struct holder *h)
{
    TRY(policy_need(p, name, "M6", "CG")); /* a key for key blocks signs nothing else */
    TRY(token_mac_key(p->token, name, &h->secret));
    return gp_signer_secret(&h->secret, &h->signer);
}

/* The first key of the set lives on this thread's bench until the holder goes. */
static enum tsm_err hold_set(struct vault_party *p, struct sealed_keyset set, struct holder *h)
{
    TRY(worker_get(&h->bench));
    TRY(use_keyset(p, h->bench, set, 0));
    return gp_signer_secret(&h->bench->statics.enc, &h->signer);
}

static enum tsm_err hold(struct vault_party *p, struct signing_key key, enum use use, struct holder *h)
{
    enum tsm_err e;
    NEED(key.name || key.set, KEY_MISSING);
    if (key.set)
        return hold_set(p, *key.set, h);
    e = use == TO_SIGN ? token_sign_key(p->token, key.name, &h->pair)
                       : token_public_key(p->token, key.name, &h->pair);
    if (e == TSM_KEY_MISSING)
        return hold_secret(p, key.name, h);
    TRY(e);
    return gp_signer_pair(&h->pair, &h->signer);
}

enum tsm_err vault_make_signing(struct vault_party *p, const char *name, enum vault_signing kind)
{
    static const struct {
        enum token_kind kind;
        size_t len;
    } rows[SIGNINGS] = {
        [SIGNING_AES_128] = {TOKEN_AES_SIGN, 16},   [SIGNING_AES_256] = {TOKEN_AES_SIGN, 32},
        [SIGNING_RSA_1024] = {TOKEN_RSA_SIGN, 128}, [SIGNING_RSA_2048] = {TOKEN_RSA_SIGN, 256},
        [SIGNING_P256] = {TOKEN_EC_SIGN, 0},        [SIGNING_P384] = {TOKEN_EC_SIGN_384, 0},
    };
    NEED((unsigned)kind < SIGNINGS, BAD_VALUE);
    return token_generate(p->token, name, rows[kind].kind, rows[kind].len);
}

enum tsm_err vault_signing_public(struct vault_party *p, const char *name, struct writer *room,
                                  struct vault_public *out)
{
    struct token_public_numbers n;
    TRY(token_public_numbers(p->token, name, room, &n));
    *out = (struct vault_public){n.type, n.point, n.n, n.e};
    return TSM_OK;
}

enum tsm_err vault_signing_field(struct vault_party *p, const char *name, uint8_t kvn, struct writer *field)
{
    enum { POINT_256 = 65, REFERENCE_P256 = 0x00, REFERENCE_P384 = 0x01 }; /* Table B-2 */
    uint8_t room[VAULT_PUBLIC_MAX];
    struct writer w = WRITER(room);
    struct vault_public n;
    TRY(vault_signing_public(p, name, &w, &n));
    if (n.type == SIGN_RSA)
        return putkey_write_rsa_public(kvn, n.n, n.e, field);
    return putkey_write_ecc_public(kvn, n.point, n.point.len == POINT_256 ? REFERENCE_P256 : REFERENCE_P384,
                                   field);
}

enum tsm_err vault_make_token(struct vault_party *p, struct signing_key key, struct bytes capdu,
                              struct writer *token)
{
    HOLDER h = {0};
    TRY(hold(p, key, TO_SIGN, &h));
    return gp_token_make(&h.signer, capdu, token);
}

enum tsm_err vault_check_token(struct vault_party *p, struct signing_key key, struct bytes capdu)
{
    HOLDER h = {0};
    TRY(hold(p, key, TO_VERIFY, &h));
    return gp_token_check(&h.signer, capdu);
}

enum tsm_err vault_judge_receipt(struct vault_party *p, const struct receipt_case *c,
                                 struct receipt_judgement *out)
{
    HOLDER h = {0};
    if (c->key.name || c->key.set) {
        TRY(hold(p, c->key, TO_VERIFY, &h));
    } else {
        TRY(sign_key_read(c->public_key, &h.pair));
        TRY(gp_signer_pair(&h.pair, &h.signer));
    }
    return receipt_judge(&h.signer, c->terms, c->event, c->answer, out);
}

enum tsm_err vault_make_dap(struct vault_party *p, struct signing_key key, struct bytes domain,
                            struct bytes hash, struct writer *block)
{
    HOLDER h = {0};
    TRY(hold(p, key, TO_SIGN, &h));
    return dap_make(&h.signer, domain, hash, block);
}

enum tsm_err vault_check_dap(struct vault_party *p, struct signing_key key, const struct dap *d,
                             struct bytes hash)
{
    HOLDER h = {0};
    TRY(hold(p, key, TO_VERIFY, &h));
    return dap_check(&h.signer, d, hash);
}
