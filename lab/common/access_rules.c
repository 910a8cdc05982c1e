/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules as the ARA-M keeps them and as an enforcer reads them: REF-AR-DO in one row (stations 7 and
 * 10); pure; GP Secure Element Access Control v1.1 (GPD_SPE_013) 6, tables 6-3 to 6-9. */
#include "common/access_rules.h"

#define AID_SHORTEST 5
#define AID_LONGEST  16
#define SHA1_LEN     20
#define SHA256_LEN   32
#define RULE_NEVER   0x00
#define RULE_ALWAYS  0x01

static bool single_rule(const struct tlv *t)
{
    return t->len == 1 && (t->value[0] == RULE_NEVER || t->value[0] == RULE_ALWAYS);
}

/* Lengths by the tables; *known = the tag has one. */
static bool length_fits(const struct tlv *t, bool *known)
{
    *known = true;
    switch (t->tag) {
    case TAG_AID_REF_DO:
        return t->len == 0 || (t->len >= AID_SHORTEST && t->len <= AID_LONGEST);
    case TAG_AID_REF_IMPLICIT:
        return t->len == 0;
    case TAG_DEVICE_APP_REF_DO:
        return t->len == 0 || t->len == SHA1_LEN || t->len == SHA256_LEN;
    case TAG_APDU_AR_DO:
        return single_rule(t) || (t->len > 0 && t->len % APDU_FILTER_LEN == 0);
    case TAG_NFC_AR_DO:
        return single_rule(t);
    default:
        *known = false;
        return true;
    }
}

static struct tlv *place_of(struct access_rule *r, uint32_t tag, bool reference)
{
    if (tag == TAG_AID_REF_DO || tag == TAG_AID_REF_IMPLICIT)
        return reference ? &r->aid : NULL;
    if (tag == TAG_DEVICE_APP_REF_DO)
        return reference ? &r->device_app : NULL;
    if (tag == TAG_APDU_AR_DO)
        return reference ? NULL : &r->apdu;
    return reference || tag != TAG_NFC_AR_DO ? NULL : &r->nfc;
}

static bool read_objects(const struct tlv *template, struct access_rule *r, bool reference, bool *unknown)
{
    struct tlv t = {0};

    while (t.end < template->len) {
        struct tlv *place;
        bool known;

        if (!tlv_read(template->value, template->len, t.end, &t) || !length_fits(&t, &known))
            return false;
        place = place_of(r, t.tag, reference);
        if (known && (place == NULL || place->tag != 0))
            return false;
        if (known)
            *place = t;
        *unknown = *unknown || !known;
    }
    return true;
}

bool access_reference_read(const struct tlv *ref, struct access_rule *r, bool *unknown)
{
    *r = (struct access_rule){.ref = *ref};
    return read_objects(ref, r, true, unknown) && r->aid.tag != 0;
}

bool access_rule_read(const struct tlv *ref_ar, struct access_rule *r, bool *unknown)
{
    struct tlv ref, access;

    if (!tlv_read(ref_ar->value, ref_ar->len, 0, &ref) || ref.tag != TAG_REF_DO ||
        !tlv_read(ref_ar->value, ref_ar->len, ref.end, &access) || access.tag != TAG_AR_DO ||
        access.end != ref_ar->len)
        return false;
    if (!access_reference_read(&ref, r, unknown))
        return false;
    r->access = access;
    return read_objects(&access, r, false, unknown);
}
