/* SPDX-License-Identifier: Apache-2.0 */
/* The answers of an unknown card, read as far as they can be. Station 4. Pure. [GPCS 11.3.3, Appendix H] */
#include "order/card/sight.h"

#include "gp/command/get_data.h"
#include "gp/command/select.h"
#include "gp/tlv.h"

static enum tsm_err read_select(struct bytes answer, struct card_sight *s)
{
    struct select_fci fci;
    TRY(select_fci_read(answer, &fci));
    s->isd_aid = fci.aid;
    s->max_data = fci.max_data;
    return TSM_OK;
}

static enum tsm_err read_cplc(struct bytes answer, struct card_sight *s)
{
    struct bytes value = answer;
    TRY(cplc_read(answer, &s->cplc));
    if (answer.len != CPLC_LEN)
        TRY(data_object_read(answer, DATA_CPLC, &value));
    s->has_cplc = true;
    s->cplc_value = value;
    return TSM_OK;
}

static enum tsm_err read_recognition(struct bytes answer, struct card_sight *s)
{
    struct gp_recognition card;
    TRY(recognition_read(answer, &card));
    TRY(data_object_read(answer, DATA_CARD, &s->recognition));
    s->card = card;
    return TSM_OK;
}

/* One template A0: protocol, its options, and for SCP03 the key sizes [GPCS Table H-6]. */
struct capability {
    struct bytes protocol, options, aes;
};
static const struct tlv_field capability_table[] = {
    {0x80, TLV_BYTES, offsetof(struct capability, protocol), 1, 1, TLV_NEEDED, NULL},
    {0x81, TLV_BYTES, offsetof(struct capability, options), 1, 32, TLV_OPTIONAL, NULL},
    {0x82, TLV_BYTES, offsetof(struct capability, aes), 1, 8, TLV_OPTIONAL, NULL},
    {0},
};

static enum tsm_err read_capability(struct bytes value, struct card_sight *s)
{
    struct capability c = {0};
    TRY(tlv_fill(value, capability_table, &c, TLV_SKIP_UNKNOWN));
    if (c.aes.len)
        s->aes_sizes = c.aes.at[0];
    if (s->recognition.len) /* 66 has said it before */
        return TSM_OK;
    for (size_t i = 0; i < c.options.len && s->card.protocols < CARD_PROTOCOLS_MAX; i++) {
        s->card.protocol[s->card.protocols].protocol = c.protocol.at[0];
        s->card.protocol[s->card.protocols++].i = c.options.at[i];
    }
    return TSM_OK;
}

static enum tsm_err read_capabilities(struct bytes answer, struct card_sight *s)
{
    enum { TAG_PROTOCOL = 0xA0, TAG_SSD_PRIVILEGES = 0x81, PRIVILEGES_LEN = 3 };
    struct bytes value;
    struct reader r;
    TRY(data_object_read(answer, DATA_CAPABILITIES, &value));
    r = (struct reader){value};
    while (r.left.len) {
        struct tlv t;
        TRY(tlv_next(&r, &t));
        if (t.tag == TAG_PROTOCOL)
            TRY(read_capability(t.value, s));
        if (t.tag == TAG_SSD_PRIVILEGES && t.value.len == PRIVILEGES_LEN)
            s->ssd_privileges = t.value;
    }
    return TSM_OK;
}

static void count_key(struct card_sight *s, const struct gp_key_info *k)
{
    for (size_t i = 0; i < s->sets; i++)
        if (s->set[i].kvn == k->kvn) {
            s->set[i].keys++;
            return;
        }
    if (s->sets < SIGHT_SETS_MAX)
        s->set[s->sets++] =
            (struct sight_keyset){.kvn = k->kvn, .type = k->type[0], .length = k->length[0], .keys = 1};
}

static enum tsm_err read_keys(struct bytes answer, struct card_sight *s)
{
    struct reader keys;
    struct gp_key_info k;
    TRY(key_info_open(answer, &keys));
    while (keys.left.len) {
        TRY(key_info_next(&keys, &k));
        count_key(s, &k);
    }
    return TSM_OK;
}

static enum tsm_err read_resources(struct bytes answer, struct card_sight *s)
{
    TRY(resources_read(answer, &s->resources));
    s->has_resources = true;
    return TSM_OK;
}

static enum tsm_err read_issuer(struct bytes answer, struct card_sight *s)
{
    return data_object_read(answer, DATA_IIN, &s->issuer);
}

static enum tsm_err read_image(struct bytes answer, struct card_sight *s)
{
    return data_object_read(answer, DATA_CIN, &s->image);
}

void card_sight_read(const struct card_answers *a, struct card_sight *out)
{
    const struct {
        const char *name;
        struct bytes answer;
        enum tsm_err (*read)(struct bytes answer, struct card_sight *s);
    } rows[] = {
        {"SELECT", a->select, read_select},
        {"CPLC (9F7F)", a->cplc, read_cplc},
        {"recognition data (66)", a->recognition, read_recognition},
        {"capabilities (67)", a->capabilities, read_capabilities},
        {"key information (E0)", a->keys, read_keys},
        {"resources (FF21)", a->resources, read_resources},
        {"issuer number (42)", a->issuer, read_issuer},
        {"image number (45)", a->image, read_image},
    };
    struct card_sight s = {.max_data = 0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].answer.len && rows[i].read(rows[i].answer, &s) != TSM_OK)
            s.fault[s.faults++] = rows[i].name;
    err_clear();
    *out = s;
}

bool card_sight_offers(const struct card_sight *s, uint8_t protocol, uint8_t *i)
{
    for (size_t n = 0; n < s->card.protocols; n++)
        if (s->card.protocol[n].protocol == protocol) {
            *i = s->card.protocol[n].i;
            return true;
        }
    return false;
}
