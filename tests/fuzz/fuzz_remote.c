/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: remote command scripts and answers in both formats. */
#include "fuzz.h"

#include <stdlib.h>

#include "ota/remote/remote.h"

const char *const fuzz_seeds[] = {
    "016132",
    "02900000112233445566778899",
    "AB0780010123029000",
    "AF8080010323049000AABB23029000900102830101810012340000",
    "AE80220880F28002024F00000000",
    "AA1C830111820105810D81030101048202818292023F00220580CA008500",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum remote_format formats[] = {REMOTE_COMPACT, REMOTE_DEFINITE, REMOTE_INDEFINITE};
    struct remote_outcome outcome;
    struct remote_objects objects;
    struct ber object;
    size_t seen = 0;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        (void)remote_outcome_read(BYTES_OF(data, size), formats[i], &outcome);
    if (remote_open_script(BYTES_OF(data, size), &objects) != TSM_OK)
        return 0;
    while (remote_next(&objects, &object) == TSM_OK)
        if (++seen > size)
            abort(); /* every object takes octets */
    return 0;
}
