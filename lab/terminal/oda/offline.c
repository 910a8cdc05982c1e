/* SPDX-License-Identifier: Apache-2.0 */
/* Offline data authentication as a step of the terminal's transaction: which kind, what it means for the
 * rest. Pure but for the reader. [EMV 4.3 Book 2 6.5, 6.6; Book 3 10.3] */
#include "common/crypto/digest.h"
#include "terminal/data/dol.h"
#include "terminal/data/tags.h"
#include "terminal/steps.h"

#include <stdio.h>
#include <string.h>

enum { AIP_SDA = 0x40, AIP_DDA = 0x20, AIP_CDA = 0x01, DYNAMIC_MIN = 1 + 1 + 8 + ODA_HASH, AC_LEN = 8 };

/* The unpredictable number alone, where the card has no list. [Book 2 6.5.1] */
static const uint8_t default_ddol[] = {0x9F, 0x37, 0x04};

static bool fail(struct kernel *k, uint8_t tvr_bit, const char *why)
{
    uint8_t tvr[5] = {tvr_bit};
    term_set(&k->out->data, TAG_TVR, tvr, sizeof tvr);
    return term_refuse(k, "offline data authentication failed: %s", why);
}

static void performed(struct kernel *k, const char *kind)
{
    uint8_t tvr[5] = {0};
    term_set(&k->out->data, TAG_TVR, tvr, sizeof tvr);
    snprintf(k->out->oda, sizeof k->out->oda, "%s", kind);
}

static bool dynamic(struct kernel *k)
{
    static const uint8_t head[4] = {0x00, 0x88, 0x00, 0x00};
    const struct term_object *ddol = term_get(&k->out->data, TAG_DDOL);
    struct term_bytes list = {default_ddol, sizeof default_ddol}, body, signature;
    struct oda_content content;
    uint8_t data[TERM_MAX_DOL_DATA];
    size_t len;
    const char *why;
    if (ddol)
        list = (struct term_bytes){ddol->value, ddol->len};
    if (!term_dol_build(list, &k->out->data, data, sizeof data, &len))
        return fail(k, TVR_DDA_FAILED, "the DDOL is malformed");
    if (!term_send(k, head, data, len))
        return false;
    if (k->sw != TERM_SW_OK || !term_tlv_valid(k->data))
        return fail(k, TVR_DDA_FAILED, "INTERNAL AUTHENTICATE was refused");
    if (!(term_tlv_find(k->data, TAG_ANSWER_FORMAT_2, &body) &&
          term_tlv_find(body, TAG_SIGNED_DYNAMIC, &signature)) &&
        !term_tlv_find(k->data, TAG_ANSWER_FORMAT_1, &signature))
        return fail(k, TVR_DDA_FAILED, "the card gives no signature");
    why = oda_check_dynamic(&k->icc, signature, (struct term_bytes){data, len}, &content);
    if (why)
        return fail(k, TVR_DDA_FAILED, why);
    performed(k, "DDA");
    return true;
}

bool term_offline(struct kernel *k)
{
    const struct oda_ca *ca = k->request->ca;
    const struct term_store *s = &k->out->data;
    const struct term_object *aip = term_get(s, TAG_AIP);
    uint8_t kinds = aip ? aip->value[0] & (AIP_SDA | AIP_DDA | AIP_CDA) : 0;
    struct oda_key issuer;
    const char *why;
    if (!ca || !kinds)
        return true;
    why = oda_issuer_key(s, ca, &issuer);
    if (why)
        return fail(k, kinds & (AIP_DDA | AIP_CDA) ? TVR_DDA_FAILED : TVR_SDA_FAILED, why);
    if (!(kinds & (AIP_DDA | AIP_CDA))) {
        why = oda_check_static(s, &k->statics, &issuer);
        if (why)
            return fail(k, TVR_SDA_FAILED, why);
        performed(k, "SDA");
        return true;
    }
    why = oda_icc_key(s, &k->statics, &issuer, &k->icc);
    if (why)
        return fail(k, TVR_DDA_FAILED, why);
    k->combined = kinds & AIP_CDA;
    if (!k->combined)
        return dynamic(k);
    performed(k, "CDA");
    return true;
}

/* Data of PDOL and CDOL1, then the answer's objects without the signature. */
static bool transaction_hash(const struct kernel *k, struct term_bytes cdol, struct term_bytes body,
                             uint8_t hash[ODA_HASH])
{
    struct lab_piece pieces[8] = {{k->pdol, k->pdol_len}, {cdol.at, cdol.len}};
    struct term_bytes left = body;
    struct term_tlv object;
    size_t n = 2;
    for (const uint8_t *from = left.at; n < 8 && term_tlv_next(&left, &object) == TERM_GOT; from = left.at)
        if (object.tag != TAG_SIGNED_DYNAMIC)
            pieces[n++] = (struct lab_piece){from, (size_t)(left.at - from)};
    return left.len == 0 && lab_sha1(pieces, n, hash);
}

bool term_combined(struct kernel *k, struct term_bytes cdol)
{
    const struct term_object *un = term_get(&k->out->data, TAG_UNPREDICTABLE);
    struct term_bytes body, signature, cid;
    struct oda_content c;
    uint8_t hash[ODA_HASH];
    size_t number;
    const char *why;
    if (!term_tlv_valid(k->data) || !term_tlv_find(k->data, TAG_ANSWER_FORMAT_2, &body) ||
        !term_tlv_find(body, TAG_SIGNED_DYNAMIC, &signature) || !term_tlv_find(body, TAG_CID, &cid) ||
        cid.len != 1)
        return fail(k, TVR_CDA_FAILED, "the answer has no combined signature");
    why = oda_check_dynamic(&k->icc, signature, (struct term_bytes){un->value, un->len}, &c);
    if (why)
        return fail(k, TVR_CDA_FAILED, why);
    number = c.len ? 1 + (size_t)c.at[0] : 0;
    if (c.len < number + DYNAMIC_MIN - 1 || c.at[number] != cid.at[0])
        return fail(k, TVR_CDA_FAILED, "the signature is about another decision");
    if (!transaction_hash(k, cdol, body, hash) || memcmp(hash, c.at + number + 1 + AC_LEN, ODA_HASH) != 0)
        return fail(k, TVR_CDA_FAILED, "the signature is about another transaction");
    return term_set(&k->out->data, TAG_AC, c.at + number + 1, AC_LEN) ||
           term_refuse(k, "the answer to GENERATE AC is too long");
}
