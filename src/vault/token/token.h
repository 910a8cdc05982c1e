/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One logged-in PKCS#11 token: keys by label, made inside and never read out, used through whole calls.
 * Stations 2 to 12, wherever a key is needed. Edge. Only vault/ and the ceremony verbs of app/ include this.
 * [PKCS#11 v2.40]
 */
#ifndef TSM_VAULT_TOKEN_TOKEN_H
#define TSM_VAULT_TOKEN_TOKEN_H

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/secret.h"
#include "base/sign/sign.h"

enum {
    TOKEN_LABEL_MAX = 32, /* CK_TOKEN_INFO.label */
    TOKEN_PATH_MAX = 255,
    TOKEN_START_MAX = 2047, /* what a module is told at its start */
    TOKEN_NAME_MAX = 63,    /* CKA_LABEL of our keys */
    TOKEN_NAMES_MAX = 256,  /* key names one process uses of one token */
    TOKEN_PIN_MIN = 4,      /* SoftHSM's own minimum */
    TOKEN_DATA_MAX = 256,   /* a data object */
};

#define TOKEN_MODULE_DEFAULT "/usr/lib/softhsm/libsofthsm2.so"

/* Where a token is: the module's file, the text that it gets in pReserved of C_Initialize (few modules want
 * one), and the token's label. */
struct token_where {
    char module[TOKEN_PATH_MAX + 1];
    char start[TOKEN_START_MAX + 1];
    char label[TOKEN_LABEL_MAX + 1];
};

/* Reads "pkcs11:token=acme?module-path=/usr/lib/...&x-init-reserved=..." [RFC 7512; the last as p11-kit names
 * it in its configuration]; without module-path the default module.
 * BAD_FORM when it is no such URI or names no token, BAD_VALUE when it carries a PIN. */
enum tsm_err token_where_read(const char *uri, struct token_where *out);

/*
 * Initialises a free slot of the module as the token `where->label`. CONFLICT when the label is there
 * already, TOKEN_FAILED when the module has no free slot. Both PINs are the caller's and are wiped by the
 * call, whatever comes of it.
 */
enum tsm_err vault_init_token(const struct token_where *where, struct secret *so_pin, struct secret *pin);

struct token; /* kept in locked memory; used by any number of threads */

/* Opens and logs in. The PIN is moved in (the caller's copy is wiped, also on failure). TOKEN_FAILED when
 * module or token is missing, KEY_REFUSED when the PIN is wrong. Owned by the caller; token_close(NULL) is
 * legal. */
enum tsm_err token_open(const struct token_where *where, struct secret *pin, struct token **out);
void token_close(struct token *t);

/* What a key is for; the kind fixes its type and the mechanisms it may ever be used with. */
enum token_kind {
    TOKEN_KEK,         /* AES-256, seals data keys: GCM only */
    TOKEN_AES_MASTER,  /* AES 16/24/32: derives by CMAC and ECB */
    TOKEN_TDES_MASTER, /* two- or three-key TDES 16/24: derives by ECB */
    TOKEN_TRANSPORT,   /* AES 16/24/32: unwraps other keys into the token [RFC 3394] */
    TOKEN_HMAC,        /* 32 bytes: HMAC-SHA-256 */
    TOKEN_EC_SIGN,     /* P-256: ECDSA */
    TOKEN_EC_AGREE,    /* P-256: ECDH */
    TOKEN_EC_SIGN_384, /* P-384: ECDSA */
    TOKEN_RSA_SIGN,    /* modulus of 128, 256 or 384 octets: PKCS#1 v1.5 and PSS signatures */
    TOKEN_AES_SIGN,    /* AES 16/24/32: CMAC only */
    TOKEN_RSA_CARD, /* modulus of 128 to 248 octets: whole blocks of payment cards' certificates [EMV Book 2
                       A2] */
    TOKEN_KINDS
};

/* Makes a key in the token: non-extractable, sensitive, bound to its mechanisms. `len` is the key length of
 * symmetric kinds, that of the modulus of RSA, else 0. UNIQUE when the name is taken, BAD_LENGTH when the
 * kind does not know the length.
 */
enum tsm_err token_generate(struct token *t, const char *name, enum token_kind kind, size_t len);
/* Puts a clear key into the token (laboratory, ceremony of components): symmetric value, or d | x | y of
 * P-256 (96 bytes). Errors as token_generate; KEY_REFUSED for other pairs, which are made in the token. */
enum tsm_err token_import(struct token *t, const char *name, enum token_kind kind, struct bytes value);
/* Puts a key into the token that comes wrapped under the transport key `transport` [RFC 3394]; its value is
 * never in our memory. For symmetric master kinds; KEY_REFUSED else. */
struct token_wrapped {
    const char *transport;
    struct bytes wrapped;
};
enum tsm_err token_import_wrapped(struct token *t, const char *name, enum token_kind kind,
                                  struct token_wrapped from);
/* Whether the token holds a secret or private key of this name. */
enum tsm_err token_has(struct token *t, const char *name, bool *out);
/* Destroys the keys of this name (both halves of a pair). KEY_MISSING when there is none. */
enum tsm_err token_destroy(struct token *t, const char *name);

/* Small public-by-wrapping values kept beside the keys. UNIQUE / KEY_MISSING; NO_ROOM above TOKEN_DATA_MAX.
 */
enum tsm_err token_data_put(struct token *t, const char *name, struct bytes value);
enum tsm_err token_data_get(struct token *t, const char *name, struct writer *out);
enum tsm_err token_data_drop(struct token *t, const char *name);

/* Uses. All: KEY_MISSING when the name is unknown, KEY_REFUSED when the key's policy forbids the mechanism,
 * TOKEN_FAILED (may be repeated) when the token is not there. */
enum tsm_err token_random(struct token *t, uint8_t *out, size_t len);
struct token_gcm {
    const char *name;
    struct bytes nonce, aad; /* nonce of GCM_NONCE bytes */
};
/* `out` receives in.len + GCM_TAG bytes: cipher text, tag. */
enum tsm_err token_gcm_seal(struct token *t, struct token_gcm g, struct bytes in, struct writer *out);
/* MAC_WRONG when the message was changed. */
enum tsm_err token_gcm_open(struct token *t, struct token_gcm g, struct bytes in, struct secret *out);
enum tsm_err token_hmac(struct token *t, const char *name, struct bytes data, uint8_t mac[SHA256_LEN]);
/* ECDSA over a SHA-256 digest: r | s [FIPS 186-4]. */
enum { EC_SIGNATURE_LEN = 64, EC_COORDINATE = 32, EC_POINT_LEN = 65 };
enum tsm_err token_sign(struct token *t, const char *name, const uint8_t digest[SHA256_LEN],
                        uint8_t signature[EC_SIGNATURE_LEN]);
/* The x coordinate of d * peer; `peer` is an uncompressed point that the caller has checked to lie on the
 * curve. */
enum tsm_err token_ecdh(struct token *t, const char *name, const uint8_t peer[EC_POINT_LEN],
                        struct secret *z);
/* Whether the pair is one for agreement (CKA_DERIVE) rather than for signatures. */
enum tsm_err token_agrees(struct token *t, const char *name, bool *out);
/* The public half: 04 | x | y. */
enum tsm_err token_public(struct token *t, const char *name, uint8_t point[EC_POINT_LEN]);

/* The signature seam over a pair in the token (token/sign.c), valid as long as t; it only signs. RSA signs
 * digests of SHA-1 in PKCS#1 v1.5 and any in PSS. */
enum tsm_err token_sign_key(struct token *t, const char *name, struct sign_key *out);
/* The public half of such a pair as a key in memory that verifies; owned: sign_key_free. */
enum tsm_err token_public_key(struct token *t, const char *name, struct sign_key *out);
/* Its numbers: the point 04 | x | y, or modulus and exponent as two spans of `room`. */
struct token_public_numbers {
    enum sign_type type;
    struct bytes point, n, e;
};
enum { TOKEN_PUBLIC_MAX = SIGNATURE_MAX + 16 };
enum tsm_err token_public_numbers(struct token *t, const char *name, struct writer *room,
                                  struct token_public_numbers *out);

/* The crypto seam over a master in the token (cbc, ecb, cmac), valid as long as t. */
enum tsm_err token_cipher_key(struct token *t, const char *name, enum cipher_alg alg, struct cipher_key *out);
/* The same over a TOKEN_AES_SIGN key; KEY_REFUSED for an AES key that enciphers or derives too: a master must
 * sign nothing that a partner hands in. */
enum tsm_err token_mac_key(struct token *t, const char *name, struct cipher_key *out);

#endif
