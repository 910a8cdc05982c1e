/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets as a picture of a card, and as a certificate of an online system. Fuzz target. */
#include "fuzz.h"
#include "role/sp/art/picture.h"
#include "role/sp/spos/target.h"

const char *const fuzz_seeds[] = {
    "89504E470D0A1A0A0000000D49484452000000010000000108000000003A7E9B550000000A49444154789C63600000000200015A"
    "A4C5"
    "A10000000049454E44AE426082",
    "FFD8FFE000044A46FFC0000B080008001001011100FFDA0008010100003F00A5FF00FFD05AFFD9",
    "2D2D2D2D2D424547494E2043455254494649434154452D2D2D2D2D0A4D49490A",
    NULL,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char pem[SPOS_PEM_MAX];
    struct picture p;
    if (picture_read(BYTES_OF(data, size), &p) == TSM_OK &&
        (p.width == 0 || p.height == 0 || p.width > PICTURE_SIDE_MAX || p.height > PICTURE_SIDE_MAX))
        __builtin_trap();
    (void)spos_pem(BYTES_OF(data, size), pem);
    return 0;
}
