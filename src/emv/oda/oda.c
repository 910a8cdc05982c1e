/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and signed data of offline data authentication. Stations 5 and 10. Pure. [EMV Book 2 5, 6;
 * Book 3 10.3] */
#include "emv/oda/oda.h"

#include <string.h>

#include "base/ber.h"

enum { FIELDS_MAX = 32, TAG_RECORD = 0x70, SFI_TEMPLATE_MAX = 10, STATIC_FIELDS = 1 + ODA_DAC };

/* One of the two kinds of certificate, and whose key signs or has signed. */
struct kind {
    const struct sign_key *signer;
    enum oda_format format;
    size_t subject_len;
    struct bytes data; /* static data: of the card's certificate only */
};

static enum tsm_err write_fields(const struct oda_key *k, struct writer *w)
{
    TRY(write_span(w, k->subject));
    TRY(write_span(w, BYTES(k->expiry)));
    TRY(write_span(w, BYTES(k->serial)));
    TRY(write_u8(w, ODA_HASH_ALG));
    TRY(write_u8(w, ODA_PK_ALG));
    TRY(write_u8(w, (unsigned)k->modulus.len));
    return write_u8(w, (unsigned)k->exponent.len);
}

/* Left part in the signature, the rest beside it. */
static enum tsm_err certify(const struct kind *kind, const struct oda_key *k, struct writer *room,
                            struct oda_certificate *out)
{
    uint8_t fields[FIELDS_MAX];
    struct writer f = WRITER(fields), at = *room;
    size_t signer = sign_len(kind->signer), left;
    struct oda_block b = {.format = kind->format, .tails_n = 3};
    NEED(k->subject.len == kind->subject_len, BAD_LENGTH);
    NEED(k->exponent.len >= 1 && k->exponent.len <= ODA_EXPONENT_MAX, BAD_LENGTH);
    NEED(k->modulus.len <= signer, TOO_LONG);
    TRY(write_fields(k, &f));
    left = oda_room(signer, f.len);
    if (left > k->modulus.len)
        left = k->modulus.len;
    b.fields = written(&f);
    TRY(bytes_part(k->modulus, 0, left, &b.left));
    TRY(bytes_part(k->modulus, left, k->modulus.len - left, &b.tails[0]));
    b.tails[1] = k->exponent;
    b.tails[2] = kind->data;
    TRY(oda_sign(kind->signer, &b, &at));
    *out = (struct oda_certificate){written_since(&at, room->len), b.tails[0]};
    *room = at;
    return TSM_OK;
}

enum tsm_err oda_certify_issuer(const struct sign_key *ca, const struct oda_key *k, struct writer *room,
                                struct oda_certificate *out)
{
    return certify(&(struct kind){ca, ODA_ISSUER, ODA_ISSUER_ID, BYTES_NONE}, k, room, out);
}

enum tsm_err oda_certify_icc(const struct sign_key *issuer, const struct oda_key *k, struct bytes data,
                             struct writer *room, struct oda_certificate *out)
{
    return certify(&(struct kind){issuer, ODA_ICC, ODA_PAN, data}, k, room, out);
}

enum tsm_err oda_sign_static(const struct sign_key *issuer, const uint8_t dac[ODA_DAC], struct bytes data,
                             struct writer *out)
{
    uint8_t fields[STATIC_FIELDS];
    struct writer f = WRITER(fields);
    struct oda_block b = {.format = ODA_STATIC, .tails = {data}, .tails_n = 1};
    TRY(write_u8(&f, ODA_HASH_ALG));
    TRY(write_span(&f, BYTES_OF(dac, ODA_DAC)));
    b.fields = written(&f);
    return oda_sign(issuer, &b, out);
}

static enum tsm_err read_fields(struct reader *r, const struct kind *kind, struct oda_key *k, size_t lens[2])
{
    uint8_t hash, algorithm, modulus, exponent;
    TRY(read_span(r, kind->subject_len, &k->subject));
    TRY(read_copy(r, ODA_EXPIRY, k->expiry));
    TRY(read_copy(r, ODA_SERIAL, k->serial));
    TRY(read_u8(r, &hash));
    TRY(read_u8(r, &algorithm));
    TRY(read_u8(r, &modulus));
    TRY(read_u8(r, &exponent));
    NEED(hash == ODA_HASH_ALG && algorithm == ODA_PK_ALG, BAD_VALUE);
    lens[0] = modulus;
    lens[1] = exponent;
    return TSM_OK;
}

/* The modulus from its two parts, joined in room. */
static enum tsm_err join(struct reader *r, struct bytes remainder, size_t len, struct writer *room,
                         struct bytes *out)
{
    struct bytes left;
    size_t from = room->len, in = len < r->left.len ? len : r->left.len;
    NEED(len > 0 && in + remainder.len == len, BAD_LENGTH);
    TRY(read_span(r, in, &left));
    TRY(write_span(room, left));
    TRY(write_span(room, remainder));
    *out = written_since(room, from);
    return TSM_OK;
}

static enum tsm_err read_certificate(const struct kind *kind, struct oda_certificate from,
                                     struct bytes exponent, struct writer *room, struct oda_key *out)
{
    struct oda_signed s = {kind->format, from.signature, {from.remainder, exponent, kind->data}, 3};
    struct writer at = *room;
    struct oda_key k = {.exponent = exponent};
    struct bytes inner;
    struct reader r;
    size_t lens[2] = {0};
    TRY(oda_recover(kind->signer, &s, &at, &inner));
    r = READER(inner);
    TRY(read_fields(&r, kind, &k, lens));
    NEED(lens[1] == exponent.len, BAD_LENGTH);
    TRY(join(&r, from.remainder, lens[0], &at, &k.modulus));
    *room = at;
    *out = k;
    return TSM_OK;
}

enum tsm_err oda_read_issuer(const struct sign_key *ca, struct oda_certificate from, struct bytes exponent,
                             struct writer *room, struct oda_key *out)
{
    return read_certificate(&(struct kind){ca, ODA_ISSUER, ODA_ISSUER_ID, BYTES_NONE}, from, exponent, room,
                            out);
}

enum tsm_err oda_read_icc(const struct sign_key *issuer, const struct oda_icc_evidence *from,
                          struct writer *room, struct oda_key *out)
{
    return read_certificate(&(struct kind){issuer, ODA_ICC, ODA_PAN, from->data}, from->certificate,
                            from->exponent, room, out);
}

enum tsm_err oda_read_static(const struct sign_key *issuer, struct bytes signature, struct bytes data,
                             uint8_t dac[ODA_DAC])
{
    struct oda_signed s = {ODA_STATIC, signature, {data}, 1};
    uint8_t room[ODA_MODULUS_MAX], hash;
    struct writer w = WRITER(room);
    struct bytes inner;
    struct reader r;
    TRY(oda_recover(issuer, &s, &w, &inner));
    r = READER(inner);
    TRY(read_u8(&r, &hash));
    NEED(hash == ODA_HASH_ALG, BAD_VALUE);
    return read_copy(&r, ODA_DAC, dac);
}

enum tsm_err oda_read_dynamic(const struct sign_key *icc, struct bytes signature, struct bytes data,
                              struct writer *room, struct bytes *dynamic)
{
    struct oda_signed s = {ODA_DYNAMIC, signature, {data}, 1};
    struct writer at = *room;
    struct bytes inner, found;
    struct reader r;
    uint8_t hash;
    TRY(oda_recover(icc, &s, &at, &inner));
    r = READER(inner);
    TRY(read_u8(&r, &hash));
    NEED(hash == ODA_HASH_ALG, BAD_VALUE);
    TRY(read_lv(&r, &found));
    *room = at;
    *dynamic = found;
    return TSM_OK;
}

enum tsm_err oda_static_record(struct writer *data, uint8_t sfi, struct bytes record)
{
    struct reader r = READER(record);
    struct ber object;
    if (sfi > SFI_TEMPLATE_MAX)
        return write_span(data, record);
    TRY(ber_read(&r, &object));
    NEED(object.tag == TAG_RECORD && r.left.len == 0, BAD_VALUE);
    return write_span(data, object.value);
}
