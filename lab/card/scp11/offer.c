/* SPDX-License-Identifier: Apache-2.0 */
/* PERFORM SECURITY OPERATION: an off-card entity shows its certificate or a chain that ends with it (station
 * 7, the card's side); pure; Amd F 1.4 7.5. Parts of one certificate may be chained by P1.b8, as 7.5.2.1
 * says, by the class byte (ISO/IEC 7816-4 5.3.3), as other clients do, by both, or come in one extended
 * command. */
#include "card/scp11/scp11.h"

#include "card/model/keys.h"
#include "common/tlv.h"

#include <stdlib.h>
#include <string.h>

#define MORE_COMMANDS     0x80 /* of P1 */
#define MORE_CERTIFICATES 0x80 /* of P2 */
#define REFERENCE         0x7F

/* Table 7-13. */
#define SW_CERTIFICATE_WRONG      0x6600
#define SW_CERTIFICATE_NOT_LISTED 0x6640
#define SW_FORMAT_NOT_SUPPORTED   0x6A87

static bool format_supported(const struct scp_option *o, const struct certificate *c)
{
    return c->x509 ? (o->i2 & SCP11_I2_X509) != 0 : (o->i2 & SCP11_I2_NO_GP) == 0;
}

static bool rights_supported(const struct scp_option *o)
{
    return (o->i & SCP11_I_C_BF20) != 0 || (o->i2 & SCP11_I2_BF20) != 0;
}

/* Serial numbers are compared as numbers: an INTEGER may lead with 00. */
static struct octets number_of(const uint8_t *at, size_t len)
{
    bool leading = len > 1 && at[0] == 0;

    return (struct octets){.at = at + leading, .len = len - leading};
}

static bool is_listed(const struct scp11_link *l, const struct octets *serial)
{
    struct octets wanted = number_of(serial->at, serial->len);
    struct tlv t = {0};

    while (t.end < l->list_len && tlv_read(l->list, l->list_len, t.end, &t)) {
        struct octets n = number_of(t.value, t.len);

        if (n.len == wanted.len && memcmp(n.at, wanted.at, n.len) == 0)
            return true;
    }
    return false;
}

/* The authority of the first certificate, by P1 and P2 or by the name in it. */
static const struct asym_entry *find_authority(const struct job *j, struct sd *owner,
                                               const struct certificate *c)
{
    uint8_t kvn = j->cmd.p1 & REFERENCE;
    const struct asym_entry *e;

    if (kvn == 0)
        return scp11_by_authority(owner, &c->authority, KID_CA_KLOC);
    e = sd_asym(owner, kvn, j->cmd.p2 & REFERENCE);
    return e != NULL && scp11_is_authority(e) ? e : NULL;
}

static uint16_t check_form(const struct job *j, const struct scp_option *o, const struct certificate *c)
{
    bool more = (j->cmd.p2 & MORE_CERTIFICATES) != 0;

    if (!format_supported(o, c))
        return SW_FORMAT_NOT_SUPPORTED;
    if (more ? !c->verifies || c->rights.at != NULL : !c->agrees)
        return SW_WRONG_DATA;
    return c->rights.at != NULL && !rights_supported(o) ? SW_FUNCTION_NOT_SUPPORTED : SW_OK;
}

static uint16_t check_signature(struct job *j, struct sd *owner, const struct certificate *c)
{
    struct oce *oce = j->ch->oce;
    const struct asym_key *issuer = &oce->issuer;
    const struct scp11_link *l = NULL;

    if (!oce->chained) {
        const struct asym_entry *e = find_authority(j, owner, c);

        if (e == NULL)
            return SW_REFERENCE_NOT_FOUND;
        issuer = &e->key;
        l = scp11_link(owner, e->kvn, e->kid, false);
    }
    if (c->key.type != KEY_TYPE_ECC_PUBLIC || c->key.curve != issuer->curve) /* 5.1: one curve for all */
        return SW_WRONG_DATA;
    if (!certificate_verify(c, issuer))
        return SW_CERTIFICATE_WRONG;
    /* Only the certificate that the CA-KLOC itself has signed must be on its list (7.5.1). */
    return l != NULL && l->listed && !is_listed(l, &c->serial) ? SW_CERTIFICATE_NOT_LISTED : SW_OK;
}

static void recognise(struct oce_identity *to, struct sd *owner, const struct certificate *c)
{
    *to = (struct oce_identity){
        .known = true,
        .domain = owner,
        .key = c->key,
        .subject_len = c->subject.len,
        .has_rights = c->rights.at != NULL,
        .rights_len = c->rights.len,
    };
    memcpy(to->subject, c->subject.at, c->subject.len);
    if (c->rights.len > 0)
        memcpy(to->rights, c->rights.at, c->rights.len);
}

static uint16_t take_certificate(struct job *j, const struct scp_option *o)
{
    struct oce *oce = j->ch->oce;
    struct sd *owner = sd_key_owner(j->sd);
    struct oce_identity *to = &oce->identity;
    struct certificate c;
    uint16_t sw;

    if (!certificate_read(oce->part, oce->part_len, &c) || c.subject.len > SUBJECT_MAX)
        return SW_WRONG_DATA;
    sw = check_form(j, o, &c);
    if (sw == SW_OK)
        sw = check_signature(j, owner, &c);
    if (sw != SW_OK)
        return sw;
    if ((j->cmd.p2 & MORE_CERTIFICATES) != 0) {
        oce->issuer = c.key;
        oce->chained = true;
        return SW_OK;
    }
    if ((o->i & SCP11_I_KEEPS) != 0 && c.rights.at == NULL) {
        if (scp11_of(owner) == NULL)
            return SW_NO_MEMORY;
        to = &owner->scp11->kept;
    }
    recognise(to, owner, &c);
    oce->chained = false;
    return SW_OK;
}

static uint16_t gather(struct job *j, const struct scp_option *o)
{
    struct oce *oce = j->ch->oce;
    uint16_t sw;

    if (j->cmd.lc > sizeof oce->part - oce->part_len)
        return SW_NO_MEMORY;
    if (j->cmd.lc > 0)
        memcpy(oce->part + oce->part_len, j->cmd.data, j->cmd.lc);
    oce->part_len += j->cmd.lc;
    if ((j->cmd.p1 & MORE_COMMANDS) != 0 || (j->cmd.cla & CLA_CHAINING) != 0)
        return SW_OK;
    oce->identity.known = false;
    sw = take_certificate(j, o);
    oce->part_len = 0;
    return sw;
}

uint16_t perform_security_operation(struct job *j)
{
    const struct scp_option *o = sd_option(j->sd, SCP11);
    uint16_t sw;

    if (o == NULL || (o->i & (SCP11_I_A | SCP11_I_C)) == 0)
        return SW_INS_NOT_SUPPORTED;
    if ((j->cmd.p2 & MORE_CERTIFICATES) != 0 && (o->i & SCP11_I_CHAINS) == 0)
        return SW_WRONG_P1P2;
    if (j->cmd.lc == 0)
        return SW_WRONG_LENGTH;
    if (j->ch->oce == NULL)
        j->ch->oce = calloc(1, sizeof *j->ch->oce);
    if (j->ch->oce == NULL)
        return SW_NO_MEMORY;
    sw = gather(j, o);
    if (sw != SW_OK) {
        j->ch->oce->part_len = 0;
        j->ch->oce->chained = false;
    }
    return sw;
}
