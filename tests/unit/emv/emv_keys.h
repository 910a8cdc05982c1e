/* SPDX-License-Identifier: Apache-2.0 */
/* Two-key triple DES keys of the payment tests, from hex text. Test code. */
#ifndef TSM_TESTS_UNIT_EMV_EMV_KEYS_H
#define TSM_TESTS_UNIT_EMV_EMV_KEYS_H

#include "../vectors.h"
#include "base/crypto.h"

int emv_setup(void **state);
int emv_teardown(void **state);
struct crypto *emv_crypto(void);
struct cipher_key tdes_of(const char *hex);

#endif
