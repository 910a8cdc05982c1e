/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as the components of a CAP file; one that is read gives a load file of the size it says. Fuzz
 * target. */
#include <stdlib.h>

#include "gp/cap/cap.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "010011DECAFFED020204000106A000000001010002002100110021000B0015000500020003000A00040000000200000007000000"
    "0002010003000B0107A0000000010101000804001502030107A0000000620101000107A000000062000105000500010203040600"
    "02AABB070003CCDDEE08000A00070000000000000000090004000000000B00021122",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cap cap;
    static uint8_t out[70000];
    struct writer w = WRITER(out);
    if (cap_read_joined(BYTES_OF(data, size), &cap) != TSM_OK)
        return 0;
    (void)cap_java_card(&cap);
    if (cap_lfdb_write(&cap, &w) != TSM_OK || w.len != cap.code_size)
        abort();
    return 0;
}
