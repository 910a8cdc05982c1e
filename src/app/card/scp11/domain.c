/* SPDX-License-Identifier: Apache-2.0 */
/* What the domain says of SCP11 before anyone has a key: its options, key versions, authorities, its
 * certificates and numbers. Station 4. App. [AmdF 4.2, 5.1, 7.2 to 7.4; GPCS 11.3.3.1] */
#include "app/card/scp11/scp11.h"
#include "gp/command/get_data.h"
#include "gp/scp11/store.h"

static enum tsm_err ask(struct card *c, struct bytes command, struct rapdu *out)
{
    return card_send(c, &(struct card_request){.plain = command, .look = true, .any = true}, out);
}

static enum tsm_err ask_tag(struct card *c, uint32_t tag, struct rapdu *out)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    TRY(get_data_write(tag, &w));
    return ask(c, written(&w), out);
}

/* The options of the issuer's domain speak for that domain alone; a supplementary one is asked itself. */
static enum tsm_err ask_options(struct scp11_run *r)
{
    static const uint8_t bit[] = {[SCP11A] = SCP11_I_A, [SCP11B] = SCP11_I_B, [SCP11C] = SCP11_I_C};
    struct gp_recognition card;
    struct rapdu answer;
    TRY(ask_tag(r->c, DATA_CARD, &answer));
    if (answer.sw != SW_OK || recognition_read(answer.data, &card) != TSM_OK) {
        err_clear();
        return TSM_OK; /* it does not say */
    }
    for (size_t n = 0; n < card.protocols && !r->has_i; n++) {
        r->has_i = card.protocol[n].protocol == SCP11;
        r->i = card.protocol[n].i;
    }
    if (r->has_i && !(r->i & bit[r->terms.variant]))
        return FAIL(CONFLICT, "the domain speaks SCP11 with i=%02X, which is without %s", r->i,
                    scp11_name((uint8_t)r->terms.variant));
    if (r->has_i && r->i & SCP11_I_S16)
        r->terms.mac_len = S16_LEN;
    return TSM_OK;
}

static void note_key(struct scp11_run *r, const struct gp_key_info *k)
{
    if (k->kid == r->terms.kid && !r->terms.kvn)
        r->terms.kvn = k->kvn;
    if (k->kid == SCP11_KID_CA_KLOC && !r->ca_kvn) {
        r->ca_kvn = k->kvn;
        r->ca_kid = k->kid;
    }
    r->key_dek = r->key_dek || (k->kid == r->terms.kid + 1 && k->kvn == r->terms.kvn);
}

/* Key versions by the key information template: that of our key unless --kvn says it, that of the authority,
 * and whether a static Key-DEK stands beside our key: twice through, since that one may stand before it. */
static enum tsm_err ask_versions(struct scp11_run *r)
{
    struct gp_key_info k;
    struct rapdu answer;
    struct reader keys, at;
    TRY(ask_tag(r->c, DATA_KEYS, &answer));
    if (answer.sw != SW_OK || key_info_open(answer.data, &keys) != TSM_OK) {
        err_clear();
        return TSM_OK;
    }
    for (int round = 0; round < 2; round++)
        for (at = keys; at.left.len; note_key(r, &k))
            TRY(key_info_next(&at, &k));
    return TSM_OK;
}

/* A domain that knows the issuer of our first certificate by name says which of its keys that is. */
static enum tsm_err ask_authority(struct scp11_run *r)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room);
    struct reader ours = READER(written(&r->oce.chain)), list;
    struct gp_certificate first;
    struct scp11_key_ref ref;
    struct rapdu answer;
    if (r->c->args->scp11.ca_kvn.given || ours.left.len == 0)
        return TSM_OK;
    TRY(certificate_next(&ours, &first));
    TRY(scp11_get_authorities_write(SCP11_CA_KLOC, &w));
    TRY(ask(r->c, written(&w), &answer));
    if (answer.sw != SW_OK || scp11_authorities_open(answer.data, SCP11_CA_KLOC, &list) != TSM_OK) {
        err_clear();
        return TSM_OK;
    }
    while (list.left.len) {
        TRY(scp11_authority_next(&list, &ref));
        if (!bytes_equal(ref.ca, first.issuer))
            continue;
        r->ca_kvn = ref.kvn;
        r->ca_kid = ref.kid;
    }
    return TSM_OK;
}

static enum tsm_err ask_certificates(struct scp11_run *r)
{
    uint8_t room[APDU_SHORT_MAX];
    struct writer w = WRITER(room), store = WRITER(r->store_room);
    struct scp11_key_ref key = {.kid = r->terms.kid, .kvn = r->terms.kvn};
    struct certificate_trust trust = {.ca = {r->ca.curve, written(&r->ca.point)}, .today = r->today};
    struct rapdu answer;
    struct bytes chain;
    TRY(scp11_get_certificates_write(&key, &w));
    TRY(ask(r->c, written(&w), &answer));
    if (!r->c->reader)
        return TSM_OK;
    if (answer.sw != SW_OK)
        return FAIL(KEY_MISSING,
                    "the domain gives no certificates of key version %02X identifier %02X: %04X (%s)",
                    key.kvn, key.kid, answer.sw, sw_text(answer.sw));
    TRY(scp11_certificates_read(answer.data, &chain));
    TRY(write_span(&store, chain));
    return certificate_chain_verify(written(&store), &trust, &r->domain);
}

static enum tsm_err ask_number(struct scp11_run *r, uint32_t tag, uint8_t *room, struct bytes *out)
{
    struct rapdu answer;
    struct bytes value;
    size_t len;
    TRY(ask_tag(r->c, tag, &answer));
    if (answer.sw != SW_OK)
        return FAIL(MISSING_FIELD, "--host-id asks for the domain's number %02X, which it does not have",
                    (unsigned)tag);
    TRY(data_object_read(answer.data, tag, &value));
    TRY(bytes_keep(value, room, SCP11_NUMBER_MAX, &len));
    *out = BYTES_OF(room, len);
    return TSM_OK;
}

/* What --host-id brings into the keys [7.6.2.3]. */
static enum tsm_err ask_numbers(struct scp11_run *r)
{
    const struct card_hex *host = &r->c->args->scp11.host_id;
    if (!host->given || !r->c->reader)
        return TSM_OK;
    r->terms.host_id = BYTES_OF(host->at, host->len);
    if (r->terms.variant == SCP11C) {
        r->terms.card_group = r->domain.subject;
        return TSM_OK;
    }
    TRY(ask_number(r, DATA_IIN, r->sin_room, &r->terms.sin));
    return ask_number(r, DATA_CIN, r->sdin_room, &r->terms.sdin);
}

enum tsm_err domain_ask(struct scp11_run *r)
{
    if (r->c->reader) {
        TRY(ask_options(r));
        TRY(ask_versions(r));
    }
    if (r->terms.kvn == 0)
        return FAIL(KEY_MISSING, "the domain tells of no key for %s: --kvn HH says its version",
                    scp11_name((uint8_t)r->terms.variant));
    if (r->c->reader)
        TRY(ask_authority(r));
    TRY(ask_certificates(r));
    return ask_numbers(r);
}
