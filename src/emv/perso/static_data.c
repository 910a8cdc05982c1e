/* SPDX-License-Identifier: Apache-2.0 */
/* What the signatures of offline data authentication cover, from the profile's own groupings. Station 5.
 * Pure. [EMV Book 3 10.3] */
#include "emv/perso/static_data.h"

#include <string.h>

#include "base/ber.h"
#include "base/hex.h"
#include "base/json.h"

enum {
    TAG_AIP = 0x82,
    TAG_AFL = 0x94,
    TAG_LIST = 0x9F4A,
    ICC_OCTETS_MIN = 96, /* 768 bits: the shortest that cards in the field have */
    OCTET = 8,
};

struct document {
    char issuer[PROFILE_KEY_NAME_MAX + 1];
    int64_t icc_bits;
    char ca_index[3], dac[2 * ODA_DAC + 1];
    char certificate[2 * ODA_MODULUS_MAX + 1], remainder[2 * ODA_MODULUS_MAX + 1],
        exponent[2 * ODA_EXPONENT_MAX + 1];
};
#define TEXT(name, low, high)                                                               \
    {                                                                                       \
#name, JSON_TEXT, offsetof(struct document, name), (low), (high), JSON_NEEDED, NULL \
    }
static const struct json_row rows[] = {
    TEXT(issuer, 1, PROFILE_KEY_NAME_MAX),
    {"icc_bits", JSON_INT, offsetof(struct document, icc_bits), OCTET *ICC_OCTETS_MIN, OCTET *ODA_MODULUS_MAX,
     JSON_NEEDED, NULL},
    TEXT(ca_index, 2, 2),
    TEXT(dac, 2 * ODA_DAC, 2 * ODA_DAC),
    TEXT(certificate, 2 * ICC_OCTETS_MIN, 2 * ODA_MODULUS_MAX),
    TEXT(remainder, 0, 2 * ODA_MODULUS_MAX),
    TEXT(exponent, 2, 2 * ODA_EXPONENT_MAX),
    {.name = NULL},
};

static enum tsm_err convert(const struct document *d, struct profile_oda *o)
{
    size_t len;
    TRY(hex_read(d->ca_index, &o->ca_index, 1, &len));
    TRY(hex_read(d->dac, o->dac, sizeof o->dac, &len));
    TRY(hex_read(d->certificate, o->certificate, sizeof o->certificate, &o->certificate_len));
    TRY(hex_read(d->remainder, o->remainder, sizeof o->remainder, &o->remainder_len));
    return hex_read(d->exponent, o->exponent, sizeof o->exponent, &o->exponent_len);
}

enum tsm_err profile_oda_read(const json_t *object, struct profile_oda *out)
{
    struct document d = {.issuer = ""};
    struct profile_oda o = {.issuer = ""};
    TRY(json_fill(object, rows, &d));
    if (d.icc_bits % (2 * OCTET) != 0)
        return FAIL_FIELD(BAD_VALUE, "icc_bits", "a card's key has a whole number of octets in each half");
    if (convert(&d, &o) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "oda", "certificate, remainder, exponent, dac and ca_index are hex");
    memcpy(o.issuer, d.issuer, sizeof o.issuer);
    o.icc_octets = (size_t)d.icc_bits / OCTET;
    *out = o;
    return TSM_OK;
}

static enum tsm_err write_grouping(struct variables *v, unsigned id, struct writer *w)
{
    const struct profile_run *run = &v->in.profile->application;
    struct template_source source = {.self = v, .value = variables_value};
    uint16_t before = v->grouping;
    enum tsm_err e = TSM_NOT_FOUND;
    for (size_t i = 0; i < run->count; i++)
        if (run->at[i].id == id) {
            v->grouping = run->at[i].id;
            e = template_write(run->at[i].value, &source, w);
            v->grouping = before;
            return e;
        }
    return FAIL(NOT_FOUND, "the file locator names a record, and there is no grouping %04X", id);
}

/* The first object of a tag on the top of a list. */
static enum tsm_err find(struct bytes list, uint32_t tag, struct bytes *out)
{
    struct reader r = READER(list);
    struct ber object;
    while (r.left.len) {
        TRY(ber_read(&r, &object));
        if (object.tag == tag) {
            *out = object.value;
            return TSM_OK;
        }
    }
    return TSM_NOT_FOUND;
}

struct gathering {
    struct variables *v;
    struct writer *data;
    bool lists_aip;
};

static enum tsm_err add_record(struct gathering *g, uint8_t sfi, uint8_t number)
{
    static const uint8_t aip_alone[] = {TAG_AIP};
    uint8_t record[PROFILE_VALUE_MAX];
    struct writer w = WRITER(record);
    size_t from = g->data->len;
    struct bytes list;
    enum tsm_err e = write_grouping(g->v, (unsigned)sfi << 8 | number, &w);
    if (e == TSM_OK)
        e = oda_static_record(g->data, sfi, written(&w));
    explicit_bzero(record, sizeof record);
    TRY(e);
    if (find(written_since(g->data, from), TAG_LIST, &list) != TSM_OK)
        return TSM_OK;
    NEED(bytes_equal(list, BYTES(aip_alone)), BAD_VALUE); /* only it may be listed [Book 3 10.3] */
    g->lists_aip = true;
    return TSM_OK;
}

static enum tsm_err add_all(struct gathering *g, struct bytes options)
{
    struct bytes afl, aip;
    struct reader r;
    TRY(find(options, TAG_AFL, &afl));
    for (r = READER(afl); r.left.len;) {
        struct afl_entry e;
        TRY(afl_read(&r, &e));
        for (unsigned i = 0; i < e.authenticated; i++)
            TRY(add_record(g, e.sfi, (uint8_t)(e.first + i)));
    }
    if (!g->lists_aip)
        return TSM_OK;
    TRY(find(options, TAG_AIP, &aip));
    return write_span(g->data, aip);
}

enum tsm_err static_data_write(struct variables *v, struct writer *w)
{
    uint8_t options[PROFILE_VALUE_MAX];
    struct writer o = WRITER(options);
    struct gathering g = {.v = v, .data = w};
    enum tsm_err e;
    if (v->signing)
        return FAIL(CONFLICT, "a signed record holds its own signature");
    v->signing = true;
    e = write_grouping(v, DGI_PROCESSING_OPTIONS, &o);
    if (e == TSM_OK)
        e = add_all(&g, written(&o));
    v->signing = false;
    return e == TSM_NOT_FOUND ? FAIL(NOT_FOUND, "grouping 9104 has no file locator for what is signed") : e;
}

enum tsm_err static_data_try(const struct emv_profile *p)
{
    VARIABLES v = {.in = {.profile = p}, .trial = true};
    uint8_t room[STATIC_DATA_MAX];
    struct writer w = WRITER(room);
    return static_data_write(&v, &w);
}
