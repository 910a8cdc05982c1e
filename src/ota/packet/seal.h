/* SPDX-License-Identifier: Apache-2.0 */
/* The protection that command and PoR share: checksum, ciphering, padding counter. Inside ota/packet only.
 * Stations 7, 8, 10. Pure. [TS 102 225 5.1.2, 5.1.3] */
#ifndef TSM_OTA_PACKET_SEAL_H
#define TSM_OTA_PACKET_SEAL_H

#include "ota/packet/packet.h"
#include "ota/packet/spi.h"

/* How one packet is protected. Made by scp80_seal_make, which checks that the keys fit. */
struct scp80_seal {
    enum scp80_integrity integrity;
    bool ciphered;
    enum scp80_algorithm cipher_alg, check_alg;
    size_t check_len; /* octets of RC or CC */
    const struct scp80_keys *keys;
};

/* The wish behind a seal; cc_len 0 means SCP80_CC_LEN, crc_len 0 means what KID names. */
struct scp80_seal_wish {
    enum scp80_integrity integrity;
    bool ciphered;
    uint8_t kic, kid;
    size_t cc_len, crc_len;
};
enum tsm_err scp80_seal_make(struct scp80_seal_wish wish, const struct scp80_keys *keys,
                             struct scp80_seal *out);

/* Octets of padding (PCNTR) behind `len` octets that are to be ciphered; 0 without ciphering. */
size_t scp80_seal_padding(const struct scp80_seal *s, size_t len);
/* The checksum over head (SCP80_HEAD_LEN octets) and rest; writes check_len octets. */
enum tsm_err scp80_seal_check(const struct scp80_seal *s, struct bytes head, struct bytes rest,
                              uint8_t check[SCP80_CC_LEN]);
/* Ciphers or deciphers in place or to `out`; copies where the seal does not cipher. */
enum tsm_err scp80_seal_cipher(const struct scp80_seal *s, enum cipher_dir dir, struct bytes in,
                               uint8_t *out);
/* Where a packet that is being written stands in its writer: its head for the checksum, its first secured
 * octet. */
struct scp80_seal_frame {
    size_t head, secured, pad;
};
/* The end of writing a packet, in place: room for the checksum, data, padding, checksum, cipher. */
enum tsm_err scp80_seal_close(const struct scp80_seal *s, struct scp80_seal_frame f, struct bytes data,
                              struct writer *w);
/*
 * The end of opening a packet: takes the checksum and the rest from the reader, compares the checksum in
 * constant time and strips `pad` octets (PCNTR); what the card put into them is its own matter.
 */
enum tsm_err scp80_seal_open_rest(const struct scp80_seal *s, struct reader *r, struct bytes head,
                                  uint8_t pad, struct bytes *data);

#endif
