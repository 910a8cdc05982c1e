/* SPDX-License-Identifier: Apache-2.0 */
/* Known keys as data, and the three ways to meet one: itself, derived from it, by its check value. Station 1.
 * Edge. */
#include "vault/keys/known.h"

#include <string.h>

enum { KNOWN_LEN = 16 };

/* Published, every one of them; the longer keys of the same series begin like these. */
static const struct {
    const char *name;
    uint8_t value[KNOWN_LEN];
} known[] = {
    {"the GlobalPlatform test key 404142..4F [GPCS test plans, every card kit]",
     {0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F}},
    {"the test key 505152..5F", /* the second key of GlobalPlatform's sample sets */
     {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0x5F}},
    {"the key of zeros", {0}},
    {"the key of ones",
     {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}},
    {"the key 01..01",
     {0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01}},
    {"the key 11..11",
     {0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11}},
    {"the counting key 000102..0F",
     {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F}},
    {"the counting key 101112..1F",
     {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F}},
    {"the textbook key 001122..FF [FIPS 197 examples]",
     {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF}},
    {"the textbook key 012345..EF FEDCBA..10",
     {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10}},
    {"the Gemplus sample mother key \"GEMXPRESSOSAMPLE\"",
     {0x47, 0x45, 0x4D, 0x58, 0x50, 0x52, 0x45, 0x53, 0x53, 0x4F, 0x53, 0x41, 0x4D, 0x50, 0x4C, 0x45}},
};
enum { KNOWN_KEYS = sizeof known / sizeof known[0] };

static const char *const roles[KEYSET_KEYS] = {
    [KEY_ENC] = "ENC (KIc)", [KEY_MAC] = "MAC (KID)", [KEY_DEK] = "DEK (KIK)"};

/* DES ignores the lowest bit of each octet. */
static bool same(enum cipher_alg alg, struct bytes key, const uint8_t value[KNOWN_LEN])
{
    uint8_t differs = 0, mask = alg == CIPHER_TDES ? 0xFE : 0xFF;
    for (size_t i = 0; i < key.len && i < KNOWN_LEN; i++)
        differs |= (uint8_t)((key.at[i] ^ value[i]) & mask);
    return differs == 0;
}

static enum tsm_err refuse_published(const struct keyset *k)
{
    for (size_t role = 0; role < KEYSET_KEYS; role++)
        for (size_t i = 0; i < KNOWN_KEYS; i++)
            if (same((enum cipher_alg)k->alg, secret_bytes(&k->key[role]), known[i].value))
                return FAIL_FIELD(KEY_REFUSED, "keys", "rule " RULE_KEY_KNOWN ": %s begins with %s",
                                  roles[role], known[i].name);
    return TSM_OK;
}

/* EMV and VISA2 for TDES, KDF3 for AES: what each method makes of the master for this card. */
static enum tsm_err refuse_derived_by(const struct keyset *k, const struct cipher_key *master, size_t which,
                                      enum gp_kdf method, struct bytes kdd)
{
    for (int role = 0; role < KEYSET_KEYS; role++) {
        SECRET card = {.len = 0};
        if (gp_diversify(method, master, kdd.at, (enum gp_key_id)(role + 1), &card) != TSM_OK) {
            err_clear();
            return TSM_OK; /* no method for this kind of master */
        }
        if (bytes_equal_secret(secret_bytes(&card), secret_bytes(&k->key[role])))
            return FAIL_FIELD(KEY_REFUSED, "keys",
                              "rule " RULE_KEY_DERIVED ": %s is derived from %s by the card's own data",
                              roles[role], known[which].name);
    }
    return TSM_OK;
}

static enum tsm_err refuse_derived(const struct keyset *k, struct crypto *c, struct bytes kdd)
{
    static const enum gp_kdf for_tdes[] = {GP_KDF_EMV, GP_KDF_VISA2}, for_aes[] = {GP_KDF_KDF3};
    bool aes = k->alg == CIPHER_AES;
    const enum gp_kdf *method = aes ? for_aes : for_tdes;
    for (size_t i = 0; i < KNOWN_KEYS; i++) {
        CIPHER_KEY master = {0};
        TRY(crypto_key(c, (enum cipher_alg)k->alg, BYTES(known[i].value), &master));
        for (size_t m = 0; m < (aes ? sizeof for_aes : sizeof for_tdes) / sizeof *method; m++)
            TRY(refuse_derived_by(k, &master, i, method[m], kdd));
    }
    return TSM_OK;
}

enum tsm_err keyset_refuse_known(const struct keyset *k, struct crypto *c, struct bytes kdd)
{
    if (k->kvn == KNOWN_KVN_INITIAL)
        return FAIL_FIELD(KEY_REFUSED, "kvn",
                          "rule " RULE_KVN_FF ": a card with its initial key set must be keyed anew first");
    TRY(refuse_published(k));
    return kdd.len == GP_DIVERSIFICATION_LEN ? refuse_derived(k, c, kdd) : TSM_OK;
}

const char *known_master(struct crypto *c, enum cipher_alg alg, const uint8_t kcv[GP_KCV_LEN])
{
    for (size_t i = 0; i < KNOWN_KEYS; i++) {
        CIPHER_KEY key = {0};
        uint8_t its[GP_KCV_LEN];
        if (crypto_key(c, alg, BYTES(known[i].value), &key) == TSM_OK &&
            gp_kcv(&key, GP_KCV_STANDARD, its) == TSM_OK && memcmp(its, kcv, sizeof its) == 0)
            return known[i].name;
    }
    return NULL;
}
