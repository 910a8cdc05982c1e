/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: lines of an issuer's file of cards, in both forms. */
#include "fuzz.h"

#include <stdlib.h>

#include "emv/intake/file.h"

const char *const fuzz_seeds[] = {
    /* service,iccid,pan,cardholder */
    "736572766963652C69636369642C70616E2C63617264686F6C646572",
    /* demo-payment,8949,5413330089010434,"A ""B""/C" */
    "64656D6F2D7061796D656E742C383934392C353431333333303038393031303433342C22412022224222222F4322",
    /* service=d|iccid=89|pan=54|ENC 8400=00|DGI 0101=70 */
    "736572766963653D647C69636369643D38397C70616E3D35347C454E4320383430303D30307C44474920303130313D3730",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct issuer_head head = {4, ',', {"service", "iccid", "pan", "cardholder"}};
    struct bytes in = BYTES_OF(data, size);
    struct issuer_head read;
    struct issuer_row row;
    (void)issuer_head_read(in, &read);
    if (issuer_csv_read(&head, in, &row) == TSM_OK) {
        if (!row.service[0] || !row.se_ref[0])
            abort();
        json_decref(row.record);
    }
    if (issuer_cps_read(in, &row) == TSM_OK)
        json_decref(row.record);
    return 0;
}
