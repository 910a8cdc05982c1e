/* SPDX-License-Identifier: Apache-2.0 */
/* Offline scripts: a certificate, an authentication frame and commands, each bound to the next by its digest,
 * that the card verifies and runs without a server (stations 6, 7 and 10, the card's side); pure; GPCS
 * Amendment I (Secure Element Management Service).
 *
 * What public agents show is kept: the application's name, the FCI with 65 { 42 45 }, the frames 7F21, 60 {
 * 41 } and 40, PROCESS SCRIPT COMMAND 80 A0 (P1 01: the certificate goes on, 00 otherwise), the tags of the
 * certificate. What stands inside the authentication frame and how commands are protected is not public; here
 * it is
 *
 *   41 { 81 04 number | 90 20 SHA-256 of the first command's data | 5F37 40 signature of 81 and 90 }
 *   40 { 80 A0 P1 00 Lc data }   data = SHA-256 of the next command's data (00.. in the last) | C-APDU; P1
 * 80: the last
 *
 * signed by ECDSA with P-256 and SHA-256, in clear. The certificate's 53 names the security domain the
 * commands run in (4F). A script number must be higher than the last one of the same certificate holder. */
#ifndef LAB_CARD_SEMS_SEMS_H
#define LAB_CARD_SEMS_SEMS_H

#include "card/applet/applet.h"
#include "common/crypto/asym.h"

#define SEMS_MAX_FRAME     1024
#define SEMS_MAX_HOLDERS   8
#define SEMS_HOLDER_LEN    16
#define SEMS_DIGEST_LEN    32
#define SEMS_SIGNATURE_LEN 64
#define SEMS_POINT_LEN     65
#define SEMS_CURVE         0x00 /* P-256, GPCS Table B-2 */

enum sems_state { SEMS_IDLE, SEMS_CERTIFIED, SEMS_AUTHENTICATED };

/* The last script number taken from a certificate holder (5F20). */
struct sems_holder {
    uint8_t len;
    uint8_t name[SEMS_HOLDER_LEN];
    uint32_t number;
};

struct sems {
    struct sems_holder holders[SEMS_MAX_HOLDERS];
    uint8_t done; /* GET DATA 46: 00 the last script ran to its end, 01 it did not */
    uint8_t last_signature[SEMS_SIGNATURE_LEN]; /* GET DATA 47 */
    /* of the script that is running */
    enum sems_state state;
    uint8_t frame[SEMS_MAX_FRAME]; /* the certificate so far */
    size_t frame_len;
    struct asym_key key;
    struct aid domain;
    uint8_t holder[SEMS_HOLDER_LEN];
    uint8_t holder_len;
    uint8_t expected[SEMS_DIGEST_LEN];
};

extern const uint8_t sems_root_id[8], sems_root_key_id[8]; /* tags 42 and 45 */
/* The laboratory's root key, 04 X Y; its private half is in the tests: a laboratory certifies whom it likes.
 */
extern const uint8_t sems_root[SEMS_POINT_LEN];

/* The card trusts the first key of this PEM file in place of the laboratory's; false and a message when it
 * is none on the curve. */
bool sems_read_root(struct card *c, const char *path);
/* Verifies a whole certificate; on success the holder's key, name and domain are in `s`. */
bool sems_take_certificate(struct sems *s, const struct card *c, const uint8_t *at, size_t n);
/* Verifies the contents of 41; on success the first command's digest is expected. */
bool sems_take_authentication(struct sems *s, const uint8_t *at, size_t n);

#endif
