/* SPDX-License-Identifier: Apache-2.0 */
/* Remote APDU scripts: the card runs the commands of a secured packet and writes the response data. Pure but
 * for the card it drives (station 10, the card's half). [TS 102 226 5.1, 5.2] */
#ifndef LAB_UICC_SCRIPT_SCRIPT_H
#define LAB_UICC_SCRIPT_SCRIPT_H

#include "common/bytes.h"

enum {
    SCRIPT_MAX_ANSWER =
        4096, /* response data; a command whose answer no longer fits returns its status word only */
    SCRIPT_MAX_COUNT = 255, /* executed commands an answer can count */
    SCRIPT_MAX_RAPDU = 65538
};

/* Script chaining: whether an expanded script left a context for the next one. */
struct script_chain {
    bool open, survives_reset;
    uint8_t tar[3];
};

/* What a script acts on: the card, in the name of the domain with this TAR. */
struct script_target {
    void *closure;
    /* One C-APDU in, R-APDU out (SCRIPT_MAX_RAPDU of room); returns its length, less than 2 when the card is
     * dead. */
    size_t (*transmit)(void *closure, const uint8_t *in, size_t n, uint8_t *out);
    /* Issues a proactive command (its COMPREHENSION-TLVs without D0); false when the terminal cannot do it.
     */
    bool (*proactive)(void *closure, const uint8_t *tlvs, size_t n);
    struct script_chain *chain;
    uint8_t tar[3];
};

/* Runs secured data of either format; AA or AE in the first place means the expanded one. The response data
 * go to `out`, which needs SCRIPT_MAX_ANSWER octets of room. */
void script_run(const struct script_target *t, const uint8_t *in, size_t n, struct out *out);

/* The two formats. */
void compact_run(const struct script_target *t, const uint8_t *in, size_t n, struct out *out);
void expanded_run(const struct script_target *t, const uint8_t *in, size_t n, struct out *out);

/* True when a status word lets the script go on: success and warnings. */
bool script_goes_on(uint16_t sw);
/* Sends one command; the answer's status word is returned, its data are in `rapdu`, `*len` octets. A dead
 * card answers 6F00. */
uint16_t script_transmit(const struct script_target *t, const uint8_t *capdu, size_t n, uint8_t *rapdu,
                         size_t *len);

#endif
