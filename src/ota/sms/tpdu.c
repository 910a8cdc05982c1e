/* SPDX-License-Identifier: Apache-2.0 */
/* SMS-DELIVER and SMS-SUBMIT. Stations 8 and 10. Pure. [TS 23.040 9.2.2.1, 9.2.2.2; TS 23.038 4] */
#include "ota/sms/tpdu.h"

enum { SEPTETS_MAX = 160, ALPHABET = 0x0C, COMPRESSED = 0x20, CLASS_8BIT = 0x04 };

bool dcs_is_7bit(uint8_t dcs)
{
    switch (dcs >> 4) {
    case 0xF: /* data coding and message class */
        return !(dcs & CLASS_8BIT);
    case 0xE: /* message waiting, UCS2 */
        return false;
    case 0xC: /* message waiting, 7 bit */
    case 0xD:
        return true;
    default: /* 00xx, 01xx: general; 10xx: reserved, to be taken as 7 bit */
        return dcs >> 7 || (!(dcs & ALPHABET) && !(dcs & COMPRESSED));
    }
}

static size_t packed_octets(uint8_t septets)
{
    return (septets * 7u + 7) / 8;
}

/* TP-UDL and TP-UD, to the end. */
static enum tsm_err read_user_data(struct reader *r, uint8_t dcs, struct sms_user_data *out)
{
    struct sms_user_data ud = {0};
    uint8_t udl;
    bool packed = dcs_is_7bit(dcs);
    TRY(read_u8(r, &udl));
    NEED(udl <= (packed ? SEPTETS_MAX : SMS_UD_MAX), TOO_LONG);
    TRY(read_span(r, packed ? packed_octets(udl) : udl, &ud.octets));
    TRY(read_end(r));
    ud.septets = packed ? udl : 0;
    *out = ud;
    return TSM_OK;
}

static enum tsm_err write_user_data(struct writer *w, uint8_t dcs, const struct sms_user_data *ud)
{
    NEED(ud->octets.len <= SMS_UD_MAX, TOO_LONG);
    if (!dcs_is_7bit(dcs))
        return write_lv(w, ud->octets);
    NEED(ud->octets.len == packed_octets(ud->septets), BAD_LENGTH);
    TRY(write_u8(w, ud->septets));
    return write_span(w, ud->octets);
}

enum tsm_err sms_deliver_read(struct bytes tpdu, struct sms_deliver *out)
{
    struct reader r = READER(tpdu);
    struct sms_deliver d;
    TRY(read_u8(&r, &d.first));
    NEED((d.first & TP_MTI) == TP_MTI_DELIVER, BAD_VALUE);
    TRY(sms_address_read(&r, &d.from));
    TRY(read_u8(&r, &d.pid));
    TRY(read_u8(&r, &d.dcs));
    TRY(read_copy(&r, SCTS_LEN, d.scts));
    TRY(read_user_data(&r, d.dcs, &d.ud));
    *out = d;
    return TSM_OK;
}

enum tsm_err sms_deliver_write(const struct sms_deliver *d, struct writer *w)
{
    struct writer at = *w;
    NEED((d->first & TP_MTI) == TP_MTI_DELIVER, BAD_VALUE);
    TRY(write_u8(&at, d->first));
    TRY(sms_address_write(&at, &d->from));
    TRY(write_u8(&at, d->pid));
    TRY(write_u8(&at, d->dcs));
    TRY(write_span(&at, BYTES(d->scts)));
    TRY(write_user_data(&at, d->dcs, &d->ud));
    *w = at;
    return TSM_OK;
}

/* Octets of TP-VP. */
static size_t validity_len(uint8_t first)
{
    static const uint8_t lengths[] = {0, 7, 1, 7}; /* none, enhanced, relative, absolute */
    return lengths[(first & TP_VPF) >> 3];
}

enum tsm_err sms_submit_read(struct bytes tpdu, struct sms_submit *out)
{
    struct reader r = READER(tpdu);
    struct sms_submit s = {0};
    TRY(read_u8(&r, &s.first));
    NEED((s.first & TP_MTI) == TP_MTI_SUBMIT, BAD_VALUE);
    TRY(read_u8(&r, &s.reference));
    TRY(sms_address_read(&r, &s.to));
    TRY(read_u8(&r, &s.pid));
    TRY(read_u8(&r, &s.dcs));
    TRY(read_copy(&r, validity_len(s.first), s.validity));
    TRY(read_user_data(&r, s.dcs, &s.ud));
    *out = s;
    return TSM_OK;
}

enum tsm_err sms_submit_write(const struct sms_submit *s, struct writer *w)
{
    struct writer at = *w;
    NEED((s->first & TP_MTI) == TP_MTI_SUBMIT, BAD_VALUE);
    TRY(write_u8(&at, s->first));
    TRY(write_u8(&at, s->reference));
    TRY(sms_address_write(&at, &s->to));
    TRY(write_u8(&at, s->pid));
    TRY(write_u8(&at, s->dcs));
    TRY(write_span(&at, BYTES_OF(s->validity, validity_len(s->first))));
    TRY(write_user_data(&at, s->dcs, &s->ud));
    *w = at;
    return TSM_OK;
}
