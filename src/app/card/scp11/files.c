/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates that the command line names: read, and held against each other before any card sees
 * them. Station 5. App. [AmdF 6, 7.5] */
#include "app/card/scp11/scp11.h"
#include "app/file/text_file.h"
#include "base/ec/pem.h"

enum { TAG_GP = 0x7F, TAG_X509 = 0x30 };

/* Certificates back to back: PEM blocks in their order, the octets themselves, or these in hex. */
static enum tsm_err certificates_of(struct bytes text, struct writer *out)
{
    enum tsm_err e = pem_next(&text, "CERTIFICATE", out);
    if (e == TSM_NOT_FOUND && text.len && (text.at[0] == TAG_GP || text.at[0] == TAG_X509))
        return write_span(out, text);
    if (e == TSM_NOT_FOUND)
        return text_hex(text, out);
    while (e == TSM_OK)
        e = pem_next(&text, "CERTIFICATE", out);
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A file of such, with its name before a failure. */
static enum tsm_err certificates_read(const char *name, struct writer *out)
{
    uint8_t room[TEXT_FILE_MAX];
    struct writer text = WRITER(room);
    enum tsm_err e;
    TRY(text_file_read(name, &text));
    e = certificates_of(written(&text), out);
    return e == TSM_OK ? TSM_OK
                       : FAIL(BAD_FORM, "%.100s holds no certificates in PEM, DER, 7F21 or hex", name);
}

static enum tsm_err key_in_memory(struct scp11_run *r, const char *arg)
{
    uint8_t room[TEXT_FILE_MAX];
    struct writer text = WRITER(room);
    enum tsm_err e = text_file_read(arg, &text);
    if (e == TSM_OK)
        e = ec_private_read(written(&text), &r->oce.key, &r->oce.point);
    explicit_bzero(room, sizeof room);
    TRY(e);
    r->oce.curve = r->oce.key.curve;
    if (r->c->ring.vault)
        return FAIL(KEY_REFUSED, "with --vault our key is in the vault, too: tsm card oce-make makes one");
    return TSM_OK;
}

static enum tsm_err key_in_vault(struct scp11_run *r, const char *name)
{
    uint8_t point[VAULT_OCE_POINT];
    TRY(vault_oce_public(r->c->ring.vault, name, point));
    r->oce.name = name;
    r->oce.curve = EC_P256;
    return write_span(&r->oce.point, BYTES(point));
}

/* What a card without a clock takes all the same is refused here: dates, and a certificate of another key. */
static enum tsm_err check_chain(const struct scp11_run *r)
{
    struct reader at = READER(written(&r->oce.chain));
    struct gp_certificate c = {0};
    while (at.left.len) {
        TRY(certificate_next(&at, &c));
        if (c.expiry < r->today)
            return FAIL(EXPIRED, "a certificate of --oce-chain was valid until %08X", (unsigned)c.expiry);
        if (c.effective > r->today)
            return FAIL(EXPIRED, "a certificate of --oce-chain is valid from %08X on", (unsigned)c.effective);
    }
    if (!bytes_equal(c.key.point, written(&r->oce.point)))
        return FAIL(KEY_REFUSED, "the last certificate of --oce-chain is not that of --oce-key");
    if (!(c.uses & CERTIFICATE_AGREES))
        return FAIL(KEY_REFUSED, "the last certificate of --oce-chain is not for key agreement");
    return TSM_OK;
}

enum tsm_err oce_read(struct scp11_run *r)
{
    const struct scp11_args *a = &r->c->args->scp11;
    const char *arg = a->oce_key;
    r->oce.point = WRITER(r->oce.point_room);
    r->oce.chain = WRITER(r->oce.chain_room);
    if (r->terms.variant == SCP11B)
        return TSM_OK;
    if (!arg)
        return FAIL(MISSING_FIELD, "--oce-key fd:N|@FILE|NAME says our key for SCP11a and SCP11c");
    TRY(text_file_named(arg) ? key_in_memory(r, arg) : key_in_vault(r, arg));
    r->oce.there = true;
    if (!a->oce_chain)
        return TSM_OK; /* a card may have kept our key: open.c asks */
    TRY(certificates_read(a->oce_chain, &r->oce.chain));
    return check_chain(r);
}

/* A certificate of the authority: its key, as long as it is valid. */
static enum tsm_err authority_certificate(struct scp11_run *r, struct bytes whole)
{
    struct gp_certificate c;
    TRY(certificate_read(whole, &c));
    if (c.expiry < r->today)
        return FAIL(EXPIRED, "the authority of --card-ca was valid until %08X", (unsigned)c.expiry);
    NEED(c.uses & CERTIFICATE_SIGNS && c.key.curve != 0, KEY_REFUSED);
    r->ca.curve = c.key.curve;
    return write_span(&r->ca.point, c.key.point);
}

enum tsm_err authority_read(struct scp11_run *r)
{
    const char *name = r->c->args->scp11.card_ca;
    uint8_t room[TEXT_FILE_MAX], der_room[SCP11_CHAIN_ROOM];
    struct writer text = WRITER(room), der = WRITER(der_room);
    r->ca.point = WRITER(r->ca.room);
    if (!name)
        return FAIL(MISSING_FIELD,
                    "--card-ca FILE says who certifies the card's keys: without it anyone could be the "
                    "card");
    TRY(text_file_read(name, &text));
    if (ec_public_read(written(&text), &r->ca.curve, &r->ca.point) == TSM_OK)
        return TSM_OK;
    err_clear();
    TRY(certificates_read(name, &der));
    return authority_certificate(r, written(&der));
}
