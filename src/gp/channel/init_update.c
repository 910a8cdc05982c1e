/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to INITIALIZE UPDATE, read and written in wire order. Stations 7 and 10. Pure.
 * [AmdD 7.1.1, GPCS E.5.1.6] */
#include "gp/channel/init_update.h"

enum { SEQUENCE_LEN = 3 };

/* SCP02: sequence counter (2), challenge (6), cryptogram (8) [GPCS Table E-8]. */
static enum tsm_err read_scp02(struct reader *r, struct init_update *iu)
{
    iu->i = SCP02_I_DEFAULT;
    iu->has_sequence = true;
    TRY(read_u8(r, &iu->sequence[1]));
    TRY(read_u8(r, &iu->sequence[2]));
    TRY(read_span(r, SCP02_CARD_CHALLENGE, &iu->challenge));
    return read_span(r, S8_LEN, &iu->cryptogram);
}

/* SCP03: i, challenge and cryptogram of 8 or 16, the sequence counter only when i says so [AmdD Table 7-2].
 */
static enum tsm_err read_scp03(struct reader *r, struct init_update *iu)
{
    size_t len, tail;
    TRY(read_u8(r, &iu->i));
    iu->has_sequence = iu->i & SCP03_I_PSEUDO_RANDOM;
    tail = iu->has_sequence ? SEQUENCE_LEN : 0;
    len = r->left.len > 2 * S8_LEN + tail ? S16_LEN : S8_LEN;
    if (r->left.len != 2 * len + tail)
        return FAIL(BAD_LENGTH, "i=%02X announces %zu octets after it, %zu are there", iu->i, 2 * len + tail,
                    r->left.len);
    TRY(read_span(r, len, &iu->challenge));
    TRY(read_span(r, len, &iu->cryptogram));
    return iu->has_sequence ? read_copy(r, SEQUENCE_LEN, iu->sequence) : TSM_OK;
}

enum tsm_err gp_init_update_read(struct bytes data, struct init_update *out)
{
    struct reader r = READER(data);
    struct init_update iu = {0};
    TRY(read_copy(&r, GP_KDD_LEN, iu.kdd));
    TRY(read_u8(&r, &iu.kvn));
    TRY(read_u8(&r, &iu.protocol));
    if (iu.protocol == SCP02)
        TRY(read_scp02(&r, &iu));
    else if (iu.protocol == SCP03)
        TRY(read_scp03(&r, &iu));
    else
        return FAIL(BAD_VALUE, "secure channel protocol %02X is not known here", iu.protocol);
    TRY(read_end(&r));
    *out = iu;
    return TSM_OK;
}

enum tsm_err gp_init_update_write(const struct init_update *iu, struct writer *w)
{
    struct writer at = *w;
    NEED(iu->protocol == SCP02 || iu->protocol == SCP03, BAD_VALUE);
    TRY(write_span(&at, BYTES(iu->kdd)));
    TRY(write_u8(&at, iu->kvn));
    TRY(write_u8(&at, iu->protocol));
    if (iu->protocol == SCP03)
        TRY(write_u8(&at, iu->i));
    else
        TRY(write_u16(&at, (unsigned)iu->sequence[1] << 8 | iu->sequence[2]));
    TRY(write_span(&at, iu->challenge));
    TRY(write_span(&at, iu->cryptogram));
    if (iu->protocol == SCP03 && iu->has_sequence)
        TRY(write_span(&at, BYTES(iu->sequence)));
    *w = at;
    return TSM_OK;
}
