/* SPDX-License-Identifier: Apache-2.0 */
/* The value of C9 when a security domain is installed. Stations 5 and 10. Pure.
 * [GP UICC Configuration, GP Common Implementation Configuration; GPCS 11.5.2.3.7] */
#ifndef TSM_GP_CONTENT_SD_PARAMS_H
#define TSM_GP_CONTENT_SD_PARAMS_H

#include "base/bytes.h"

enum { SD_PROTOCOLS_MAX = 4 };

struct sd_protocol {
    uint8_t protocol, i; /* 80 and its i: SCP80 */
    uint8_t i2;          /* SCP11 alone: the second octet of its option [AmdF Table 4-2]; 0: none */
};

/* Policies as octets of the configuration documents: who may extradite to this domain (82), delete it (83),
 * extradite it away (87). Spans are borrowed; empty ones are left out. */
struct sd_params {
    size_t protocol_count;
    struct sd_protocol protocol[SD_PROTOCOLS_MAX];    /* one 81 each */
    struct bytes accept_extradition, accept_deletion; /* 82, 83 */
    bool personalized;                                /* 84: starts in state PERSONALIZED */
    struct bytes casd, extradition_away;              /* 86, 87 */
};

enum tsm_err sd_params_write(const struct sd_params *p, struct writer *w);
enum tsm_err sd_params_read(struct bytes value, struct sd_params *out);

#endif
