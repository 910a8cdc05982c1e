/* SPDX-License-Identifier: Apache-2.0 */
/* Master keys in the token by name: made, wrapped in, put in by ceremony, checked. Station 5. Edge. [GPCS
 * B.6] */
#include "vault/keys/master.h"

#include <stdio.h>
#include <string.h>

#include "vault/block/policy.h"
#include "vault/keys/known.h"
#include "vault/party.h"

static const struct {
    enum token_kind kind;
    enum cipher_alg alg; /* 0: no cipher */
} kinds[] = {
    [MASTER_AES] = {TOKEN_AES_MASTER, CIPHER_AES},   [MASTER_TDES] = {TOKEN_TDES_MASTER, CIPHER_TDES},
    [MASTER_CVK] = {TOKEN_TDES_MASTER, CIPHER_TDES}, [MASTER_TRANSPORT] = {TOKEN_TRANSPORT, 0},
    [MASTER_EC_AGREE] = {TOKEN_EC_AGREE, 0},         [MASTER_EC_SIGN] = {TOKEN_EC_SIGN, 0},
    [MASTER_KBPK] = {TOKEN_AES_SIGN, CIPHER_AES},    [MASTER_RSA_CARD] = {TOKEN_RSA_CARD, 0},
};

/* CVKA as a key of its own, A | A, since tokens do not do single DES. */
enum tsm_err cvk_left_name(const char *name, char out[TOKEN_NAME_MAX + 1])
{
    int n = snprintf(out, TOKEN_NAME_MAX + 1, "%s.a", name);
    NEED(n > 0 && n <= TOKEN_NAME_MAX, TOO_LONG);
    return TSM_OK;
}

static enum tsm_err import_cvk(struct token *t, const char *name, struct bytes value)
{
    char left[TOKEN_NAME_MAX + 1];
    SECRET aa = {.len = CVK_LEN};
    struct writer w = {aa.at, 0, CVK_LEN};
    struct bytes a;
    enum tsm_err e;
    NEED(value.len == CVK_LEN, BAD_LENGTH);
    TRY(cvk_left_name(name, left));
    TRY(bytes_part(value, 0, CVK_LEN / 2, &a));
    TRY(write_span(&w, a));
    TRY(write_span(&w, a));
    TRY(token_import(t, left, TOKEN_TDES_MASTER, secret_bytes(&aa)));
    e = token_import(t, name, TOKEN_TDES_MASTER, value);
    if (e != TSM_OK)
        (void)token_destroy(t, left);
    return e;
}

enum tsm_err vault_generate_master(struct vault_party *p, const char *name, enum vault_master kind,
                                   size_t len)
{
    SECRET cvk = {.len = CVK_LEN};
    if (kind != MASTER_CVK)
        return token_generate(p->token, name, kinds[kind].kind, len);
    TRY(token_random(p->token, cvk.at, cvk.len));
    des_parity(cvk.at, cvk.len);
    return import_cvk(p->token, name, secret_bytes(&cvk));
}

enum tsm_err vault_import_master(struct vault_party *p, const char *name, enum vault_master kind,
                                 struct bytes value)
{
    if (!p->laboratory)
        return FAIL(KEY_REFUSED, "clear masters are taken in by a laboratory configuration only");
    if (kind == MASTER_CVK)
        return import_cvk(p->token, name, value);
    return token_import(p->token, name, kinds[kind].kind, value);
}

static bool component_is_weak(const struct key_components *c, size_t i)
{
    static const uint8_t zero[SECRET_MAX];
    if (bytes_equal_secret(secret_bytes(&c->part[i]), BYTES_OF(zero, c->part[i].len)))
        return true;
    for (size_t k = 0; k < i; k++)
        if (bytes_equal_secret(secret_bytes(&c->part[i]), secret_bytes(&c->part[k])))
            return true;
    return false;
}

static enum tsm_err combine(const struct key_components *c, struct secret *out)
{
    SECRET whole = {.len = c->n ? c->part[0].len : 0};
    NEED(c->n >= 2 && c->n <= COMPONENTS_MAX, BAD_VALUE);
    for (size_t i = 0; i < c->n; i++) {
        NEED(c->part[i].len == whole.len, BAD_LENGTH);
        if (component_is_weak(c, i))
            return FAIL(BAD_VALUE, "component %zu is zero or equal to another", i + 1);
        for (size_t k = 0; k < whole.len; k++)
            whole.at[k] ^= c->part[i].at[k];
    }
    *out = whole;
    return TSM_OK;
}

static enum tsm_err kcv_fits(const struct secret *key, enum cipher_alg alg, const uint8_t due[GP_KCV_LEN])
{
    uint8_t kcv[GP_KCV_LEN];
    WORKER(w);
    TRY(crypto_key(w->crypto, alg, secret_bytes(key), &w->key));
    TRY(gp_kcv(&w->key, GP_KCV_STANDARD, kcv));
    return memcmp(kcv, due, sizeof kcv) ? FAIL(KCV_WRONG, "the components do not make the key that is due")
                                        : TSM_OK;
}

/* A master that everybody knows is none; a laboratory may have it. */
static enum tsm_err refuse_known(const struct vault_party *p, enum cipher_alg alg,
                                 const uint8_t kcv[GP_KCV_LEN])
{
    const char *name;
    WORKER(w);
    name = p->laboratory ? NULL : known_master(w->crypto, alg, kcv);
    return name ? FAIL(KEY_REFUSED, "rule " RULE_KEY_KNOWN ": the check value is that of %s", name) : TSM_OK;
}

enum tsm_err vault_combine_master(struct vault_party *p, const char *name, enum vault_master kind,
                                  const struct key_components *c)
{
    SECRET whole = {0};
    NEED(kind != MASTER_EC_AGREE && kind != MASTER_EC_SIGN, KEY_REFUSED);
    TRY(combine(c, &whole));
    TRY(kcv_fits(&whole, kinds[kind].alg ? kinds[kind].alg : CIPHER_AES, c->kcv));
    TRY(refuse_known(p, kinds[kind].alg ? kinds[kind].alg : CIPHER_AES, c->kcv));
    if (kind == MASTER_CVK)
        return import_cvk(p->token, name, secret_bytes(&whole));
    return token_import(p->token, name, kinds[kind].kind, secret_bytes(&whole));
}

enum tsm_err master_put(struct vault_party *p, const char *name, enum vault_master kind, struct bytes value)
{
    uint8_t kcv[GP_KCV_LEN];
    {
        WORKER(w);
        TRY(crypto_key(w->crypto, kinds[kind].alg, value, &w->key));
        TRY(gp_kcv(&w->key, GP_KCV_STANDARD, kcv));
    }
    TRY(refuse_known(p, kinds[kind].alg, kcv));
    return kind == MASTER_CVK ? import_cvk(p->token, name, value)
                              : token_import(p->token, name, kinds[kind].kind, value);
}

enum tsm_err vault_unwrap_master(struct vault_party *p, const char *name, enum vault_master kind,
                                 struct wrapped_master from)
{
    uint8_t kcv[GP_KCV_LEN];
    enum tsm_err e;
    if (kind != MASTER_AES && kind != MASTER_TDES)
        return FAIL(KEY_REFUSED, "only AES and TDES masters come wrapped");
    TRY(token_import_wrapped(p->token, name, kinds[kind].kind,
                             (struct token_wrapped){from.transport, from.wrapped}));
    e = vault_master_kcv(p, name, kind, kcv);
    if (e == TSM_OK)
        e = refuse_known(p, kinds[kind].alg, kcv);
    if (e != TSM_OK)
        (void)token_destroy(p->token, name);
    return e;
}

enum tsm_err master_key(struct vault_party *p, const char *name, enum vault_master kind,
                        struct cipher_key *out)
{
    NEED(kinds[kind].alg != 0, KEY_REFUSED);
    return token_cipher_key(p->token, name, kinds[kind].alg, out);
}

enum tsm_err vault_master_kcv(struct vault_party *p, const char *name, enum vault_master kind,
                              uint8_t kcv[GP_KCV_LEN])
{
    CIPHER_KEY k = {0};
    TRY(master_key(p, name, kind, &k));
    return gp_kcv(&k, GP_KCV_STANDARD, kcv);
}

static enum tsm_err derive_one(struct vault_party *p, const struct keyset_derivation *d, int role,
                               struct secret *out)
{
    enum vault_master kind = d->form.alg == CIPHER_AES ? MASTER_AES : MASTER_TDES;
    CIPHER_KEY master = {0};
    TRY(master_key(p, d->master[role], kind, &master));
    TRY(gp_diversify(d->kdf, &master, d->kdd, (enum gp_key_id)(GP_KEY_ENC + role), out));
    return TSM_OK;
}

/* Before the bench is taken: a policy is unsealed on it. */
static enum tsm_err may_derive(struct vault_party *p, const struct keyset_derivation *d)
{
    for (int i = 0; i < KEYSET_KEYS; i++)
        TRY(policy_need(p, d->master[i], USAGE_KMC, "X"));
    return TSM_OK;
}

static enum tsm_err derive_three(struct vault_party *p, const struct keyset_derivation *d, struct worker *w)
{
    keyset_set_form(&w->fresh, &d->form);
    TRY(keyset_check(&w->fresh));
    for (int i = 0; i < KEYSET_KEYS; i++) {
        TRY(derive_one(p, d, i, &w->fresh.key[i]));
        NEED(w->fresh.key[i].len == d->form.key_len, BAD_LENGTH);
    }
    return TSM_OK;
}

enum tsm_err vault_derived_keyset(struct vault_party *p, const struct keyset_derivation *d,
                                  struct keyset_target to)
{
    TRY(may_derive(p, d));
    WORKER(w);
    TRY(derive_three(p, d, w));
    return keyset_give(p, w, to);
}

enum tsm_err vault_import_derived(struct vault_party *p, const struct keyset_derivation *d,
                                  struct keyset_target to)
{
    TRY(may_derive(p, d));
    WORKER(w);
    TRY(derive_three(p, d, w));
    if (!p->laboratory)
        TRY(keyset_refuse_known(&w->fresh, w->crypto, BYTES_OF(d->kdd, sizeof d->kdd)));
    return keyset_give(p, w, to);
}
