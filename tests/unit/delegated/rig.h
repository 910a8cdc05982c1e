/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of delegated management share: one signer of each scheme. Test code. */
#ifndef TSM_TESTS_UNIT_DELEGATED_RIG_H
#define TSM_TESTS_UNIT_DELEGATED_RIG_H

#include "../vectors.h"
#include "gp/delegated/scheme.h"

int rig_setup(void **state);
int rig_teardown(void **state);

/* Keys by name; they live until the end of the executable. */
enum rig_key {
    RIG_DES,
    RIG_AES,
    RIG_RSA_1024,
    RIG_RSA_2048,
    RIG_P256,
    RIG_P384,
    RIG_BRAINPOOL_P512,
    RIG_KEYS
};
extern const char *const rig_key_names[RIG_KEYS];
struct gp_signer rig_signer(enum rig_key key);
/* Symmetric signers of any value, RSA of any numbers (d NULL: public). One of each at a time. */
struct gp_signer rig_secret(enum cipher_alg alg, const char *hex);
struct gp_signer rig_rsa(const char *n, const char *e, const char *d);

#endif
