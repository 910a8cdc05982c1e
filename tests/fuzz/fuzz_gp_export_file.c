/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as an export file. Fuzz target. */
#include <stdlib.h>

#include "gp/verify/type/api.h"
#include "fuzz.h"

/* A package with an interface of one method. */
const char *const fuzz_seeds[] = {
    "00FACADE0102000801000B6C69622F436F756E7465720700000100106A6176612F6C616E672F4F626A65637407000201"
    "00046E6578740100032829530100036C69620D000006000106F04F54534EFF0007010006010001000100030000000001"
    "00040100040005",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct cap_api api;
    if (api_begin(&api) != TSM_OK)
        abort();
    if (api_add_file(&api, BYTES_OF(data, size)) == TSM_OK && api.packages < 1)
        abort();
    for (size_t i = 0; i < api.classes; i++)
        (void)api_member(&api, i, API_VIRTUAL_METHOD, 0);
    return 0;
}
