/* SPDX-License-Identifier: Apache-2.0 */
/* A confidential set-up of keys on its way: what its data groups have brought (station 6, the card's side);
 * pure; see casd.h for what is known of the formats. */
#ifndef LAB_CARD_CASD_SETUP_H
#define LAB_CARD_CASD_SETUP_H

#include "card/casd/casd.h"
#include "card/certificate/certificate.h"

#define DGI_CERTIFICATE 0x00DE /* scenario 1: certificate of the provider */
#define DGI_TEMPLATE_A6 0x00A6
#define DGI_POINT       0x7F49 /* scenario 3: ephemeral key of the provider */
#define DGI_KEYS        0x8010 /* scenario 2B, and the answer of scenario 1: enciphered keys */
#define DGI_SIGNATURE   0x00AE /* answer of scenario 1 */

#define SETUP_TEMPLATE_MAX    160
#define SETUP_CERTIFICATE_MAX 1024
#define SETUP_KEYS            3

enum scenario { SCENARIO_PULL = 0x01, SCENARIO_AGREE = 0x03, SCENARIO_PUSH = 0x04 };

/* Parameters of scenario 3 (second byte of tag 90). */
#define AGREE_DELETE 0x01
#define AGREE_RANDOM 0x02
#define AGREE_IDS    0x04

struct setup {
    uint8_t template[SETUP_TEMPLATE_MAX]; /* the object A6, whole */
    size_t template_len;
    uint8_t point[ECKA_MAX_POINT];
    size_t point_len;
    uint8_t keys[ASYM_MAX_VALUE];
    size_t keys_len;
    uint8_t certificate[SETUP_CERTIFICATE_MAX];
    size_t certificate_len;
};

/* The template after reading. */
struct wanted {
    enum scenario scenario;
    uint8_t parameters, usage, type, len, kid, kvn;
    struct octets host;
    unsigned seen;
};

/* The three keys of the new version at `material`, one behind the other, into the domain. */
uint16_t setup_put_keys(struct key_data *k, const struct wanted *w, const uint8_t *material);

uint16_t setup_pull(struct job *j, struct key_data *k, const struct wanted *w);
uint16_t setup_push(struct key_data *k, const struct wanted *w);
uint16_t setup_agree(struct job *j, struct key_data *k, const struct wanted *w);

#endif
