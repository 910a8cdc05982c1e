/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: an order's card data, whole or field by field, as they are judged before anything is opened.
 */
#include "fuzz.h"

#include "vault/operation/perso.h"

const char *const fuzz_seeds[] = {"7B2270616E223A22782E782E782E782E78227D",
                                  "7B226578706972793A2233303132227D", "65794A2E2E612E622E63", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)vault_record_check(BYTES_OF(data, size));
    return 0;
}
