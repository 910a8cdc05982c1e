/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a campaign or as a verification: refused with a cause, or read into what its rules allow.
 * Fuzz target. */
#include <stdlib.h>

#include "fuzz.h"
#include "role/sp/bulk/wish.h"
#include "role/sp/verify/setting.h"

const char *const fuzz_seeds[] = {
    "7B226F7065726174696F6E223A22757064617465222C2273657276696365223A2273222C2276657273696F6E223A22322E30"
    "2E30222C2273656C656374223A7B2276657273696F6E223A22312E302E30222C227374617465223A224F5045524154494F4E"
    "414C227D2C22726174655F7065725F73223A32302C2277696E646F77223A7B2266726F6D223A2230313A3030222C22746F22"
    "3A2230353A3330222C227A6F6E65223A222B30323A3030227D2C2263616E617279223A7B22636F756E74223A372C22746865"
    "6E223A2277616974227D7D",
    "7B226F7065726174696F6E223A2273757370656E64222C2273657276696365223A2273222C2273656C656374223A7B22696E"
    "7374616E636573223A5B2231222C2232225D7D7D",
    "7B226B696E64223A22686F6F6B222C2275726C223A2268747470733A2F2F622E6578616D706C65222C22737465705F757022"
    "3A7B22646967697473223A362C227472696573223A327D7D",
    "7B226B696E64223A22636F6465222C22646967697473223A382C227472696573223A332C22657870697265735F73223A3630"
    "7D",
    NULL,
};

static bool is_second(int64_t s)
{
    return s >= 0 && s < DAY_S;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct verify_setting setting;
    struct bulk_wish wish;
    if (bulk_wish_read(in, &wish) == TSM_OK &&
        (!is_second(wish.rules.window_from) || !is_second(wish.rules.window_to) || wish.rules.at_once < 1 ||
         wish.rules.per_minute < 0 || !wish.choice))
        abort();
    bulk_wish_drop(&wish);
    if (verify_setting_read(in, &setting) == TSM_OK) {
        json_t *o = verify_setting_json(&setting);
        if (!o || setting.tries < 1 || setting.digits < VERIFY_DIGITS_MIN ||
            setting.digits > VERIFY_DIGITS_MAX)
            abort();
        json_decref(o);
    }
    return 0;
}
