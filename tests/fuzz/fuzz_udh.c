/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: user data headers and reassembly. The input is a row of user data, each with a length octet.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "ota/sms/reassembly.h"

const char *const fuzz_seeds[] = {
    "050270000015AA",
    "0A070003010201700000AABB09050003010202CCDDEE",
    "0A050003010202CCDDEE0A070003010201700000AABB",
    "0C0A080412340201710000000011",
    NULL,
};

enum { ROOM = SMS_SEGMENTS_MAX * SMS_UD_MAX };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[ROOM];
    struct reader r = READER(BYTES_OF(data, size));
    struct reassembly message = {0};
    enum segment_result result;
    struct bytes ud;
    while (read_lv(&r, &ud) == TSM_OK) {
        struct writer w = WRITER(out);
        if (reassembly_add(&message, ud, &result) != TSM_OK)
            continue;
        if (result == SEGMENT_COMPLETE && reassembly_packet(&message, &w) != TSM_OK)
            abort();
    }
    return 0;
}
