/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as the data objects of a card, as control information and as a confirmation. Fuzz target. */
#include <stdlib.h>

#include "gp/command/select.h"
#include "gp/content/card_data.h"
#include "gp/content/confirmation.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "9F7F2A4790D60047000000000032443429762084480000000000000000150F8234323937360000000000000000",
    "664D734B06072A864886FC6B01600B06092A864886FC6B020203630906072A864886FC6B03640B06092A864886FC6B040370650D"
    "060B2A864886FC6B0507020000660C060A2B060104012A026E0103",
    "E012C00401018810C00402018810C00403018810",
    "E00CC00A0170FFA1010001810101",
    "FF21108101018204000A5B8083020F60DE0100",
    "61074F05A000000001610A4F08A000000151000000",
    "6F108408A000000151000000A5049F6501FF",
    "160801020304050607080201020542010245030002AABB",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size), aid;
    struct gp_cplc c;
    struct gp_recognition g;
    struct gp_resources s;
    struct gp_key_info k;
    struct gp_confirmation f;
    struct select_fci fci;
    struct reader r = {in};
    (void)cplc_read(in, &c);
    (void)recognition_read(in, &g);
    (void)resources_read(in, &s);
    (void)confirmation_read(in, &f);
    (void)select_fci_read(in, &fci);
    while (r.left.len && application_next(&r, &aid) == TSM_OK)
        continue;
    if (key_info_open(in, &r) == TSM_OK)
        while (r.left.len && key_info_next(&r, &k) == TSM_OK)
            continue;
    return 0;
}
