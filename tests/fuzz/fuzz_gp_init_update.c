/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as an answer to INITIALIZE UPDATE; one that is read is written back the same and opens nothing.
 * Fuzz target. */
#include <stdlib.h>

#include "gp/channel/channel.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
    "000000000000000000003003703EB51047495B249F66C484C1D2EF1948000002",
    "0000000000000000000030036008090A0B0C0D0E0F114F6BC5052C5228",
    "00010203040506070809FF03716924434C956736C8EE6122E8A3FC612FD11BADF9902502728BCB7AAAFDA9432C000001",
    "00000000000000000000300361101112131415161718191A1B1C1D1E1F1F3975EB7C6D743F38BB5842328732A1",
    "00000000000000000000700200016B4524ABEE7CF32EA3838BC148F3",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = BYTES_OF(data, size);
    struct init_update iu;
    uint8_t out[64];
    struct writer w = WRITER(out);
    if (gp_init_update_read(in, &iu) != TSM_OK)
        return 0;
    if (gp_init_update_write(&iu, &w) != TSM_OK || !bytes_equal(written(&w), in))
        abort();
    return 0;
}
