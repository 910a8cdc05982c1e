/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as the joined answers to GET STATUS in each form. Fuzz target. */
#include <stdlib.h>

#include "gp/command/get_status.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "E3264F08A0000001510000009F700101C5039AFE80C407A0000001515350CC08A000000151000000",
    "E3204F06A000000001019F7001018407A0000000010101CE0201028405A000000002",
    "08A000000151000000019E05A0000000010700",
    "06A0000000010101000207A000000001010105A000000002",
    "E3394F10A0000000871002FF01FF4189000001009F70020700C503000000C40CA000000095000000004E0001CE020100CC05A000"
    "000151EA028000",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum gp_status_scope scopes[] = {STATUS_APPLICATIONS, STATUS_LOAD_FILES_AND_MODULES};
    for (size_t i = 0; i < 4; i++) {
        struct reader r = {BYTES_OF(data, size)};
        struct gp_registry_entry e;
        while (r.left.len &&
               gp_registry_next(&r, scopes[i & 1], i < 2 ? STATUS_TLV : STATUS_LV, &e) == TSM_OK) {
            struct reader at = {e.modules};
            struct bytes aid;
            while (gp_registry_module(&e, &at, &aid) == TSM_OK)
                if (aid.len > size)
                    abort();
        }
    }
    return 0;
}
