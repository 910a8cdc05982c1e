/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's card as another process on a TCP port, and its owner, who carries commands to it in SCP03.
 * Test code. [framing of the vsmartcard virtual reader: u16 length, then octets] */
#ifndef TSM_TESTS_CARD_LAB_CARD_H
#define TSM_TESTS_CARD_LAB_CARD_H

#include <openssl/evp.h>
#include <sys/types.h>

#include "../../unit/vectors.h"
#include "gp/certificate/certificate.h"
#include "gp/channel/channel.h"

enum { LAB_PATH = 256, LAB_ANSWER = 8192 };

struct lab_card {
    pid_t pid;
    int fd;
    char dir[LAB_PATH];
    EVP_PKEY *authority; /* whose certificates the card takes from providers */
    struct crypto *crypto;
    struct channel channel; /* of the owner */
    struct session_keys session;
    bool open;
    uint8_t raw[LAB_ANSWER], plain[LAB_ANSWER], ca_room[EC_SPOT_MAX];
    struct ec_public ca; /* CA-KLCC, out of the file that the card wrote */
};

/* Starts TSM_LAB with a Controlling Authority's domain, skips the test when there is none. */
void lab_start(struct lab_card *c);
void lab_end(struct lab_card *c);

/* One command as it is, and its answer; protected once the owner's channel is open. */
void lab_send(struct lab_card *c, const struct apdu *plain, struct rapdu *out);
/* SELECT, which must succeed and ends the channel. */
void lab_select(struct lab_card *c, struct bytes aid);
/* The owner's channel with the factory's keys in the selected domain; the error of the channel when the card
 * has others. */
enum tsm_err lab_open(struct lab_card *c);

#endif
