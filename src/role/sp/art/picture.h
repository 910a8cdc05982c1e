/* SPDX-License-Identifier: Apache-2.0 */
/* What a picture's octets say of themselves: form, media type, size. Pure. [PNG third edition 5; ITU-T T.81
 * annex B] */
#ifndef TSM_ROLE_SP_ART_PICTURE_H
#define TSM_ROLE_SP_ART_PICTURE_H

#include "base/bytes.h"

/* A card's front is 1536 x 969 at most wallets; twice that on each side is room enough. */
enum { PICTURE_SIDE_MAX = 4096, PICTURE_BYTES_MAX = 1 << 20 };

struct picture {
    const char *type; /* static text: image/png or image/jpeg */
    uint32_t width, height;
};

/* Reads from the first octet to the last: nothing may stand behind the picture, nothing of it be missing.
 * WRONG_TYPE: neither PNG nor JPEG (vector graphics hold scripts and are not taken). BAD_FORM: of that type,
 * but broken. TOO_LONG: more octets or pixels than the constants say. */
enum tsm_err picture_read(struct bytes octets, struct picture *out);

#endif
