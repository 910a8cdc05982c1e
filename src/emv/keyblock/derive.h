/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two keys of a key block from its protection key: one enciphers, one authenticates. Stations 1 and 5.
 * Pure: the protection key may live in a token, what is derived from it lives in memory. [ANSI X9.143 6.3,
 * 6.4 (TR-31 5.3.2); SP 800-38B]
 */
#ifndef TSM_EMV_KEYBLOCK_DERIVE_H
#define TSM_EMV_KEYBLOCK_DERIVE_H

#include "base/crypto.h"

enum { KEYBLOCK_MAC_MAX = 16 };

/* Wiped when its name goes out of scope: KEYBLOCK_KEYS k = {0}; */
struct keyblock_keys {
    struct cipher_key kbek, kbak;
};
static inline void keyblock_keys_wipe(struct keyblock_keys *k)
{
    explicit_bzero(k, sizeof *k);
}
#define KEYBLOCK_KEYS __attribute__((cleanup(keyblock_keys_wipe))) struct keyblock_keys

/*
 * Derives both for the version, with the contexts of `c`. B, D, E ask `kbpk` for cmac or ecb only; A and C
 * xor its bytes, so it must be in memory there. KEY_REFUSED for a protection key of another algorithm or
 * length than the version takes, or in a token for A and C.
 */
enum tsm_err keyblock_derive(char version, const struct cipher_key *kbpk, struct crypto *c,
                             struct keyblock_keys *out);

/* The MAC of the version over the parts, keyblock_mac_digits / 2 octets. BAD_LENGTH for A and C unless the
 * parts are whole blocks. */
enum tsm_err keyblock_mac(char version, const struct cipher_key *kbak, const struct bytes *parts, size_t n,
                          uint8_t mac[KEYBLOCK_MAC_MAX]);

#endif
