/* SPDX-License-Identifier: Apache-2.0 */
/* What MUTUAL and INTERNAL AUTHENTICATE ask for: the data field, the variant, the key and the off-card entity
 * that it names (station 7, the card's side); pure; Amd F 1.4 7.1.1, 7.6.2, 7.7.2. */
#include "card/scp11/request.h"

#include "card/model/keys.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define TAG_CRT        0xA6
#define TAG_PROTOCOL   0x90
#define TAG_USAGE      0x95
#define TAG_KEY_TYPE   0x80
#define TAG_KEY_LENGTH 0x81
#define TAG_HOST_ID    0x84

#define PARAMETER_VARIANT 0x03
#define RFU_BIT           0x80 /* of P1 and P2 */
#define HOST_ID_MAX       64

static const struct scp11_kind variants[] = {
    {SCP11_A, 0x01, KID_SD_A, SCP11_I_A},
    {SCP11_B, 0x00, KID_SD_B, SCP11_I_B},
    {SCP11_C, 0x03, KID_SD_C, SCP11_I_C},
};

/* Tables 4-3 and 4-4. */
static const struct {
    uint8_t usage, level;
    bool only_c;
} usages[] = {
    {0x34, LEVEL_C_MAC | LEVEL_R_MAC, false},
    {0x3C, LEVEL_C_MAC | LEVEL_C_ENC | LEVEL_R_MAC | LEVEL_R_ENC, false},
    {0x1C, LEVEL_C_MAC | LEVEL_C_ENC, true},
    {0x74, LEVEL_C_MAC | LEVEL_C_ENC | LEVEL_R_MAC, true},
};

static bool take_protocol(const struct tlv *t, struct scp11_request *r)
{
    if (t->len != 2 || t->value[0] != SCP11 ||
        (t->value[1] & ~(PARAMETER_VARIANT | SCP11_PARAMETER_IDS)) != 0)
        return false;
    r->parameters = t->value[1];
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if (variants[i].parameter == (r->parameters & PARAMETER_VARIANT))
            r->variant = &variants[i];
    return r->variant != NULL;
}

static bool take_usage(const struct tlv *t, struct scp11_request *r)
{
    for (size_t i = 0; t->len == 1 && i < sizeof usages / sizeof usages[0]; i++) {
        if (usages[i].usage != t->value[0])
            continue;
        r->usage = usages[i].usage;
        r->level = usages[i].level;
        return true;
    }
    return false;
}

static bool take_key_length(const struct tlv *t, struct scp11_request *r)
{
    r->key_len = t->len == 1 ? t->value[0] : 0;
    return r->key_len == 16 || r->key_len == 24 || r->key_len == 32;
}

static bool take_key_type(const struct tlv *t, struct scp11_request *r)
{
    (void)r;
    return t->len == 1 && t->value[0] == KEY_TYPE_AES;
}

static bool take_host(const struct tlv *t, struct scp11_request *r)
{
    r->host = (struct octets){.at = t->value, .len = t->len};
    return t->len >= 1 && t->len <= HOST_ID_MAX;
}

static bool take_authority(const struct tlv *t, struct scp11_request *r)
{
    r->authority = (struct octets){.at = t->value, .len = t->len};
    return t->len >= 1 && t->len <= CA_IDENTIFIER_MAX;
}

/* Table 7-15. */
static const struct {
    uint32_t tag;
    bool mandatory;
    bool (*take)(const struct tlv *t, struct scp11_request *r);
} parts[] = {
    {TAG_PROTOCOL, true, take_protocol}, {TAG_USAGE, true, take_usage},
    {TAG_KEY_TYPE, true, take_key_type}, {TAG_KEY_LENGTH, true, take_key_length},
    {TAG_HOST_ID, false, take_host},     {TAG_CA_IDENTIFIER, false, take_authority},
};
#define PARTS (sizeof parts / sizeof parts[0])

static bool read_template(const struct tlv *crt, struct scp11_request *r)
{
    struct tlv t = {0};

    while (t.end < crt->len) {
        size_t i = 0;

        if (!tlv_read(crt->value, crt->len, t.end, &t))
            return false;
        while (i < PARTS && parts[i].tag != t.tag)
            i++;
        if (i == PARTS || (r->seen & 1U << i) != 0 || !parts[i].take(&t, r))
            return false;
        r->seen |= 1U << i;
    }
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].mandatory && (r->seen & 1U << i) == 0)
            return false;
    return ((r->parameters & SCP11_PARAMETER_IDS) != 0) == (r->host.at != NULL);
}

static bool read_fields(const struct job *j, struct scp11_request *r, struct tlv *point)
{
    struct tlv crt;

    if (!tlv_read(j->cmd.data, j->cmd.lc, 0, &crt) || crt.tag != TAG_CRT || !read_template(&crt, r) ||
        !tlv_read(j->cmd.data, j->cmd.lc, crt.end, point) || point->tag != SCP11_TAG_POINT ||
        point->end != j->cmd.lc)
        return false;
    r->crt = (struct octets){.at = j->cmd.data, .len = crt.end};
    r->point = (struct octets){.at = j->cmd.data + crt.end, .len = point->end - crt.end};
    return true;
}

/* The variant fits command, level and options of the domain. */
static uint16_t check_variant(const struct job *j, const struct scp_option *o, const struct scp11_request *r)
{
    bool only_c = r->usage == 0x1C || r->usage == 0x74;

    if ((r->variant->name == SCP11_B) != (j->cmd.ins == INS_INTERNAL_AUTHENTICATE) ||
        (r->variant->i & o->i) == 0 || (only_c && r->variant->name != SCP11_C))
        return SW_WRONG_DATA;
    return SW_OK;
}

/* SK.SD.ECKA by P1 and P2 or by the name of its authority. */
static uint16_t find_key(const struct job *j, struct scp11_request *r)
{
    const struct asym_entry *e;

    if (((j->cmd.p1 | j->cmd.p2) & RFU_BIT) != 0)
        return SW_WRONG_P1P2;
    if ((j->cmd.p1 == 0) != (r->authority.at != NULL))
        return SW_WRONG_DATA;
    r->owner = sd_key_owner(j->sd);
    if (j->cmd.p1 == 0)
        e = scp11_by_authority(r->owner, &r->authority, r->variant->kid);
    else
        e = sd_asym(r->owner, j->cmd.p1, j->cmd.p2);
    if (e == NULL || e->kid != r->variant->kid || !scp11_is_private(e))
        return SW_REFERENCE_NOT_FOUND;
    r->key = e;
    return SW_OK;
}

/* The certificate of PERFORM SECURITY OPERATION serves one session unless the domain keeps it. */
static uint16_t find_entity(struct job *j, const struct scp_option *o, struct scp11_request *r)
{
    struct oce *oce = j->ch->oce;
    const struct scp11 *s = r->owner->scp11;
    uint8_t rights = r->variant->name == SCP11_C ? o->i & SCP11_I_C_BF20 : o->i2 & SCP11_I2_BF20;

    if (r->variant->name == SCP11_B)
        return SW_OK;
    if (oce == NULL)
        oce = j->ch->oce = calloc(1, sizeof *oce);
    if (oce == NULL)
        return SW_NO_MEMORY;
    if (oce->identity.known && oce->identity.domain == r->owner)
        oce->session = oce->identity;
    else if (s != NULL && s->kept.known)
        oce->session = s->kept;
    else
        return SW_CONDITIONS_NOT_SATISFIED;
    oce->identity.known = false;
    if (oce->session.has_rights && rights == 0)
        return SW_CONDITIONS_NOT_SATISFIED;
    r->oce = &oce->session.key;
    return r->oce->curve == r->key->key.curve ? SW_OK : SW_WRONG_DATA;
}

uint16_t scp11_request_read(struct job *j, const struct scp_option *o, struct scp11_request *r)
{
    struct tlv point;
    uint16_t sw;

    *r = (struct scp11_request){0};
    if (!read_fields(j, r, &point))
        return SW_WRONG_DATA;
    sw = check_variant(j, o, r);
    if (sw == SW_OK)
        sw = find_key(j, r);
    if (sw == SW_OK && !ecka_point(r->key->key.curve, point.value, point.len, &r->peer))
        sw = SW_WRONG_DATA;
    return sw == SW_OK ? find_entity(j, o, r) : sw;
}
