/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as PUT KEY fields, as keys by STORE DATA and as groupings. Fuzz target. */
#include <stdlib.h>

#include "gp/content/dgi.h"
#include "gp/keys/putkey.h"
#include "gp/keys/storekeys.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA8810FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA",
    "8010EFBEE6C6D99D7B70BDE9D7E927F020AF038BAF47",
    "00B930B71080018881011083010196010197020003B9088201018403504A77B9088201028403F2A8DFB9088201038403D7D0E481"
    "1310D533E59B45A153ED7E5E9C5DFCFD4AAA8113103EF0B1A5E3059DAB21FCE23A7B61C4CA811310ADDE68F7AD497268D31A0DDD"
    "5C74B08F",
    "00B919B9179501389601018001888101108201018301018403504A77811310D533E59B45A153ED7E5E9C5DFCFD4AAA",
    "0101FF0003010203",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct reader r = {in};
    struct gp_key_field field;
    struct store_keys keys;
    struct dgi d;
    while (r.left.len && putkey_next(&r, &field) == TSM_OK)
        if (field.clear_len > field.wrapped.len)
            abort();
    if (storekeys_read(in, &keys) == TSM_OK && keys.count > STOREKEYS_MAX)
        abort();
    r = (struct reader){in};
    while (r.left.len && dgi_next(&r, &d) == TSM_OK)
        if (d.whole.len < d.value.len + 3)
            abort();
    return 0;
}
