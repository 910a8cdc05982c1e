/* SPDX-License-Identifier: Apache-2.0 */
/* GET DATA. The answers are read by content/card_data.h. Stations 4, 5 and 11. Pure. [GPCS 11.3] */
#ifndef TSM_GP_COMMAND_GET_DATA_H
#define TSM_GP_COMMAND_GET_DATA_H

#include "gp/content/card_data.h"

/* Data objects of a security domain [GPCS 11.3.2.1]. */
enum gp_data {
    DATA_IIN = 0x42,  /* issuer (security domain provider) identification number */
    DATA_CIN = 0x45,  /* card (security domain) image number */
    DATA_CARD = 0x66, /* card recognition data */
    DATA_CAPABILITIES = 0x67,
    DATA_SEQUENCE = 0xC1,       /* sequence counter of the default key version */
    DATA_CONFIRMATION = 0xC2,   /* confirmation counter */
    DATA_KDD = 0xCF,            /* key diversification data */
    DATA_KEYS = 0xE0,           /* key information template */
    DATA_APPLICATIONS = 0x2F00, /* list of applications */
    DATA_CERTIFICATES = 0x7F21, /* of a CASD */
    DATA_CPLC = 0x9F7F,
    DATA_FORWARDED_CASD = 0xBF30, /* what another domain shows of the CASD's */
    DATA_RESOURCES = 0xFF21,
};

/* BAD_VALUE above FFFF. */
enum tsm_err get_data_write(uint32_t tag, struct writer *capdu);
/* The same with a tag list 5C of one tag: BF30 for the certificates of the CASD. */
enum tsm_err get_data_list_write(uint32_t tag, uint32_t wanted, struct writer *capdu);

#endif
