/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: attestation tokens. What is read is written again as it was said. */
#include "fuzz.h"

#include <stdlib.h>

#include "gp/attestation/attestation.h"

const char *const fuzz_seeds[] = {
    "7F4151A0428003883703811001020300000000000000000000000000821004050600000000000000000000000000"
    "8514000102030405060708090A0B0C0D0E0F10111213810B3009020412345678020101",
    "7F410AA00580038837038101FF",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t room[ATTESTATION_MAX];
    struct writer w = WRITER(room);
    struct attestation_parts p;
    if (attestation_read(BYTES_OF(data, size), &p) == TSM_OK && attestation_body_write(&p.says, &w) != TSM_OK)
        abort();
    return 0;
}
