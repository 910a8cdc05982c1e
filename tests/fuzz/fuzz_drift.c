/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as each answer of an audited card. Fuzz target. */
#include "fuzz.h"
#include "order/care/drift.h"

const char *const fuzz_seeds[] = {
    "E31C4F07F04F54534D01019F700107C503000000CC08F04F54534DD00001",
    "E3134F08A0000001510000009F70010FC5039EFE80",
    "E00CC00401018810C00401028810",
    "FF210B8101018202040083020100",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct expected object = {
        .kind = EXPECT_APPLICATION, .aid = {0xF0}, .aid_len = 5, .certain = true};
    static struct drift_list list;
    struct bytes in = BYTES_OF(data, size);
    struct se_profile profile = {.isd_aid_len = 0};
    struct drift_expected e = {.profile = &profile, .object = &object, .n = 1, .sold = 1};
    drift_compare(&e, &(struct drift_found){in, in, in, BYTES_NONE, BYTES_NONE}, &list);
    drift_compare(&e, &(struct drift_found){in, BYTES_NONE, BYTES_NONE, in, BYTES_NONE}, &list);
    drift_compare(&e, &(struct drift_found){in, BYTES_NONE, BYTES_NONE, BYTES_NONE, in}, &list);
    return 0;
}
