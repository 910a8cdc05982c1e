/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Master keys in the token, by name: made, wrapped in, put in by ceremony, checked; and the card keys that
 * are derived from them without the master leaving. Station 5. Edge. [GPCS B.6, EMV CPS, EMV Book 2 A1]
 */
#ifndef TSM_VAULT_MASTER_H
#define TSM_VAULT_MASTER_H

#include "gp/keys/diversify.h"
#include "vault/keys/handover.h"

enum vault_master {
    MASTER_AES,       /* 16, 24, 32 */
    MASTER_TDES,      /* 16, 24 */
    MASTER_CVK,       /* the pair CVKA | CVKB, 16 */
    MASTER_TRANSPORT, /* AES 16, 24, 32: unwraps others */
    MASTER_EC_AGREE,  /* P-256 */
    MASTER_EC_SIGN,   /* P-256 */
    MASTER_RSA_CARD,  /* 128, 144, 176, 192, 248: issuer and scheme keys of payment cards (vault/emv/emv.h) */
    MASTER_KBPK,      /* AES 16, 24, 32: protects key blocks (vault/block/block.h), computes CMACs only */
};
enum { CVK_LEN = 16 };

/* Makes a master in the token; len 0 for pairs. UNIQUE when the name is taken, BAD_LENGTH. MASTER_CVK is made
 * in wiped memory from the token's randomness, since no token cuts a key in two. */
enum tsm_err vault_generate_master(struct vault_party *p, const char *name, enum vault_master kind,
                                   size_t len);
/* Takes a clear master in: the value, or d | x | y of a P-256 pair. KEY_REFUSED unless the party's settings
 * say laboratory. */
enum tsm_err vault_import_master(struct vault_party *p, const char *name, enum vault_master kind,
                                 struct bytes value);
/* Takes a symmetric master in from the components of its custodians: their XOR. BAD_VALUE when there are
 * fewer than two or more than COMPONENTS_MAX, or one is zero or two are equal; KCV_WRONG when the whole is
 * not the one that `kcv` belongs to. Allowed in production: no custodian knows the key. Each custodian's
 * bytes are the caller's to wipe. */
enum { COMPONENTS_MAX = 5 };
struct key_components {
    const struct secret *part;
    size_t n;
    uint8_t kcv[GP_KCV_LEN]; /* the standard's, of the whole */
};
enum tsm_err vault_combine_master(struct vault_party *p, const char *name, enum vault_master kind,
                                  const struct key_components *c);
/* Takes in an AES or TDES master that comes wrapped under a MASTER_TRANSPORT key [RFC 3394]; its value is
 * never in our memory. MAC_WRONG when it was changed. */
struct wrapped_master {
    const char *transport;
    struct bytes wrapped;
};
enum tsm_err vault_unwrap_master(struct vault_party *p, const char *name, enum vault_master kind,
                                 struct wrapped_master from);
/* The standard's check value of an AES or TDES master (for a CVK that of the whole pair), computed in the
 * token. */
enum tsm_err vault_master_kcv(struct vault_party *p, const char *name, enum vault_master kind,
                              uint8_t kcv[GP_KCV_LEN]);

/*
 * The key set of one card from masters in the token: ENC, MAC and DEK by `kdf` over the diversification data
 * of the card, each from its own master or all from the same. The blob is kept from then on. KEY_REFUSED for
 * GP_KDF_NONE (a master never leaves its token) and for masters of another algorithm.
 */
struct keyset_derivation {
    const char *master[KEYSET_KEYS];
    enum gp_kdf kdf;
    uint8_t kdd[GP_DIVERSIFICATION_LEN];
    struct keyset_form form;
};
enum tsm_err vault_derived_keyset(struct vault_party *p, const struct keyset_derivation *d,
                                  struct keyset_target to);
/* The same for an inventory, with the rules of import files: KEY_REFUSED in production for keys that
 * everybody knows and for key version FF (known.h). KEY_MISSING for a master that is not there. */
enum tsm_err vault_import_derived(struct vault_party *p, const struct keyset_derivation *d,
                                  struct keyset_target to);

#endif
