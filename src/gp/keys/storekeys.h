/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by STORE DATA: DGI 00B9 with their attributes, then one DGI 8113 a key. How a new security domain gets
 * its first keys. Stations 5 and 7. Pure. [GPCS 11.11.4] */
#ifndef TSM_GP_KEYS_STOREKEYS_H
#define TSM_GP_KEYS_STOREKEYS_H

#include "gp/keys/kcv.h"

enum { STOREKEYS_MAX = 6 };

/* Where the attributes stand: in the control template of each key (GPCS 2.3.1 Table 11-92), or those that all
 * keys share once in a template B7 (cards after later versions). Data of the card profile. */
enum storekeys_dialect { STOREKEYS_EACH, STOREKEYS_SHARED };

/* Key usage qualifiers [GPCS 11.1.9]. */
enum {
    KEY_USAGE_C_MAC_R_MAC = 0x34,
    KEY_USAGE_C_ENC_R_ENC = 0x38,
    KEY_USAGE_C_DEK = 0x48,
    KEY_USAGE_C_DEK_R_DEK = 0xC8,
    KEY_USAGE_TOKEN = 0x81,
    KEY_USAGE_RECEIPT = 0x44,
    KEY_USAGE_DAP = 0x84,
};

/* One key; `usage` only in STOREKEYS_EACH. `value` is borrowed: the clear key to write, the wrapped one when
 * read. */
struct store_key {
    uint8_t kid;
    uint16_t usage;
    uint8_t kcv[GP_KCV_LEN];
    struct bytes value;
};

/* A set: keys of one algorithm, length and version. `access` [GPCS Table 11-19]; `purpose` (tag 97) only in
 * STOREKEYS_SHARED. */
struct store_keys {
    enum storekeys_dialect dialect;
    uint8_t kvn, access;
    uint16_t purpose;
    enum cipher_alg alg;
    size_t key_len;
    enum gp_kcv_rule kcv_rule;
    size_t count;
    struct store_key key[STOREKEYS_MAX];
};

/* Appends 00B9 and the 8113s, the key values under `dek`; check values are computed (store_key.kcv is not
 * read). BAD_LENGTH when a value is not of key_len. */
enum tsm_err storekeys_write(const struct store_keys *keys, const struct cipher_key *dek, struct writer *w);
/* Reads the same back, in either dialect; values stay wrapped. kcv_rule is left at standard. */
enum tsm_err storekeys_read(struct bytes dgis, struct store_keys *out);

#endif
