/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: delivery receipt texts and message ids. */
#include "fuzz.h"

#include <stdlib.h>

#include "ota/smpp/receipt.h"

const char *const fuzz_seeds[] = {
    /* "id:0123456789 sub:001 dlvrd:001 stat:DELIVRD err:000 text:x" */
    "69643A30313233343536373839207375623A30303120646C7672643A30303120737461743A44454C49565244206572723A303030"
    "2074657874"
    "3A78",
    /* "id:7f3a stat:UNDELIV err:34" */
    "69643A3766336120737461743A554E44454C4956206572723A3334",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smpp_receipt receipt, again;
    char canonical[SMPP_MESSAGE_ID_ROOM];
    uint8_t text[256];
    struct writer w = WRITER(text);
    if (smpp_receipt_read(BYTES_OF(data, size), &receipt) != TSM_OK)
        return 0;
    (void)smpp_id_canonical(receipt.id, SMPP_ID_HEX, canonical);
    (void)smpp_id_canonical(receipt.id, SMPP_ID_DECIMAL, canonical);
    if (smpp_receipt_write(&receipt, &w) != TSM_OK || smpp_receipt_read(written(&w), &again) != TSM_OK)
        abort();
    return 0;
}
