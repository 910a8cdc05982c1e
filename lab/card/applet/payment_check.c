/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a personalisation run brought all that the demo scheme's payment application needs (station 7, the
 * card's side); pure; EMV Book 3 10.2. */
#include "card/applet/payment_check.h"
#include "common/tlv.h"

#include <string.h>

#define TAG_CDOL1   0x8C
#define RECORD_HEAD 4

/* What the scheme's cryptogram covers, as a terminal reads it in CDOL1: tag, length. */
static const uint8_t scheme_cdol1[] = {0x9F, 0x02, 6, 0x9F, 0x03, 6,    0x9F, 0x1A, 2,    0x95, 5,
                                       0x5F, 0x2A, 2, 0x9A, 3,    0x9C, 1,    0x9F, 0x37, 4};

bool payment_kcv_agree(const struct pay_data *d)
{
    uint8_t kcv[SYM_KCV_LEN];

    for (size_t i = 0; d->has_kcv && i < PAY_UDK_COUNT; i++)
        if (d->has_udk[i] && (!sym_kcv(&d->udk[i], kcv) || !lab_same(kcv, d->kcv[i], sizeof kcv)))
            return false;
    return true;
}

static const struct pay_record *find_record(const struct pay_data *d, uint8_t sfi, uint8_t number)
{
    for (size_t i = 0; i < d->record_count; i++)
        if (d->records[i].sfi == sfi && d->records[i].number == number)
            return &d->records[i];
    return NULL;
}

/* Each entry: SFI with three low zero bits, first and last record, records in offline authentication. */
static bool afl_is_met(const struct pay_data *d)
{
    for (size_t i = 0; i < d->afl_len; i += 4) {
        const uint8_t *e = d->afl + i;

        if ((e[0] & 0x07) != 0 || e[0] >> 3 == 0 || e[1] == 0 || e[2] < e[1] || e[3] > e[2] - e[1] + 1)
            return false;
        for (unsigned n = e[1]; n <= e[2]; n++)
            if (find_record(d, e[0] >> 3, (uint8_t)n) == NULL)
                return false;
    }
    return d->afl_len > 0;
}

/* A terminal that followed another CDOL1 would compute another cryptogram. */
static bool cdol1_is_the_schemes(const struct pay_data *d)
{
    for (size_t i = 0; i < d->record_count; i++) {
        const struct pay_record *r = &d->records[i];
        struct tlv template, cdol;

        if (!tlv_read(r->value, r->len, 0, &template) ||
            !tlv_find(template.value, template.len, TAG_CDOL1, &cdol))
            continue;
        return cdol.len == sizeof scheme_cdol1 && memcmp(cdol.value, scheme_cdol1, cdol.len) == 0;
    }
    return false;
}

static bool has_keys(const struct pay_data *d)
{
    for (size_t i = 0; i < PAY_UDK_COUNT; i++)
        if (!d->has_udk[i])
            return false;
    return true;
}

bool payment_complete(const struct pay_data *d)
{
    return d->has_fci && has_keys(d) && d->has_kcv && payment_kcv_agree(d) && d->iad_len > 0 &&
           afl_is_met(d) && cdol1_is_the_schemes(d);
}

uint32_t payment_size(const struct pay_data *d)
{
    size_t n = d->fci_len + d->afl_len + sizeof d->aip + d->iad_len + PAY_UDK_COUNT * PAY_UDK_LEN +
               PAY_PIN_LEN + d->internal_len + 2;

    for (size_t i = 0; i < PAY_RSA_PARTS; i++)
        n += d->rsa_len[i];
    for (size_t i = 0; i < d->record_count; i++)
        n += RECORD_HEAD + d->records[i].len;
    return (uint32_t)n;
}
