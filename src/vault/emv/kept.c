/* SPDX-License-Identifier: Apache-2.0 */
/* A card's own key pair between the turns of its order: field by field into a sealed blob and back.
 * Station 5. Edge. [EMV Book 2 annex B2] */
#include <string.h>

#include "vault/emv/inside.h"

enum { KEPT_PLAIN_MAX = KEPT_KEY_MAX - SEAL_OVERHEAD, KEPT_FORM = 'K' };

static enum tsm_err write_long(struct writer *w, struct bytes b)
{
    TRY(write_u16(w, (unsigned)b.len));
    return write_span(w, b);
}

static enum tsm_err read_long(struct reader *r, uint8_t *to, size_t cap, size_t *len)
{
    struct bytes b;
    uint16_t n;
    TRY(read_u16(r, &n));
    TRY(read_span(r, n, &b));
    return bytes_keep(b, to, cap, len);
}

static enum tsm_err write_pair(const struct icc_pair *k, struct writer *w)
{
    const uint8_t *halves[] = {k->p, k->q, k->dp, k->dq, k->qinv};
    TRY(write_u8(w, KEPT_FORM));
    TRY(write_long(w, BYTES_OF(k->n, k->octets)));
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        TRY(write_span(w, BYTES_OF(halves[i], k->octets / 2)));
    TRY(write_long(w, BYTES_OF(k->exponent, k->exponent_len)));
    TRY(write_long(w, BYTES_OF(k->certificate, k->certificate_len)));
    return write_long(w, BYTES_OF(k->remainder, k->remainder_len));
}

static enum tsm_err read_pair(struct bytes stored, struct icc_pair *k)
{
    uint8_t *halves[] = {k->p, k->q, k->dp, k->dq, k->qinv}, form;
    struct reader r = READER(stored);
    TRY(read_u8(&r, &form));
    NEED(form == KEPT_FORM, BAD_VALUE);
    TRY(read_long(&r, k->n, sizeof k->n, &k->octets));
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        TRY(read_copy(&r, k->octets / 2, halves[i]));
    TRY(read_long(&r, k->exponent, sizeof k->exponent, &k->exponent_len));
    TRY(read_long(&r, k->certificate, sizeof k->certificate, &k->certificate_len));
    TRY(read_long(&r, k->remainder, sizeof k->remainder, &k->remainder_len));
    return read_end(&r);
}

enum tsm_err kept_open(struct vault_party *p, const struct kept_key *kept, struct icc_pair *out)
{
    uint8_t room[KEPT_PLAIN_MAX];
    struct writer w = WRITER(room);
    enum tsm_err e;
    if (kept->len == 0)
        return TSM_OK;
    e = vault_unseal_data(p, kept->order, BYTES_OF(kept->blob, kept->len), &w);
    if (e == TSM_OK)
        e = read_pair(written(&w), out);
    explicit_bzero(room, sizeof room);
    if (e != TSM_OK)
        explicit_bzero(out, sizeof *out);
    return e;
}

enum tsm_err kept_seal(struct vault_party *p, const struct icc_pair *pair, struct kept_key *kept)
{
    uint8_t room[KEPT_PLAIN_MAX];
    struct writer w = WRITER(room), blob = WRITER(kept->blob);
    enum tsm_err e;
    if (kept->len || !pair->octets)
        return TSM_OK;
    e = write_pair(pair, &w);
    if (e == TSM_OK)
        e = vault_seal_data(p, kept->order, written(&w), &blob);
    explicit_bzero(room, sizeof room);
    kept->fresh = e == TSM_OK;
    kept->len = e == TSM_OK ? blob.len : 0;
    return e;
}
