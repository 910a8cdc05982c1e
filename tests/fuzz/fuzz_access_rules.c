/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as the answer of an access rule master and of a contactless registry. Fuzz target. */
#include "fuzz.h"
#include "gp/access/rule.h"
#include "gp/contactless/crs.h"

const char *const fuzz_seeds[] = {
    "FF4029E227E11F4F07F04F54534D0101C114A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1E304D0020101",
    "FF400DE20BE1044F00C100E303D00101",
    "61104F07F04F54534D01019F70020701810100",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t room[ACCESS_RULE_MAX];
    struct reader r;
    struct access_rule rule;
    struct crs_entry entry;
    if (access_rules_open(BYTES_OF(data, size), &r) == TSM_OK)
        while (access_rules_next(&r, &rule) == TSM_OK) {
            struct writer w = WRITER(room);
            if (access_rule_store(&rule, &w) != TSM_OK)
                __builtin_trap();
        }
    r = READER(BYTES_OF(data, size));
    while (crs_next(&r, &entry) == TSM_OK)
        ;
    return 0;
}
