/* SPDX-License-Identifier: Apache-2.0 */
/* The value of C9 when a security domain is installed. Stations 5 and 10. Pure. [GP UICC Configuration] */
#include "gp/content/sd_params.h"

#include "gp/tlv.h"

enum { TAG_PROTOCOL = 0x81, PROTOCOL_LEN = 2, PROTOCOL_LEN_MAX = 3, POLICY_MAX = 2 };

#define AT(member) offsetof(struct sd_params, member)
static const struct tlv_field after_protocols[] = {
    {0x82, TLV_BYTES, AT(accept_extradition), 1, POLICY_MAX, TLV_OPTIONAL, NULL},
    {0x83, TLV_BYTES, AT(accept_deletion), 1, POLICY_MAX, TLV_OPTIONAL, NULL},
    {0x84, TLV_FLAG, AT(personalized), 0, 0, TLV_OPTIONAL, NULL},
    {0x86, TLV_BYTES, AT(casd), 1, POLICY_MAX, TLV_OPTIONAL, NULL},
    {0x87, TLV_BYTES, AT(extradition_away), 1, POLICY_MAX, TLV_OPTIONAL, NULL},
    {0},
};

enum tsm_err sd_params_write(const struct sd_params *p, struct writer *w)
{
    struct writer at = *w;
    NEED(p->protocol_count <= SD_PROTOCOLS_MAX, TOO_LONG);
    for (size_t i = 0; i < p->protocol_count; i++) {
        const uint8_t octets[PROTOCOL_LEN_MAX] = {p->protocol[i].protocol, p->protocol[i].i,
                                                  p->protocol[i].i2};
        TRY(tlv_write(&at, TAG_PROTOCOL,
                      BYTES_OF(octets, p->protocol[i].i2 ? PROTOCOL_LEN_MAX : PROTOCOL_LEN)));
    }
    TRY(tlv_put(&at, after_protocols, p));
    *w = at;
    return TSM_OK;
}

enum tsm_err sd_params_read(struct bytes value, struct sd_params *out)
{
    struct sd_params p = {0};
    struct reader r = READER(value);
    TRY(tlv_fill(value, after_protocols, &p, TLV_SKIP_UNKNOWN));
    while (r.left.len) {
        struct tlv t;
        struct reader pair;
        TRY(tlv_next(&r, &t));
        if (t.tag != TAG_PROTOCOL)
            continue;
        NEED(p.protocol_count < SD_PROTOCOLS_MAX, TOO_LONG);
        pair = (struct reader){t.value};
        TRY(read_u8(&pair, &p.protocol[p.protocol_count].protocol));
        TRY(read_u8(&pair, &p.protocol[p.protocol_count].i));
        if (pair.left.len)
            TRY(read_u8(&pair, &p.protocol[p.protocol_count].i2));
        TRY(read_end(&pair));
        p.protocol_count++;
    }
    *out = p;
    return TSM_OK;
}
