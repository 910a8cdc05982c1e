/* SPDX-License-Identifier: Apache-2.0 */
/* The table of curves that certificates name. Stations 5 and 7. Pure. [GPCS Table B-2, RFC 5480 2.1.1.1,
 * RFC 5639 4.1] */
#include "gp/certificate/curve.h"

enum { OID_MAX = 9 };

static const struct {
    enum ec_curve curve;
    uint8_t reference;
    uint8_t oid_len, oid[OID_MAX];
} rows[] = {
    {EC_P256, 0x00, 8, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}},
    {EC_P384, 0x01, 5, {0x2B, 0x81, 0x04, 0x00, 0x22}},
    {EC_BRAINPOOL_P256, 0x03, 9, {0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07}},
    {EC_BRAINPOOL_P384, 0x05, 9, {0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0B}},
    {EC_BRAINPOOL_P512, 0x07, 9, {0x2B, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0D}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

enum tsm_err curve_of_reference(struct bytes reference, enum ec_curve *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (bytes_equal(reference, BYTES_OF(&rows[i].reference, 1))) {
            *out = rows[i].curve;
            return TSM_OK;
        }
    return FAIL(UNSUPPORTED, "key parameter reference %02X is not spoken here",
                reference.len ? reference.at[0] : 0u);
}

enum tsm_err curve_of_oid(struct bytes oid, enum ec_curve *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (bytes_equal(oid, BYTES_OF(rows[i].oid, rows[i].oid_len))) {
            *out = rows[i].curve;
            return TSM_OK;
        }
    return FAIL(UNSUPPORTED, "the certificate's key is on a curve that is not spoken here");
}

struct bytes curve_reference(enum ec_curve curve)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].curve == curve)
            return BYTES_OF(&rows[i].reference, 1);
    return BYTES_NONE;
}
