/* SPDX-License-Identifier: Apache-2.0 */
/* The SE access API of the laboratory's readers: APDUs to a software element over TCP in vpcd framing, the
 * element being the server (u16 length, bytes; one-byte messages are power and ATR controls). Edge. */
#ifndef LAB_HANDSET_ELEMENT_H
#define LAB_HANDSET_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    ELEMENT_MAX_APDU = 65535, /* what the u16 length of the framing can say */
    ELEMENT_MIN_CAPDU = 4,    /* CLA INS P1 P2 [ISO 7816-4 5.1] */
    ELEMENT_CONNECT_MS = 5000,
    ELEMENT_ANSWER_MS = 30000, /* an on-card key generation is slow, a hung element slower */
};

struct element {
    int fd; /* -1: closed */
};

/* Connects to "HOST:PORT", or to card N of a fleet at "HOST:PORT#N", powers the element and reads its ATR.
 * False when there is no answering element. */
bool element_open(struct element *e, const char *address);

/* Power and reset on the connection there is, and the ATR; on false it is closed. */
bool element_reset(struct element *e);

/* Sends one C-APDU and reads the R-APDU, whole, into out (ELEMENT_MAX_APDU bytes). Returns its length (two or
 * more), or -1 when the channel is lost; the element is then closed. */
ssize_t element_transmit(struct element *e, const uint8_t *capdu, size_t len, uint8_t *out);

/* Takes the power and closes. A closed element may be closed again. */
void element_close(struct element *e);

/* Closes without a word, as when the process that held the channel is gone. */
void element_lose(struct element *e);

#endif
