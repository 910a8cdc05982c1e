/* SPDX-License-Identifier: Apache-2.0 */
/* The operations with keys that a personalisation script may name. Station 5. Edge. [EMV Book 2 A1.4; ISO
 * 9797-1 MAC algorithm 3; SP 800-38B; RFC 2104; NXP AN10922] */
#include <string.h>

#include "emv/cryptogram.h"
#include "vault/block/policy.h"
#include "vault/emv/inside.h"
#include "vault/keys/emv.h"
#include "vault/party.h"

enum { HMAC_BLOCK = 64, HMAC_INNER = 0x36, HMAC_OUTER = 0x5C, DIVERSIFY_AES128 = 0x01, DIVERSIFY_MAX = 31 };

/* AES masters derive by option C, all others by what the script says. */
static enum tsm_err udk(struct vault_party *p, const struct script_derivation *d, struct emv_card_id card,
                        struct writer *w)
{
    SECRET key = {0};
    uint8_t y[EMV_AES_BLOCK];
    CIPHER_KEY master = {0};
    if (d->option != SCRIPT_OPTION_C) {
        TRY(vault_emv_udk(p, d->key, (enum emv_option)d->option, card, &key));
        return write_span(w, secret_bytes(&key));
    }
    TRY(policy_need(p, d->key, USAGE_ANY_IMK, "X"));
    TRY(master_key(p, d->key, MASTER_AES, &master));
    TRY(emv_diversification_aes(card, y));
    TRY(emv_udk_aes(&master, y, &key));
    return write_span(w, secret_bytes(&key));
}

/* A derived secret as a key on this thread's bench. */
static enum tsm_err key_of(struct bytes with, enum cipher_alg alg, struct cipher_key *out)
{
    struct worker *w;
    TRY(worker_get(&w));
    return crypto_key(w->crypto, alg, with, out);
}

static enum tsm_err kcv(struct bytes with, struct writer *w)
{
    uint8_t value[EMV_KCV_LEN];
    CIPHER_KEY key = {0};
    TRY(key_of(with, CIPHER_TDES, &key));
    TRY(emv_kcv(&key, value));
    return write_span(w, BYTES(value));
}

static enum tsm_err mac(struct bytes with, struct bytes over, struct writer *w)
{
    static const uint8_t zero[EMV_BLOCK];
    uint8_t room[2 * SCRIPT_VALUE_MAX + EMV_BLOCK], value[EMV_BLOCK];
    struct writer padded = WRITER(room);
    CIPHER_KEY key = {0};
    enum tsm_err e;
    TRY(key_of(with, CIPHER_TDES, &key));
    e = write_span(&padded, over);
    if (e == TSM_OK)
        e = pad_80(&padded, 0, EMV_BLOCK);
    if (e == TSM_OK)
        e = crypto_retail_mac(&key, zero, written(&padded), value);
    if (e == TSM_OK)
        e = write_span(w, BYTES(value));
    explicit_bzero(room, sizeof room);
    explicit_bzero(value, sizeof value);
    return e;
}

static enum tsm_err cmac(struct bytes with, struct bytes over, struct writer *w)
{
    uint8_t value[CMAC_LEN];
    CIPHER_KEY key = {0};
    TRY(key_of(with, CIPHER_AES, &key));
    TRY(crypto_cmac(&key, &over, 1, value));
    return write_span(w, BYTES(value));
}

static enum tsm_err hmac(struct bytes with, struct bytes over, struct writer *w)
{
    uint8_t inner[HMAC_BLOCK] = {0}, outer[HMAC_BLOCK], digest[SHA256_LEN];
    struct worker *bench;
    enum tsm_err e;
    size_t n;
    TRY(worker_get(&bench));
    TRY(bytes_keep(with, inner, sizeof inner, &n));
    for (size_t i = 0; i < HMAC_BLOCK; i++) {
        outer[i] = inner[i] ^ HMAC_OUTER;
        inner[i] ^= HMAC_INNER;
    }
    e = crypto_sha256(bench->crypto, (struct bytes[]){BYTES(inner), over}, 2, digest);
    if (e == TSM_OK)
        e = crypto_sha256(bench->crypto, (struct bytes[]){BYTES(outer), BYTES(digest)}, 2, digest);
    if (e == TSM_OK)
        e = write_span(w, BYTES(digest));
    explicit_bzero(inner, sizeof inner);
    explicit_bzero(outer, sizeof outer);
    explicit_bzero(digest, sizeof digest);
    return e;
}

/* The house's own keys have their own work. */
static enum tsm_err diversify_master(struct vault_party *p, const char *name, struct cipher_key *out)
{
    static const char *const own[] = {VAULT_KEK,        VAULT_KEY_INTAKE,    VAULT_KEY_HANDOVER,
                                      VAULT_KEY_IMPORT, VAULT_KEY_DUPLICATE, VAULT_KEY_SIGNING};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(name, own[i]))
            return FAIL(KEY_REFUSED, "the key %s derives none for cards", name);
    TRY(policy_need(p, name, USAGE_ANY_IMK, "X"));
    return master_key(p, name, MASTER_AES, out);
}

/* CMAC over 01 and the card's data: a key of 16 octets. [AN10922 2.2] */
static enum tsm_err diversify(struct vault_party *p, const struct script_derivation *d, struct bytes with,
                              struct bytes over, struct writer *w)
{
    static const uint8_t constant[] = {DIVERSIFY_AES128};
    uint8_t value[CMAC_LEN];
    CIPHER_KEY key = {0};
    enum tsm_err e;
    if (over.len < CMAC_LEN || over.len > DIVERSIFY_MAX)
        return FAIL(BAD_LENGTH, "{%s} is made over %d to %d octets", d->name, CMAC_LEN, DIVERSIFY_MAX);
    TRY(with.len ? key_of(with, CIPHER_AES, &key) : diversify_master(p, d->key, &key));
    e = crypto_cmac(&key, (struct bytes[]){BYTES(constant), over}, 2, value);
    if (e == TSM_OK)
        e = write_span(w, BYTES(value));
    explicit_bzero(value, sizeof value);
    return e;
}

enum tsm_err derive_for(void *party, const struct script_derivation *d, struct emv_card_id card,
                        struct bytes with, struct bytes over, struct writer *w)
{
    switch ((enum script_how)d->how) {
    case HOW_UDK:
        return udk(party, d, card, w);
    case HOW_KCV:
        return kcv(with, w);
    case HOW_MAC:
        return mac(with, over, w);
    case HOW_CMAC:
        return cmac(with, over, w);
    case HOW_HMAC:
        return hmac(with, over, w);
    case HOW_DIVERSIFY:
        return diversify(party, d, with, over, w);
    default:
        return FAIL(UNSUPPORTED, "no operation of this name is known");
    }
}
