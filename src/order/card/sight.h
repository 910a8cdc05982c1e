/* SPDX-License-Identifier: Apache-2.0 */
/* What a secure element says of itself to anyone who asks: read from its answers, so that profiles can be
 * held against it. Station 4. Pure. [GPCS 7.4.1, 11.3.3, 11.9.3, Appendix H] */
#ifndef TSM_ORDER_CARD_SIGHT_H
#define TSM_ORDER_CARD_SIGHT_H

#include "gp/content/card_data.h"

enum { SIGHT_SETS_MAX = 16, SIGHT_FAULTS_MAX = 8 };

/* The answers as they came, without status words; empty where the card has no such object. Borrowed. */
struct card_answers {
    struct bytes select; /* of the issuer's security domain */
    struct bytes cplc, recognition, capabilities, keys, resources;
    struct bytes issuer, image; /* 42, 45 */
};

/* One key version of the domain. */
struct sight_keyset {
    uint8_t kvn, type; /* type of its first key [GPCS Table 11-16] */
    uint16_t length;   /* of its first key */
    uint8_t keys;
};

/* What was in them. Spans point into the answers. */
struct card_sight {
    struct bytes isd_aid;
    uint32_t max_data; /* 9F65; 0: not said */
    bool has_cplc;
    struct gp_cplc cplc;
    struct bytes cplc_value;  /* 42 octets, or empty */
    struct bytes recognition; /* value of 66 */
    struct gp_recognition card;
    uint8_t aes_sizes; /* 67: bit 1 AES-128, bit 2 AES-192, bit 3 AES-256 [GPCS Table H-7]; 0: not said */
    struct bytes ssd_privileges; /* 67: what a supplementary domain may be given; 3 octets, or empty */
    size_t sets;
    struct sight_keyset set[SIGHT_SETS_MAX];
    bool has_resources;
    struct gp_resources resources;
    struct bytes issuer, image;
    size_t faults; /* answers that could not be read: their names */
    const char *fault[SIGHT_FAULTS_MAX];
};

/* Never fails: an answer that its standard does not allow is named in `fault` and counts as not given, since
 * cards in the field have such. */
void card_sight_read(const struct card_answers *a, struct card_sight *out);
/* Whether the domain offers this protocol; *i is the parameter of the first such. Of 66, else of 67. */
bool card_sight_offers(const struct card_sight *s, uint8_t protocol, uint8_t *i);

#endif
