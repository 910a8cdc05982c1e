/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for a byte string in all writable memory of this process. Test code; reads /proc/self. */
#ifndef TSM_TESTS_UNIT_VAULT_SCAN_H
#define TSM_TESTS_UNIT_VAULT_SCAN_H

#include "base/bytes.h"

enum { NEEDLE_LEN = 16 };

/* What is looked for, kept inverted so that it is not found here. */
struct needle {
    uint8_t inverted[NEEDLE_LEN];
};
/* Inverts the first NEEDLE_LEN octets at `secret`; the caller wipes its copy. */
struct needle needle_of(const uint8_t *secret);
/* How often it stands in writable memory; -1 where the system does not let us look. */
int needle_count(const struct needle *n);

#endif
