/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only door to keys: a party opens its token once, and from then on names keys and hands in sealed blobs.
 * Every station that needs a key. Edge. The caller stores the blobs; the vault stores keys in the token only.
 *
 *   kek in the token -> data key versions -> a sub-key for each purpose -> key sets, personal data, file keys
 */
#ifndef TSM_VAULT_VAULT_H
#define TSM_VAULT_VAULT_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/secret.h"

/* The keys that every party's token holds, made by vault_prepare. */
#define VAULT_KEK           "kek"       /* AES-256, seals the data keys */
#define VAULT_KEY_INTAKE    "intake"    /* P-256 agreement: card data of providers' orders come to it */
#define VAULT_KEY_HANDOVER  "handover"  /* P-256 agreement: key sets of partners come to it */
#define VAULT_KEY_IMPORT    "import"    /* P-256 agreement: file keys of import files come to it */
#define VAULT_KEY_DUPLICATE "duplicate" /* HMAC-SHA-256: finds duplicates of card numbers */
#define VAULT_KEY_SIGNING   "signing"   /* P-256 signature: callbacks, audit checkpoints */

struct vault_settings {
    const char *uri; /* pkcs11:token=...?module-path=... [RFC 7512] */
    bool laboratory; /* clear keys may be taken in; a production configuration says false */
};

struct vault_party; /* in locked memory; used by any number of threads */

/*
 * Opens the party's token, logs in and unseals its data keys. The PIN is moved in: the caller's copy is wiped
 * whatever comes of it. TOKEN_FAILED (may be repeated) when module or token is missing, KEY_REFUSED for a
 * wrong PIN, KEY_MISSING when the token was not prepared. Open after the last fork: modules do not survive
 * one. Owned by the caller; vault_close(NULL) is legal, and no call may be running then.
 */
enum tsm_err vault_open(const struct vault_settings *s, struct secret *pin, struct vault_party **out);
void vault_close(struct vault_party *p);
/* Makes what the token lacks of the keys above, and the first data key; harmless when all is there. Once, at
 * init: after vault_init_token (vault/token/token.h). The PIN as in vault_open. */
enum tsm_err vault_prepare(const struct vault_settings *s, struct secret *pin);

/* What the token can really do (vault/token/selftest/selftest.h): a table to print at start; the caller
 * refuses to serve when its "ready" is false. Owned by the caller. */
enum tsm_err vault_selftest(struct vault_party *p, json_t **out);

/* Randomness for challenges, session ids, tokens; never fails short. CRYPTO_FAILED. */
enum tsm_err vault_random(uint8_t *out, size_t len);

/*
 * Sealing. A blob is version(1) nonce(12) cipher text tag(16): AES-256-GCM under a sub-key of the data key
 * `version`, AAD = id. Nonces are random, so one data key seals at most SEAL_MESSAGES_MAX messages [SP
 * 800-38D 8.3]: rotate before; a rotation adds a version, old blobs stay readable, new ones use the newest.
 */
enum { SEAL_OVERHEAD = 1 + GCM_NONCE + GCM_TAG, SEAL_PLAIN_MAX = 16384, DATA_KEYS_MAX = 255 };
#define SEAL_MESSAGES_MAX (1ULL << 32)

/* Personal data (orders' card data) of the object `id`. MAC_WRONG when the blob was changed, belongs to
 * another id, party or purpose; BAD_LENGTH when it is too short; KEY_MISSING for an unknown version;
 * TOO_LONG; NO_ROOM. */
enum tsm_err vault_seal_data(struct vault_party *p, uint64_t id, struct bytes plain, struct writer *blob);
enum tsm_err vault_unseal_data(struct vault_party *p, uint64_t id, struct bytes blob, struct writer *plain);
/* Adds a data key version, used from now on. *version is the new one; KEY_REFUSED after DATA_KEYS_MAX. One at
 * a time: CONFLICT when another process has just done it. */
enum tsm_err vault_rotate(struct vault_party *p, uint8_t *version);
/* The version that sealed a blob, to find those that a background job should seal anew; 0 for an empty blob.
 */
uint8_t vault_blob_version(struct bytes blob);

/* A sealed key set as the caller stores it: its id (AAD) and its blob, borrowed. */
struct sealed_keyset {
    uint64_t id;
    struct bytes blob;
};
enum { SEALED_KEYSET_MAX = SEAL_OVERHEAD + 4 + 3 * 32 }; /* three AES-128 keys: 81 bytes */
/* The same key set under the newest data key. */
enum tsm_err vault_reseal(struct vault_party *p, struct sealed_keyset old, struct writer *blob);

/* Whether the token holds a secret or private key of this name. */
enum tsm_err vault_has_key(struct vault_party *p, const char *name, bool *out);
/* HMAC-SHA-256 with a named key, for finding duplicates of card numbers without keeping them. */
enum tsm_err vault_hmac(struct vault_party *p, const char *key, struct bytes data, uint8_t mac[SHA256_LEN]);
/* ECDSA P-256 over a SHA-256 digest: r | s. */
enum tsm_err vault_sign(struct vault_party *p, const char *key, const uint8_t digest[SHA256_LEN],
                        uint8_t signature[64]);

#endif
