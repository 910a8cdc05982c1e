/* SPDX-License-Identifier: Apache-2.0 */
/* MUTUAL and INTERNAL AUTHENTICATE: the terms of a session, the command, its answer. Stations 5 and 7. Pure.
 * [AmdF 7.1.1, 7.6, 7.7] */
#include "gp/scp11/scp11.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum {
    TAG_CRT = 0xA6,
    TAG_PROTOCOL = 0x90,
    TAG_USAGE = 0x95,
    TAG_KEY_TYPE = 0x80,
    TAG_KEY_LENGTH = 0x81,
    TAG_HOST_ID = 0x84,
    TAG_CA = 0x42,
    TAG_POINT = 0x5F49,
    KEY_TYPE_AES = 0x88,
    NUMBER_MAX = 0x7F, /* b8 of P1 and P2 is RFU */
    ID_MAX = 127,      /* its length has one octet in the CRT and in SharedInfo */
    POINT_MIN = 1 + 2 * 32,
};

/* What the variants differ in. */
static const struct variant {
    enum scp11_variant variant;
    uint8_t ins, kid;
    bool scripted; /* the usages of SCP11c */
} variants[] = {
    {SCP11A, INS_MUTUAL_AUTHENTICATE, SCP11_KID_A, false},
    {SCP11B, INS_INTERNAL_AUTHENTICATE, SCP11_KID_B, false},
    {SCP11C, INS_MUTUAL_AUTHENTICATE, SCP11_KID_C, true},
};

static const struct variant *variant_of(enum scp11_variant v)
{
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if (variants[i].variant == v)
            return &variants[i];
    return NULL;
}

static enum tsm_err check_usage(const struct scp11_terms *t, const struct variant *v)
{
    bool two = t->usage == SCP11_C_MAC_R_MAC || t->usage == SCP11_C_MAC_C_ENC_R_MAC_R_ENC;
    bool more = t->usage == SCP11_C_MAC_C_ENC || t->usage == SCP11_C_MAC_C_ENC_R_MAC;
    if (!two && !(more && v->scripted))
        return FAIL(BAD_VALUE, "key usage %02X is no security level of this variant", t->usage);
    return TSM_OK;
}

static enum tsm_err check_ids(const struct scp11_terms *t)
{
    bool with = t->host_id.len != 0;
    struct bytes ids[] = {t->host_id, t->ca_klcc, t->sin, t->sdin, t->card_group};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        NEED(ids[i].len <= ID_MAX, BAD_LENGTH);
    if (with && t->variant == SCP11C)
        NEED(t->card_group.len != 0, MISSING_FIELD);
    if (with && t->variant != SCP11C)
        NEED(t->sin.len != 0 && t->sdin.len != 0, MISSING_FIELD);
    return TSM_OK;
}

enum tsm_err scp11_check(const struct scp11_terms *t)
{
    const struct variant *v = variant_of(t->variant);
    NEED(v != NULL, BAD_VALUE);
    TRY(check_usage(t, v));
    NEED(t->kvn <= NUMBER_MAX && t->kid <= NUMBER_MAX, BAD_VALUE);
    NEED((t->kvn == 0) == (t->ca_klcc.len != 0), BAD_VALUE); /* 42 stands for the number, and only then */
    NEED(t->kvn != 0 || t->variant != SCP11B, BAD_VALUE);    /* INTERNAL AUTHENTICATE has no 42 */
    NEED(t->key_len == 16 || t->key_len == 24 || t->key_len == 32, BAD_LENGTH);
    NEED(t->mac_len == S8_LEN || t->mac_len == S16_LEN, BAD_LENGTH);
    return check_ids(t);
}

uint8_t scp11_parameters(const struct scp11_terms *t)
{
    return (uint8_t)(t->variant | (t->host_id.len ? SCP11_WITH_IDS : 0));
}

static enum tsm_err write_crt(const struct scp11_terms *t, struct writer *w)
{
    const uint8_t protocol[] = {SCP11, scp11_parameters(t)};
    size_t mark;
    TRY(tlv_open(w, TAG_CRT, &mark));
    TRY(tlv_write(w, TAG_PROTOCOL, BYTES(protocol)));
    TRY(tlv_write_u8(w, TAG_USAGE, t->usage));
    TRY(tlv_write_u8(w, TAG_KEY_TYPE, KEY_TYPE_AES));
    TRY(tlv_write_u8(w, TAG_KEY_LENGTH, t->key_len));
    if (t->host_id.len)
        TRY(tlv_write(w, TAG_HOST_ID, t->host_id));
    if (t->ca_klcc.len)
        TRY(tlv_write(w, TAG_CA, t->ca_klcc));
    return tlv_close(w, mark);
}

enum tsm_err scp11_data_write(const struct scp11_terms *t, struct bytes ephemeral, struct writer *w)
{
    struct writer at = *w;
    TRY(scp11_check(t));
    NEED(ephemeral.len >= POINT_MIN && ephemeral.len <= EC_SPOT_MAX, BAD_LENGTH);
    TRY(write_crt(t, &at));
    TRY(tlv_write(&at, TAG_POINT, ephemeral));
    *w = at;
    return TSM_OK;
}

enum tsm_err scp11_authenticate_write(const struct scp11_terms *t, struct bytes ephemeral,
                                      struct writer *capdu)
{
    const struct variant *v = variant_of(t->variant);
    struct writer at = *capdu;
    size_t mark;
    NEED(v != NULL, BAD_VALUE);
    TRY(command_open(&at, v->ins, t->kvn, t->kid ? t->kid : v->kid, &mark));
    TRY(scp11_data_write(t, ephemeral, &at));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

static const struct tlv_field answer_rows[] = {
    {TAG_POINT, TLV_BYTES, offsetof(struct scp11_answer, point), POINT_MIN, EC_SPOT_MAX, TLV_NEEDED, NULL},
    {0x86, TLV_BYTES, offsetof(struct scp11_answer, receipt), CMAC_LEN, CMAC_LEN, TLV_NEEDED, NULL},
    {0},
};

enum tsm_err scp11_answer_read(struct bytes data, struct scp11_answer *out)
{
    struct scp11_answer a = {{0}, {0}};
    TRY(tlv_fill(data, answer_rows, &a, TLV_REFUSE_UNKNOWN));
    *out = a;
    return TSM_OK;
}

enum tsm_err scp11_answer_write(const struct scp11_answer *a, struct writer *w)
{
    return tlv_put(w, answer_rows, a);
}
