/* SPDX-License-Identifier: Apache-2.0 */
/* The data objects by which a card says what it is. Stations 4 and 10. Pure. [GPCS 11.3.3, H.2] */
#include "gp/content/card_data.h"

#include "gp/tlv.h"

enum {
    TAG_CPLC = 0x9F7F,
    TAG_KEY_INFORMATION = 0xE0,
    TAG_KEY = 0xC0,
    TAG_CARD_DATA = 0x66,
    TAG_RECOGNITION = 0x73,
    TAG_OID = 0x06,
    TAG_MANAGEMENT = 0x60,
    TAG_PROTOCOL = 0x64,
    TAG_RESOURCES = 0xFF21,
    TAG_APPLICATION = 0x61,
    TAG_AID = 0x4F,
    EXTENDED_TYPE = 0xFF,
    OID_GOES_ON = 0x80, /* b8 of a subidentifier's octet */
};

/* {globalPlatform} = 1.2.840.114283 [GPCS H.1.1]; 2 = card management type, 4 = secure channel protocol. */
static const uint8_t oid_version[] = {0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x02};
static const uint8_t oid_protocol[] = {0x2A, 0x86, 0x48, 0x86, 0xFC, 0x6B, 0x04};

enum tsm_err data_object_read(struct bytes data, uint32_t tag, struct bytes *value)
{
    struct reader r = READER(data);
    struct tlv t;
    TRY(tlv_next(&r, &t));
    if (t.tag != tag)
        return FAIL(BAD_VALUE, "the card gave data object %02X, asked was %02X", (unsigned)t.tag,
                    (unsigned)tag);
    TRY(read_end(&r));
    *value = t.value;
    return TSM_OK;
}

/* Both directions of the CPLC from one list of its fields in wire order. */
/* clang-format off */
#define CPLC_FIELDS(F16, F32) \
    F16(fabricator) \
    F16(ic_type) \
    F16(os) \
    F16(os_date) \
    F16(os_level) \
    F16(fabrication_date) \
    F32(serial) \
    F16(batch) \
    F16(module_fabricator) \
    F16(module_date) \
    F16(manufacturer) \
    F16(embedding_date) \
    F16(pre_personalizer) \
    F16(pre_date) \
    F32(pre_equipment) \
    F16(personalizer) \
    F16(personalization_date) \
    F32(personalization_equipment)
/* clang-format on */

enum tsm_err cplc_read(struct bytes data, struct gp_cplc *out)
{
    struct bytes value = data;
    struct reader r;
    struct gp_cplc c;
    if (data.len < 2 || data.at[0] == TAG_CPLC >> 8) /* no fabricator has a number that begins like the tag */
        TRY(data_object_read(data, TAG_CPLC, &value));
    r = (struct reader){value};
#define READ16(name) TRY(read_u16(&r, &c.name));
#define READ32(name) TRY(read_u32(&r, &c.name));
    CPLC_FIELDS(READ16, READ32)
    TRY(read_end(&r));
    *out = c;
    return TSM_OK;
}

enum tsm_err cplc_write(const struct gp_cplc *c, struct writer *w)
{
    struct writer at = *w;
    TRY(tlv_write_tag(&at, TAG_CPLC));
    TRY(tlv_write_length(&at, CPLC_LEN));
#define WRITE16(name) TRY(write_u16(&at, c->name));
#define WRITE32(name) TRY(write_u32(&at, c->name));
    CPLC_FIELDS(WRITE16, WRITE32)
    *w = at;
    return TSM_OK;
}

enum tsm_err key_info_open(struct bytes data, struct reader *keys)
{
    struct bytes value;
    TRY(data_object_read(data, TAG_KEY_INFORMATION, &value));
    *keys = (struct reader){value};
    return TSM_OK;
}

/* Type and length: one octet each, or FF type and two octets [GPCS Tables 11-28, 11-29]. */
static enum tsm_err read_component(struct reader *r, bool extended, struct gp_key_info *k)
{
    uint8_t mark, len;
    NEED(k->components < KEY_COMPONENTS_MAX, TOO_LONG);
    if (extended) {
        TRY(read_u8(r, &mark));
        NEED(mark == EXTENDED_TYPE, BAD_VALUE);
        TRY(read_u8(r, &k->type[k->components]));
        TRY(read_u16(r, &k->length[k->components]));
    } else {
        TRY(read_u8(r, &k->type[k->components]));
        TRY(read_u8(r, &len));
        k->length[k->components] = len;
    }
    k->components++;
    return TSM_OK;
}

static enum tsm_err read_optional_octet(struct reader *r, uint8_t *out)
{
    struct bytes value;
    TRY(read_lv(r, &value));
    NEED(value.len <= 1, BAD_LENGTH);
    *out = value.len ? value.at[0] : 0;
    return TSM_OK;
}

static enum tsm_err read_key(struct bytes value, struct gp_key_info *k)
{
    struct reader r = READER(value);
    bool extended;
    TRY(read_u8(&r, &k->kid));
    TRY(read_u8(&r, &k->kvn));
    NEED(r.left.len != 0, SHORT_INPUT);
    extended = r.left.at[0] == EXTENDED_TYPE;
    while (r.left.len && (!extended || r.left.at[0] == EXTENDED_TYPE))
        TRY(read_component(&r, extended, k));
    if (!extended)
        return TSM_OK;
    TRY(read_optional_octet(&r, &k->usage));
    TRY(read_optional_octet(&r, &k->access));
    return read_end(&r);
}

enum tsm_err key_info_next(struct reader *keys, struct gp_key_info *out)
{
    struct reader at = *keys;
    struct gp_key_info k = {0};
    struct tlv t;
    TRY(tlv_next(&at, &t));
    NEED(t.tag == TAG_KEY, BAD_VALUE);
    TRY(read_key(t.value, &k));
    *keys = at;
    *out = k;
    return TSM_OK;
}

enum tsm_err key_info_write(const struct gp_key_info *k, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    NEED(k->components >= 1 && k->components <= KEY_COMPONENTS_MAX, BAD_VALUE);
    TRY(tlv_open(&at, TAG_KEY, &mark));
    TRY(write_u8(&at, k->kid));
    TRY(write_u8(&at, k->kvn));
    for (size_t i = 0; i < k->components; i++) {
        NEED(k->type[i] != EXTENDED_TYPE, BAD_VALUE);
        TRY(write_u8(&at, k->type[i]));
        TRY(write_u8(&at, k->length[i] > 255 ? 0u : k->length[i]));
    }
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}

/* The octets of an object identifier after its prefix; false when it has another one. */
static bool oid_after(struct bytes oid, struct bytes prefix, struct bytes *rest)
{
    struct reader r = READER(oid);
    struct bytes head;
    if (oid.len < prefix.len || read_span(&r, prefix.len, &head) != TSM_OK || !bytes_equal(head, prefix))
        return false;
    *rest = r.left;
    return true;
}

/* One tag 64 holds one identifier {scp i} or, in format 2, several [GPCS Tables H-1, H-2]. */
static enum tsm_err read_protocols(struct bytes value, struct gp_recognition *g)
{
    struct reader r = READER(value);
    while (r.left.len) {
        struct tlv t;
        struct bytes rest;
        TRY(tlv_next(&r, &t));
        if (t.tag != TAG_OID || !oid_after(t.value, BYTES(oid_protocol), &rest) || rest.len < 2 ||
            rest.len != (rest.at[1] & OID_GOES_ON ? 3u : 2u))
            continue;
        NEED(g->protocols < CARD_PROTOCOLS_MAX, TOO_LONG);
        g->protocol[g->protocols].protocol = rest.at[0];
        g->protocol[g->protocols].i2 = rest.len > 2 ? rest.at[2] : 0;
        g->protocol[g->protocols++].i = rest.at[1];
    }
    return TSM_OK;
}

enum tsm_err recognition_read(struct bytes data, struct gp_recognition *out)
{
    struct gp_recognition g = {0};
    struct bytes card, value, oid;
    struct reader r;
    TRY(data_object_read(data, TAG_CARD_DATA, &card));
    TRY(tlv_find(card, TAG_RECOGNITION, &value));
    r = (struct reader){value};
    while (r.left.len) {
        struct tlv t;
        TRY(tlv_next(&r, &t));
        if (t.tag == TAG_PROTOCOL)
            TRY(read_protocols(t.value, &g));
        if (t.tag != TAG_MANAGEMENT)
            continue;
        TRY(tlv_find(t.value, TAG_OID, &oid));
        (void)oid_after(oid, BYTES(oid_version), &g.version);
    }
    *out = g;
    return TSM_OK;
}

enum tsm_err resources_read(struct bytes data, struct gp_resources *out)
{
    static const struct tlv_field table[] = {
        {0x81, TLV_NUMBER, offsetof(struct gp_resources, applications), 1, 4, TLV_NEEDED, NULL},
        {0x82, TLV_NUMBER, offsetof(struct gp_resources, free_nonvolatile), 1, 4, TLV_NEEDED, NULL},
        {0x83, TLV_NUMBER, offsetof(struct gp_resources, free_volatile), 1, 4, TLV_NEEDED, NULL},
        {0},
    };
    struct gp_resources s = {0};
    struct bytes value;
    TRY(data_object_read(data, TAG_RESOURCES, &value));
    TRY(tlv_fill(value, table, &s, TLV_SKIP_UNKNOWN));
    *out = s;
    return TSM_OK;
}

enum tsm_err application_next(struct reader *list, struct bytes *aid)
{
    struct reader at = *list;
    struct tlv t;
    struct bytes value;
    TRY(tlv_next(&at, &t));
    NEED(t.tag == TAG_APPLICATION, BAD_VALUE);
    TRY(tlv_find(t.value, TAG_AID, &value));
    NEED(value.len >= 5 && value.len <= 16, BAD_LENGTH);
    *list = at;
    *aid = value;
    return TSM_OK;
}
