/* SPDX-License-Identifier: Apache-2.0 */
/* The variables of offline data authentication. Station 5. Pure. [EMV Book 2 5, 6; EMV CPS 1.1 annex A] */
#include "emv/perso/static_data.h"

static enum tsm_err put_index(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_u8(w, v->in.profile->oda.ca_index);
}

static enum tsm_err put_certificate(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_span(w, BYTES_OF(v->in.profile->oda.certificate, v->in.profile->oda.certificate_len));
}

static enum tsm_err put_remainder(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_span(w, BYTES_OF(v->in.profile->oda.remainder, v->in.profile->oda.remainder_len));
}

static enum tsm_err put_exponent(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    return write_span(w, BYTES_OF(v->in.profile->oda.exponent, v->in.profile->oda.exponent_len));
}

static enum tsm_err put_ssad(struct variables *v, enum variable_key key, struct writer *w)
{
    uint8_t data[STATIC_DATA_MAX];
    struct writer d = WRITER(data);
    enum tsm_err e;
    (void)key;
    if (v->trial) {
        NEED(!v->signing, CONFLICT);
        return write_fill(w, 0, v->in.profile->oda.certificate_len);
    }
    NEED(v->in.keys->ssad, UNSUPPORTED);
    e = static_data_write(v, &d);
    if (e == TSM_OK)
        e = v->in.keys->ssad(v->in.keys->self, &v->in.profile->oda, written(&d), w);
    explicit_bzero(data, sizeof data);
    return e;
}

/* Made once a card: all members of a pair belong together. */
static enum tsm_err pair_ready(struct variables *v)
{
    uint8_t data[STATIC_DATA_MAX];
    struct writer d = WRITER(data);
    struct icc_order order = {&v->in.profile->oda, v->in.card, BYTES_NONE};
    enum tsm_err e;
    if (v->have_pair)
        return TSM_OK;
    NEED(v->in.keys->icc, UNSUPPORTED);
    e = static_data_write(v, &d);
    order.data = written(&d);
    if (e == TSM_OK)
        e = v->in.keys->icc(v->in.keys->self, &order, &v->pair);
    explicit_bzero(data, sizeof data);
    v->have_pair = e == TSM_OK;
    return e;
}

/* In a trial, zeros of the length that the profile asks for. */
static enum tsm_err trial_pair(const struct variables *v, size_t len, struct writer *w)
{
    if (v->signing)
        return FAIL(CONFLICT, "a signed record holds its own signature");
    return write_fill(w, 0, len);
}

static enum tsm_err put_icc_certificate(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    if (v->trial)
        return trial_pair(v, v->in.profile->oda.certificate_len, w);
    TRY(pair_ready(v));
    return write_span(w, BYTES_OF(v->pair.certificate, v->pair.certificate_len));
}

static enum tsm_err put_icc_remainder(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    if (v->trial)
        return trial_pair(v, v->in.profile->oda.icc_octets, w);
    TRY(pair_ready(v));
    return write_span(w, BYTES_OF(v->pair.remainder, v->pair.remainder_len));
}

static enum tsm_err put_icc_exponent(struct variables *v, enum variable_key key, struct writer *w)
{
    (void)key;
    if (v->trial)
        return trial_pair(v, ODA_EXPONENT_MAX, w);
    TRY(pair_ready(v));
    return write_span(w, BYTES_OF(v->pair.exponent, v->pair.exponent_len));
}

static enum tsm_err put_half(struct variables *v, const uint8_t *half, struct writer *w)
{
    if (v->trial)
        return trial_pair(v, v->in.profile->oda.icc_octets / 2, w);
    TRY(pair_ready(v));
    return write_span(w, BYTES_OF(half, v->pair.octets / 2));
}

#define HALF(name)                                                                               \
    static enum tsm_err put_##name(struct variables *v, enum variable_key key, struct writer *w) \
    {                                                                                            \
        (void)key;                                                                               \
        return put_half(v, v->pair.name, w);                                                     \
    }
HALF(p)
HALF(q)
HALF(dp)
HALF(dq)
HALF(qinv)

const struct variable oda_variables[] = {
    {"ca_index", false, ROLE_ODA, put_index, 0, false},
    {"issuer_certificate", false, ROLE_ODA, put_certificate, 0, false},
    {"issuer_remainder", false, ROLE_ODA, put_remainder, 0, false},
    {"issuer_exponent", false, ROLE_ODA, put_exponent, 0, false},
    {"ssad", true, ROLE_ODA, put_ssad, 0, false},
    {"icc_certificate", true, ROLE_ODA, put_icc_certificate, 0, false},
    {"icc_remainder", true, ROLE_ODA, put_icc_remainder, 0, false},
    {"icc_exponent", true, ROLE_ODA, put_icc_exponent, 0, false},
    {"icc_p", true, ROLE_ODA, put_p, 0, true},
    {"icc_q", true, ROLE_ODA, put_q, 0, true},
    {"icc_dp", true, ROLE_ODA, put_dp, 0, true},
    {"icc_dq", true, ROLE_ODA, put_dq, 0, true},
    {"icc_qinv", true, ROLE_ODA, put_qinv, 0, true},
    {NULL, false, ROLE_NONE, NULL, 0, false},
};
