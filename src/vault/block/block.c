/* SPDX-License-Identifier: Apache-2.0 */
/* Key blocks by key names. Stations 1 and 5. Edge. [ANSI X9.143 6] */
#include "vault/block/block.h"

#include <string.h>

#include "emv/keyblock/keyblock.h"
#include "vault/block/policy.h"
#include "vault/party.h"

enum { PADDING_MAX = 64, DES_HALF = 8, TWO_KEY = 16 };

/* Which kind of master a usage becomes, by algorithm; the others of the standard have no use here. */
static const struct home {
    char usage, algorithm;
    enum vault_master kind;
} homes[] = {
    {'C', 'T', MASTER_CVK}, {'E', 'T', MASTER_TDES}, {'E', 'A', MASTER_AES}, {'D', 'T', MASTER_TDES},
    {'D', 'A', MASTER_AES}, {'P', 'T', MASTER_TDES}, {'P', 'A', MASTER_AES},
};

static enum tsm_err kind_of(struct keyblock_policy k, size_t len, enum vault_master *out)
{
    bool kbpk = !strcmp(k.usage, USAGE_KBPK);
    if (kbpk || !strcmp(k.usage, USAGE_KEK)) {
        *out = k.algorithm == 'T' ? MASTER_TDES : kbpk ? MASTER_KBPK : MASTER_AES;
        return TSM_OK;
    }
    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++)
        if (homes[i].usage == k.usage[0] && homes[i].algorithm == k.algorithm) {
            NEED(homes[i].kind != MASTER_CVK || len == CVK_LEN, BAD_LENGTH);
            *out = homes[i].kind;
            return TSM_OK;
        }
    return FAIL(UNSUPPORTED, "no operation here works with a key of usage %.2s and algorithm %c", k.usage,
                k.algorithm);
}

/* The protection key through the seam of its token; `modes` is what its own policy must allow. */
static enum tsm_err open_kbpk(struct vault_party *p, const char *name, char version, struct cipher_key *out)
{
    if (version != 'B' && version != 'D')
        return FAIL(KEY_REFUSED, "the vault takes and makes key blocks of versions B and D");
    /* Issuer masters are TDES keys, too: the kind alone does not tell them from one that protects blocks. */
    TRY(version == 'B' ? policy_need_bound(p, name, USAGE_KBPK, "DE")
                       : policy_need(p, name, USAGE_KBPK, "DE"));
    return version == 'D' ? token_mac_key(p->token, name, out)
                          : token_cipher_key(p->token, name, CIPHER_TDES, out);
}

static enum tsm_err judge_strength(char version, struct keyblock_policy k, const struct secret *key)
{
    struct bytes left, right;
    if (version == 'B' && k.algorithm != 'T' && k.algorithm != 'D')
        return FAIL(KEY_REFUSED, "a TDES block protects no key that is stronger than itself");
    if (k.algorithm != 'T' || key->len < TWO_KEY)
        return TSM_OK;
    TRY(bytes_part(secret_bytes(key), 0, DES_HALF, &left));
    TRY(bytes_part(secret_bytes(key), DES_HALF, DES_HALF, &right));
    return bytes_equal_secret(left, right) ? FAIL(KEY_REFUSED, "a TDES key of equal halves is single DES")
                                           : TSM_OK;
}

static enum tsm_err kcv_of(const struct policy_record *r, const struct secret *value, uint8_t kcv[GP_KCV_LEN])
{
    WORKER(w);
    memset(kcv, 0, GP_KCV_LEN);
    if (!strcmp(r->policy.usage, USAGE_KBPK))
        return TSM_OK;
    TRY(crypto_key(w->crypto, r->policy.algorithm == 'A' ? CIPHER_AES : CIPHER_TDES, secret_bytes(value),
                   &w->key));
    return gp_kcv(&w->key, GP_KCV_STANDARD, kcv);
}

/* Who wants to know before the token gets anything. */
struct keeping {
    const char *name;
    enum tsm_err (*about_to)(void *self, const struct block_facts *facts);
    void *self;
};

/* Token object and policy, or neither. */
static enum tsm_err keep(struct vault_party *p, const struct keeping *k, struct policy_record *r,
                         struct block_facts *out)
{
    struct block_facts f = {.policy = r->policy, .key_len = r->value.len};
    SECRET value = r->value;
    enum vault_master kind;
    enum tsm_err e;
    bool there;
    TRY(keyblock_rules_check(r->policy, value.len));
    TRY(kind_of(r->policy, value.len, &kind));
    TRY(kcv_of(r, &value, f.kcv));
    memcpy(f.key_version, r->key_version, sizeof f.key_version);
    if (r->policy.exportability == 'N')
        secret_wipe(&r->value);
    TRY(token_has(p->token, k->name, &there));
    if (there)
        return FAIL(UNIQUE, "the token holds a key named %s already", k->name);
    if (k->about_to)
        TRY(k->about_to(k->self, &f));
    TRY(policy_keep(p, k->name, r)); /* first: a key is never there without its policy */
    e = master_put(p, k->name, kind, secret_bytes(&value));
    if (e != TSM_OK) {
        (void)policy_drop(p, k->name);
        return e;
    }
    if (out)
        *out = f;
    return TSM_OK;
}

static enum tsm_err unwrap(const struct cipher_key *kbpk, struct bytes text, struct policy_record *out)
{
    struct keyblock_header h;
    struct writer w = {out->value.at, 0, sizeof out->value.at};
    struct crypto *c = NULL;
    enum tsm_err e;
    TRY(crypto_new(&c));
    e = keyblock_unwrap(kbpk, c, text, &h, &w);
    crypto_forget(c);
    crypto_free(c);
    TRY(e);
    out->value.len = w.len;
    out->policy = keyblock_policy_of(&h);
    memcpy(out->key_version, h.key_version, sizeof out->key_version);
    return TSM_OK;
}

enum tsm_err vault_import_block(struct vault_party *p, const struct block_import *in, struct block_facts *out)
{
    POLICY_RECORD r = {.key_version = ""};
    struct cipher_key kbpk;
    char version;
    NEED(in->text.len > 0 && in->text.len <= BLOCK_TEXT_MAX, BAD_LENGTH);
    version = (char)in->text.at[0];
    TRY(open_kbpk(p, in->kbpk, version, &kbpk));
    TRY(unwrap(&kbpk, in->text, &r));
    TRY(judge_strength(version, r.policy, &r.value));
    return keep(p, &(struct keeping){in->name, in->about_to, in->self}, &r, out);
}

/* The left half of a CVK is put before the whole. */
static enum tsm_err drop_left(struct vault_party *p, const char *name)
{
    char left[TOKEN_NAME_MAX + 1];
    enum tsm_err e;
    TRY(cvk_left_name(name, left));
    e = token_destroy(p->token, left);
    return e == TSM_KEY_MISSING ? TSM_OK : e;
}

enum tsm_err vault_settle_key(struct vault_party *p, const char *name, bool *whole)
{
    POLICY_RECORD r = {.key_version = ""};
    enum tsm_err e;
    TRY(token_has(p->token, name, whole));
    e = *whole ? TSM_KEY_MISSING : policy_read(p, name, &r);
    if (e == TSM_KEY_MISSING ||
        e == TSM_BAD_VALUE) { /* nothing is left, or there never was a policy of this name */
        err_clear();
        return TSM_OK;
    }
    if (e != TSM_OK && e != TSM_MAC_WRONG)
        return e;
    if (e == TSM_OK && r.policy.usage[0] == 'C')
        TRY(drop_left(p, name));
    err_clear();
    return policy_drop(p, name);
}

static enum tsm_err wrap(const struct cipher_key *kbpk, const struct policy_record *r,
                         const struct keyblock_header *h, struct writer *text)
{
    uint8_t padding[PADDING_MAX];
    size_t n = keyblock_padding(h, r->value.len, true);
    struct keyblock_plain plain = {h, secret_bytes(&r->value), BYTES_OF(padding, n)};
    struct crypto *c = NULL;
    enum tsm_err e;
    NEED(n <= sizeof padding, NO_ROOM);
    TRY(vault_random(padding, n));
    TRY(crypto_new(&c));
    e = keyblock_wrap(kbpk, c, &plain, text);
    crypto_forget(c);
    crypto_free(c);
    return e;
}

enum tsm_err vault_export_block(struct vault_party *p, const struct block_export *out, struct writer *text)
{
    POLICY_RECORD r = {.key_version = ""};
    struct keyblock_header h = {.version = out->version, .reserved = "00"};
    struct keyblock_policy to;
    struct cipher_key kbpk;
    TRY(open_kbpk(p, out->kbpk, out->version, &kbpk));
    if (policy_read(p, out->name, &r) == TSM_KEY_MISSING)
        return FAIL(KEY_REFUSED, "the key %s came without a block: it does not leave", out->name);
    to = r.policy;
    to.exportability = out->exportability;
    TRY(keyblock_rules_export(r.policy, to, out->name));
    NEED(r.value.len > 0, KEY_REFUSED);
    TRY(judge_strength(out->version, r.policy, &r.value));
    memcpy(h.usage, to.usage, sizeof h.usage);
    memcpy(h.key_version, r.key_version, sizeof h.key_version);
    h.algorithm = to.algorithm;
    h.mode = to.mode;
    h.exportability = to.exportability;
    return wrap(&kbpk, &r, &h, text);
}

enum tsm_err vault_generate_bound(struct vault_party *p, const struct block_new *in, struct block_facts *out)
{
    POLICY_RECORD r = {.policy = in->policy, .key_version = "00", .value = {.len = in->len}};
    NEED(in->len <= sizeof r.value.at, BAD_LENGTH);
    TRY(keyblock_rules_check(in->policy, in->len));
    TRY(token_random(p->token, r.value.at, r.value.len));
    if (in->policy.algorithm == 'T')
        des_parity(r.value.at, r.value.len);
    return keep(p, &(struct keeping){.name = in->name}, &r, out);
}
