/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a row of data objects; what is read is written back the same but for longer lengths. Fuzz
 * target. */
#include <stdlib.h>

#include "gp/tlv.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "E3264F08A0000001510000009F700101C5039AFE80C407A0000001515350CC08A000000151000000",
    "9F7081021122",
    "DF81010100",
    "7F4981820003010203",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = {BYTES_OF(data, size)};
    struct bytes value;
    struct tlv t, again;
    (void)tlv_find(r.left, 0x9F70, &value);
    while (r.left.len && tlv_next(&r, &t) == TSM_OK) {
        static uint8_t out[70000];
        struct writer w = WRITER(out);
        struct reader back;
        if (tlv_write(&w, t.tag, t.value) != TSM_OK)
            abort();
        back = (struct reader){written(&w)};
        if (tlv_next(&back, &again) != TSM_OK || again.tag != t.tag || !bytes_equal(again.value, t.value))
            abort();
    }
    return 0;
}
