/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a security domain: versions, inheritance, which set serves which protocol, atomic changes (station
 * 10, the card's side); pure; GPCS 2.3.1 7.5, 11.8.2.3.3, Amd D 6.1. */
#ifndef LAB_CARD_MODEL_KEYS_H
#define LAB_CARD_MODEL_KEYS_H

#include "card/model/model.h"

#define KID_ENC 1
#define KID_MAC 2
#define KID_DEK 3

#define KVN_MAX          0x7F
#define KVN_TS102226_DAP 0x11
/* Versions of the keys for content management, each with identifier 01 (GP UICC Configuration, knowledge of
 * the field: no public text of it was at hand). */
#define KVN_TOKEN   0x70
#define KVN_RECEIPT 0x71
#define KVN_DAP     0x73
#define KID_SOLE    0x01

/* The domain whose keys serve `sd`: itself once it has a complete set or a private key of SCP11, else the
 * nearest ancestor that has one. */
struct sd *sd_key_owner(struct sd *sd);
/* A set with key identifiers 1, 2 and 3. */
bool sd_set_complete(const struct sd *sd, uint8_t kvn);
/* True when version `kvn` of `sd` is complete and may serve the protocol: 20-2F SCP02 with 16-byte DES keys,
 * 30-3F SCP03 with AES keys of one size, 01-0F SCP80 in a domain that has SCP80; other free versions by key
 * type. */
bool sd_set_serves(const struct sd *sd, uint8_t kvn, uint8_t scp);
/* The lowest-placed version that serves the protocol, 0 when there is none. */
uint8_t sd_first_set(const struct sd *sd, uint8_t scp);
bool sd_static_keys(const struct sd *sd, uint8_t kvn, struct static_keys *to);
struct key *sd_key(struct sd *sd, uint8_t kvn, uint8_t kid);
struct asym_entry *sd_asym(struct sd *sd, uint8_t kvn, uint8_t kid);
struct keyset *sd_keyset(struct sd *sd, uint8_t kvn);
const struct scp_option *sd_option(const struct sd *sd, uint8_t scp);

/* A change of several keys that happens wholly or not at all. */
struct key_change {
    uint8_t replaced_kvn; /* 0 = new keys */
    bool load_or_update;  /* STORE DATA: replace what exists, add what does not */
    size_t count;
    struct key keys[SD_MAX_KEYS];
    size_t asym_count;
    struct asym_entry asym[SD_MAX_ASYM];
};

/* Checks the rules and applies the change, else leaves every key as it was. Returns a status word. */
uint16_t sd_change_keys(struct sd *sd, const struct key_change *change);
/* Deletes one key (kid) or, with kid < 0, a version. */
uint16_t sd_delete_keys(struct sd *sd, uint8_t kvn, int kid);

#endif
