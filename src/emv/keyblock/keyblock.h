/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key blocks: a key with the rules for its use, enciphered and authenticated under a protection key (KBPK).
 * Stations 1 and 5. Pure. [ANSI X9.143 (TR-31) versions A to D; ISO 20038 version E]
 *
 *   head and optional blocks | hex of (bits of the key (2) | key | random padding), enciphered | hex of the
 * MAC
 */
#ifndef TSM_EMV_KEYBLOCK_KEYBLOCK_H
#define TSM_EMV_KEYBLOCK_KEYBLOCK_H

#include "base/crypto.h"
#include "emv/keyblock/header.h"

enum {
    KEYBLOCK_KEY_MAX = 2048,   /* octets: room for an RSA key in DER */
    KEYBLOCK_HIDDEN_TDES = 24, /* X9.143 pads keys to the longest of their algorithm, so that the length of */
    KEYBLOCK_HIDDEN_AES = 32,  /* a block does not tell that of its key */
};

/* Octets of random padding that wrap asks for. `hidden`: as X9.143 advises; else only up to a cipher block.
 * 0 for version E unless hidden. */
size_t keyblock_padding(const struct keyblock_header *h, size_t key_len, bool hidden);

/* A key on its way into a block. `padding` is random; its length is keyblock_padding's. */
struct keyblock_plain {
    const struct keyblock_header *header;
    struct bytes key, padding;
};
/*
 * Appends the block as text. Versions B, D and E only: UNSUPPORTED for A and C. BAD_LENGTH when key and
 * padding are no whole blocks, TOO_LONG above KEYBLOCK_KEY_MAX or four digits of length, KEY_REFUSED as
 * keyblock_derive, and the errors of keyblock_header_write.
 */
enum tsm_err keyblock_wrap(const struct cipher_key *kbpk, struct crypto *c, const struct keyblock_plain *p,
                           struct writer *text);

/* A block taken apart by its characters; borrowed from the text. Nothing in it is proved. */
struct keyblock_parts {
    struct keyblock_header header;
    struct bytes head, cipher, mac; /* characters */
};
/* Length digits, version, multiple of the cipher block, hex: all that can be refused without a key.
 * BAD_LENGTH, BAD_FORM, and as keyblock_header_read. */
enum tsm_err keyblock_split(struct bytes text, struct keyblock_parts *out);

/*
 * Opens a block: *header borrows from the text, the key is appended to `key` (octets, the true length).
 * MAC_WRONG when anything was changed or the KBPK is another; BAD_LENGTH for a length inside that its room
 * cannot hold or that is no whole number of octets. Nothing is released before the MAC was found right: the
 * writer is as it was on failure, its room wiped. What the key may be used for is the caller's next question
 * (rules.h).
 */
enum tsm_err keyblock_unwrap(const struct cipher_key *kbpk, struct crypto *c, struct bytes text,
                             struct keyblock_header *header, struct writer *key);

#endif
