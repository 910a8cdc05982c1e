/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules as the ARA-M keeps them and as an enforcer reads them: REF-AR-DO in one row (stations 7 and
 * 10); pure; GP Secure Element Access Control v1.1 (GPD_SPE_013) 6, tables 6-3 to 6-9. */
#ifndef LAB_COMMON_ACCESS_RULES_H
#define LAB_COMMON_ACCESS_RULES_H

#include "common/tlv.h"

#define TAG_REF_AR_DO         0xE2
#define TAG_REF_DO            0xE1
#define TAG_AR_DO             0xE3
#define TAG_AID_REF_DO        0x4F /* empty: every application that has no rule of its own */
#define TAG_AID_REF_IMPLICIT  0xC0 /* the application selected implicitly */
#define TAG_DEVICE_APP_REF_DO 0xC1 /* hash of the device application's certificate; empty: every one */
#define TAG_APDU_AR_DO        0xD0
#define TAG_NFC_AR_DO         0xD1
#define APDU_FILTER_LEN       8 /* header and mask, four bytes each */

/* One rule; fields point into the bytes it was read from. */
struct access_rule {
    struct tlv ref, access; /* REF-DO, AR-DO */
    struct tlv aid;         /* AID-REF-DO with its tag; tag 0 when absent */
    struct tlv device_app;  /* tag 0 when absent: every device application */
    struct tlv apdu, nfc;   /* tag 0 when absent */
};

/* Reads the contents of a REF-AR-DO; false when it is malformed or a length is not one of the tables. Objects
 * of other tags (vendors' permissions) are passed over: `unknown` tells of them. */
bool access_rule_read(const struct tlv *ref_ar, struct access_rule *r, bool *unknown);
/* The same for the contents of a REF-DO alone. */
bool access_reference_read(const struct tlv *ref, struct access_rule *r, bool *unknown);

#endif
