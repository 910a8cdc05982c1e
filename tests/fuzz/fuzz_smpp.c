/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: SMPP PDUs. What is read must be written again. */
#include "fuzz.h"

#include <stdlib.h>

#include "ota/smpp/smpp.h"

const char *const fuzz_seeds[] = {
    "00000026000000090000000000000001"
    "65736D650070617373776F7264004F54410034000000",
    "0000001D80000009000000000000000165736D63000210000134",
    "00000037000000040000000000000007000000313233343500010134393137303030303030303100407F0000000100F6"
    "0005027000AABB",
    "0000002A000000050000000000000007000000000000000004000000000000000000000424000201020427000102042300030301"
    "02",
    "0000001B8000000400000000000000083132333435363738393000",
    "00000010800000040000005800000001",
    "00000010000000150000000000000001",
    "00000010800000000000000300000001",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[2 * SMPP_PDU_MAX];
    struct writer w = WRITER(out);
    struct smpp_pdu pdu;
    size_t len;
    (void)smpp_frame(BYTES_OF(data, size), &len);
    (void)smpp_read_head(BYTES_OF(data, size), &pdu);
    if (smpp_read(BYTES_OF(data, size), &pdu) == TSM_OK) {
        enum tsm_err e = smpp_write(&pdu, &w);
        if (e != TSM_OK && e != TSM_TOO_LONG)
            abort();
    }
    return 0;
}
