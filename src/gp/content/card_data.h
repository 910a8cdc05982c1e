/* SPDX-License-Identifier: Apache-2.0 */
/* The data objects by which a card says what it is: CPLC, key information, recognition data, free memory,
 * applications. Stations 4 and 10. Pure. [GPCS 11.3.3, H.2; TS 102 226 8.2.1.7.2] */
#ifndef TSM_GP_CONTENT_CARD_DATA_H
#define TSM_GP_CONTENT_CARD_DATA_H

#include "base/bytes.h"

enum { CPLC_LEN = 42, KEY_COMPONENTS_MAX = 4, CARD_PROTOCOLS_MAX = 8 };

/* Card production life cycle data (9F7F). Dates are the card's own: YDDD in BCD. */
struct gp_cplc {
    uint16_t fabricator, ic_type, os, os_date, os_level, fabrication_date;
    uint32_t serial;
    uint16_t batch, module_fabricator, module_date, manufacturer, embedding_date, pre_personalizer, pre_date;
    uint32_t pre_equipment;
    uint16_t personalizer, personalization_date;
    uint32_t personalization_equipment;
};
/* With or without the tag. */
enum tsm_err cplc_read(struct bytes data, struct gp_cplc *out);
enum tsm_err cplc_write(const struct gp_cplc *c, struct writer *w);

/* One key of the key information template (E0, C0). A length of 0 means 256 octets or more. usage and access:
 * 0 when the card does not tell. */
struct gp_key_info {
    uint8_t kid, kvn;
    size_t components;
    uint8_t type[KEY_COMPONENTS_MAX];
    uint16_t length[KEY_COMPONENTS_MAX];
    uint8_t usage, access;
};
/* Opens E0: *keys walks its objects with key_info_next until keys->left is empty. */
enum tsm_err key_info_open(struct bytes data, struct reader *keys);
enum tsm_err key_info_next(struct reader *keys, struct gp_key_info *out);
/* One C0 in the basic form. */
enum tsm_err key_info_write(const struct gp_key_info *k, struct writer *w);

/* Card recognition data (66): version of the card specification as the octets after {globalPlatform 2}, and
 * the secure channel protocols with their i. */
struct gp_recognition {
    struct bytes version;
    size_t protocols;
    struct {
        uint8_t protocol, i;
        uint8_t i2; /* second octet of i, where b8 of the first says so (SCP11) [AmdF 4.2] */
    } protocol[CARD_PROTOCOLS_MAX];
};
enum tsm_err recognition_read(struct bytes data, struct gp_recognition *out);

/* Extended card resources (FF21). */
struct gp_resources {
    uint32_t applications, free_nonvolatile, free_volatile;
};
enum tsm_err resources_read(struct bytes data, struct gp_resources *out);

/* The value of one data object: 42, 45, CF, C1, C2. BAD_VALUE for another tag, TRAILING_BYTES. */
enum tsm_err data_object_read(struct bytes data, uint32_t tag, struct bytes *value);
/* The next AID of the list of applications (2F00: templates 61 with 4F). */
enum tsm_err application_next(struct reader *list, struct bytes *aid);

#endif
