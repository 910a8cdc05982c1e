/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the OTA tests: from hex text and the algorithm that KIc or KID names. Test code. */
#ifndef TSM_TESTS_UNIT_OTA_OTA_KEYS_H
#define TSM_TESTS_UNIT_OTA_OTA_KEYS_H

#include "../vectors.h"
#include "ota/packet/packet.h"

/* Contexts of the whole group: give both to cmocka as group set-up and tear-down. */
int keys_setup(void **state);
int keys_teardown(void **state);
struct crypto *keys_crypto(void);

/* An empty text gives a zero key. `nibbles` are the hex digits of KIc or KID: a last digit of 2 means AES. */
struct cipher_key key_of(const char *hex, const char *nibbles);
struct scp80_keys keys_of(const char *kic_hex, const char *kic, const char *kid_hex, const char *kid);

#endif
