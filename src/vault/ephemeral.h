/* SPDX-License-Identifier: Apache-2.0 */
/* A key pair that is used for one agreement and forgotten. Stations 5 and 7. Edge. vault/ includes this,
 * and the tool of app/ that is given clear keys. [SP 800-56A 5.6.1.2] */
#ifndef TSM_VAULT_EPHEMERAL_H
#define TSM_VAULT_EPHEMERAL_H

#include "base/ec/ec.h"

/* d, the public point, and the key as the agreement takes it. Lives in a bench's locked scratch. */
struct ephemeral {
    enum ec_curve curve;
    struct secret d;
    size_t point_len;
    uint8_t point[EC_SPOT_MAX];
    struct ec_private key;
};

/* A fresh pair on the curve. UNSUPPORTED for a curve that is none, CRYPTO_FAILED. */
enum tsm_err ephemeral_make(enum ec_curve curve, struct ephemeral *out);

#endif
