/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as each answer of an unknown card: read, matched, and a profile proposed that is one. Fuzz
 * target. */
#include <stdlib.h>

#include "fuzz.h"
#include "order/card/match.h"

const char *const fuzz_seeds[] = {
    "9F7F2A4790D60047000000000032443429762084480000000000000000150F8234323937360000000000000000",
    "664D734B06072A864886FC6B01600B06092A864886FC6B020203630906072A864886FC6B03640B06092A864886FC6B040370650D"
    "060B2A864886FC6B0507020000660C060A2B060104012A026E0103",
    "672CA00D800103810500102060708201078103E5BEC082031E030083010284010285017B86010C87017B89020101",
    "E012C00401018810C00402018810C00403018810",
    "FF21108101018204000A5B8083020F60DE0100",
    "6F108408A000000151000000A5049F6501FF",
    "42049999900F",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct card_answers a = {in, in, in, in, in, in, in, in};
    struct se_profile profile;
    struct profile_match match;
    struct card_sight s;
    json_t *proposal;
    card_sight_read(&a, &s);
    proposal = profile_propose(&s);
    if (!proposal || profile_read(json_object_get(proposal, "profile"), &profile) != TSM_OK)
        abort();
    profile_match(&profile, 1, &s, &match);
    json_decref(proposal);
    return 0;
}
