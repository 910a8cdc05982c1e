/* SPDX-License-Identifier: Apache-2.0 */
/* Key check values. Stations 5 and 10. Pure. [GPCS B.6, AmdD 7.2.2] */
#ifndef TSM_GP_KEYS_KCV_H
#define TSM_GP_KEYS_KCV_H

#include "base/crypto.h"

enum { GP_KCV_LEN = 3 };

/* How a card computes the value of AES keys: over a block of 01 octets as the standard says, or, as some
 * vendors do, over a block of 00 octets. TDES is always 00. Data of the card profile. */
enum gp_kcv_rule { GP_KCV_STANDARD, GP_KCV_AES_ZERO };

enum tsm_err gp_kcv(const struct cipher_key *key, enum gp_kcv_rule rule, uint8_t kcv[GP_KCV_LEN]);

#endif
