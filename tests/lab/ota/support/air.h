/* SPDX-License-Identifier: Apache-2.0 */
/* The whole air for a test: an SMSC and a UICC as child processes, and an ESME that wraps scripts and reads
 * proofs of receipt. */
#ifndef TESTS_LAB_OTA_SUPPORT_AIR_H
#define TESTS_LAB_OTA_SUPPORT_AIR_H

#include "support/peer.h"
#include "support/vectors.h"
#include "support/wrap.h"

/* The card's SCP80 keys, key version 1, and its number. */
#define AIR_KIC    "00112233445566778899AABBCCDDEEFF"
#define AIR_KID    "0123456789ABCDEF0123456701234567"
#define AIR_MSISDN "491700000001"
#define AIR_ICCID  "8949000000000000018"

struct air {
    struct child smsc, uicc;
    unsigned port;
    struct peer esme;
    struct wrap wrap;  /* how the next command is secured; the counter is the last one used */
    uint8_t sent[512]; /* user data of the last command */
    size_t sent_len;
};

/* An SMSC, one UICC with these options on the air, an ESME bound as short code 1234. */
void air_start(struct air *a, const char *smsc_options, const char *uicc_options);
void air_stop(struct air *a);
void air_submit_user_data(struct air *a, const uint8_t *user_data, size_t n);
/* Wraps a script (hex) with the next counter and sends it in one message. */
void air_submit_script(struct air *a, const char *hex);
/* The next message to the ESME must be a sound proof of receipt with this status. */
struct opened air_receive_por(struct air *a, enum por_status status);
void air_expect_data(const struct opened *r, const char *hex);

#endif
