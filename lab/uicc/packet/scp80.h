/* SPDX-License-Identifier: Apache-2.0 */
/* SCP80 from the card's side: command packets are opened, response packets (proof of receipt) are built. Pure
 * (stations 7 and 10, the card's half). [TS 102 225 5.1, 5.2; TS 31.115 4] */
#ifndef LAB_UICC_PACKET_SCP80_H
#define LAB_UICC_PACKET_SCP80_H

#include "uicc/packet/integrity.h"

/* Response status codes. [TS 102 225 table 5] */
enum por_status {
    POR_OK = 0x00,
    POR_CC_FAILED = 0x01,
    POR_COUNTER_LOW = 0x02,
    POR_COUNTER_HIGH = 0x03,
    POR_COUNTER_BLOCKED = 0x04,
    POR_CIPHERING_ERROR = 0x05,
    POR_SECURITY_ERROR = 0x06,
    POR_NO_MEMORY = 0x07,
    POR_MORE_TIME = 0x08,
    POR_TAR_UNKNOWN = 0x09,
    POR_LEVEL_TOO_LOW = 0x0A,
    POR_BY_SUBMIT = 0x0B,
    POR_BY_USSD = 0x0C
};

enum {
    SPI1_INTEGRITY = 0x03,
    SPI1_CIPHERED = 0x04,
    SPI1_COUNTER_SHIFT = 3, /* b5b4 */
    SPI2_POR = 0x03,
    SPI2_POR_ALWAYS = 0x01,
    SPI2_POR_ON_ERROR = 0x02,
    SPI2_INTEGRITY_SHIFT = 2, /* b4b3 */
    SPI2_CIPHERED = 0x10,
    SPI2_BY_SUBMIT = 0x20
};

/* Counter handling, SPI1 b5b4. */
enum scp80_counter_mode { COUNTER_NONE = 0, COUNTER_UNCHECKED = 1, COUNTER_HIGHER = 2, COUNTER_NEXT = 3 };

#define SCP80_COUNTER_MAX 0xFFFFFFFFFFULL

enum {
    SCP80_CLEAR = 10,  /* CPL CHL SPI KIc KID TAR */
    SCP80_HEADER = 16, /* the same with CNTR and PCNTR: what the checksum covers before the data */
    SCP80_COUNTER_LEN = 5,
    SCP80_MIN_CHL = 0x0D, /* SPI..PCNTR without RC, CC or DS */
    POR_PREFIX = 3,       /* UDHL 02, IEI 71, IEIDL 00 */
    POR_CLEAR = 9,        /* UDH RPL RHL TAR */
    POR_HEADER = 16,      /* the same with CNTR, PCNTR and status */
    POR_MIN_RHL = 0x0A,
    POR_OVERHEAD = POR_HEADER + MAX_CHECK + SYM_MAX_BLOCK
};

/* A command packet. The part up to check_len is known once the header is read, the rest once the packet is
 * open; `data` is borrowed from the packet. */
struct scp80_command {
    uint8_t spi1, spi2, kic, kid, tar[3];
    size_t check_len;
    uint64_t counter;
    const uint8_t *data;
    size_t data_len;
};

/* `kic` or `kid` of type 0: not needed or not there. */
struct scp80_keys {
    struct sym_key kic, kid;
};

struct scp80_answer {
    enum por_status status;
    const uint8_t *data;
    size_t data_len;
    bool secured; /* as SPI2 asks; otherwise bare, as for a command that failed its check */
    bool pad_80;  /* AES padding begins with 80 instead of zeros */
};

/* Reads the clear header of a packet (from CPL on, without UDH). False: lengths or SPI contradict each other,
 * nothing can be answered. */
bool scp80_read_header(const uint8_t *packet, size_t n, struct scp80_command *out);
/* Deciphers `packet` in place, checks RC or CC and completes `c`. POR_OK, POR_CC_FAILED or
 * POR_CIPHERING_ERROR. */
enum por_status scp80_open(uint8_t *packet, size_t n, const struct scp80_keys *keys, struct scp80_command *c);
/* Builds the response packet with its UDH (02 71 00). Room: POR_OVERHEAD + data. Returns its length; 0 when
 * the keys do not allow what SPI2 asks. */
size_t scp80_respond(const struct scp80_command *c, const struct scp80_keys *keys,
                     const struct scp80_answer *a, uint8_t *out);

#endif
