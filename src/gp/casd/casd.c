/* SPDX-License-Identifier: Apache-2.0 */
/* Confidential key hand-over with a CASD: groupings, answer, derivation. Stations 5 and 7. Pure. [casd.h says
 * which text each fact is from] */
#include "gp/casd/casd.h"

#include "gp/content/dgi.h"
#include "gp/scp11/kdf.h"
#include "gp/tlv.h"

enum {
    DGI_TEMPLATE = 0x00A6,
    DGI_POINT = 0x7F49,
    DGI_CERTIFICATE = 0x00DE,
    DGI_ENCRYPTED = 0x8010,
    TAG_CRT = 0xA6,
    TAG_RANDOM = 0x85,
    KEY_TYPE_AES = 0x88,
    POINT_MIN = 1 + 2 * 32,
    NUMBER_MAX = 0x7F,
    PARAMETERS = CASD_DELETE_OLD | CASD_WITH_RANDOM | CASD_WITH_IDS | CASD_AFTER_CERTIFICATE,
    RANDOM_MIN = 16,
    RANDOM_MAX = 32,
    INFO_MAX = 3 + RANDOM_MAX + 3 * (1 + CASD_ID_MAX),
    TEMPLATE_MAX = 256,
};

/* The template as it stands on the wire. */
struct wire_template {
    struct bytes scenario, usage, type, length, kvn, counter, host_id;
};
#define AT(member) offsetof(struct wire_template, member)
static const struct tlv_field crt_rows[] = {
    {0x90, TLV_BYTES, AT(scenario), 1, 2, TLV_NEEDED, NULL},
    {0x95, TLV_BYTES, AT(usage), 1, 1, TLV_NEEDED, NULL},
    {0x80, TLV_BYTES, AT(type), 1, 1, TLV_NEEDED, NULL},
    {0x81, TLV_BYTES, AT(length), 1, 1, TLV_NEEDED, NULL},
    {0x83, TLV_BYTES, AT(kvn), 1, 1, TLV_NEEDED, NULL},
    {0x91, TLV_BYTES, AT(counter), 1, CASD_COUNTER_MAX, TLV_OPTIONAL, NULL},
    {0x84, TLV_BYTES, AT(host_id), 1, CASD_ID_MAX, TLV_OPTIONAL, NULL},
    {0},
};
static const struct tlv_field template_rows[] = {
    {TAG_CRT, TLV_GROUP, 0, 0, 0, TLV_NEEDED, crt_rows},
    {0},
};
#undef AT

enum tsm_err casd_check(const struct casd_terms *t)
{
    bool ids = t->parameters & CASD_WITH_IDS;
    NEED(t->scenario == CASD_PULL_DRAWN || t->scenario == CASD_PULL_AGREED || t->scenario == CASD_PUSH,
         BAD_VALUE);
    NEED(!(t->parameters & ~PARAMETERS), BAD_VALUE);
    NEED(t->parameters == 0 || t->scenario == CASD_PULL_AGREED, BAD_VALUE);
    NEED(t->kvn >= 1 && t->kvn <= NUMBER_MAX, BAD_VALUE);
    NEED(t->key_len == 16 || t->key_len == 24 || t->key_len == 32, BAD_LENGTH);
    NEED(t->counter.len <= CASD_COUNTER_MAX, BAD_LENGTH);
    NEED(t->host_id.len <= CASD_ID_MAX && t->sin.len <= CASD_ID_MAX && t->sdin.len <= CASD_ID_MAX,
         BAD_LENGTH);
    NEED(ids == (t->host_id.len != 0), BAD_VALUE);
    return TSM_OK;
}

static enum tsm_err write_template(const struct casd_terms *t, struct writer *w)
{
    const uint8_t scenario[] = {(uint8_t)t->scenario, t->parameters}, type = KEY_TYPE_AES;
    const struct wire_template from = {.scenario =
                                           BYTES_OF(scenario, t->scenario == CASD_PULL_AGREED ? 2 : 1),
                                       .usage = BYTES_OF(&t->usage, 1),
                                       .type = BYTES_OF(&type, 1),
                                       .length = BYTES_OF(&t->key_len, 1),
                                       .kvn = BYTES_OF(&t->kvn, 1),
                                       .counter = t->counter,
                                       .host_id = t->host_id};
    return tlv_put(w, template_rows, &from);
}

/* The grouping that goes with the template of each scenario, and where it stands in a request. */
struct companion {
    uint16_t id;
    bool first; /* before the template */
};
static struct companion companion_of(enum casd_scenario s)
{
    switch (s) {
    case CASD_PULL_AGREED:
        return (struct companion){DGI_POINT, false};
    case CASD_PULL_DRAWN:
        return (struct companion){DGI_CERTIFICATE, true};
    default:
        return (struct companion){DGI_ENCRYPTED, false};
    }
}

static struct bytes *companion_in(struct casd_request *r, enum casd_scenario s)
{
    if (s == CASD_PULL_AGREED)
        return &r->ephemeral.point;
    return s == CASD_PULL_DRAWN ? &r->certificate : &r->encrypted;
}

static enum tsm_err check_companion(enum casd_scenario s, struct bytes value)
{
    NEED(value.len != 0, MISSING_FIELD);
    NEED(s != CASD_PULL_AGREED || (value.len >= POINT_MIN && value.len <= EC_SPOT_MAX), BAD_LENGTH);
    return TSM_OK;
}

enum tsm_err casd_request_write(const struct casd_request *r, struct writer *dgis)
{
    struct casd_request copy = *r;
    struct writer at = *dgis;
    enum casd_scenario s = r->terms->scenario;
    uint8_t room[TEMPLATE_MAX];
    struct writer w = WRITER(room);
    struct companion with = companion_of(s);
    struct bytes value = *companion_in(&copy, s);
    TRY(casd_check(r->terms));
    TRY(check_companion(s, value));
    TRY(write_template(r->terms, &w));
    if (with.first)
        TRY(dgi_write(&at, with.id, value));
    TRY(dgi_write(&at, DGI_TEMPLATE, written(&w)));
    if (!with.first)
        TRY(dgi_write(&at, with.id, value));
    *dgis = at;
    return TSM_OK;
}

static enum tsm_err read_template(struct bytes value, struct casd_terms *t)
{
    struct wire_template from = {0};
    TRY(tlv_fill(value, template_rows, &from, TLV_REFUSE_UNKNOWN));
    NEED(from.type.at[0] == KEY_TYPE_AES, UNSUPPORTED);
    *t = (struct casd_terms){.scenario = from.scenario.at[0],
                             .parameters = from.scenario.len > 1 ? from.scenario.at[1] : 0,
                             .usage = from.usage.at[0],
                             .key_len = from.length.at[0],
                             .kvn = from.kvn.at[0],
                             .counter = from.counter,
                             .host_id = from.host_id};
    NEED((from.scenario.len == 2) == (t->scenario == CASD_PULL_AGREED), BAD_LENGTH);
    return casd_check(t);
}

/* The two groupings by what they are. */
static enum tsm_err sort_groupings(struct bytes dgis, struct dgi *crt, struct dgi *with)
{
    struct reader r = READER(dgis);
    while (r.left.len) {
        struct dgi d, *to;
        TRY(dgi_next(&r, &d));
        to = d.id == DGI_TEMPLATE ? crt : with;
        NEED(to->whole.len == 0, DUPLICATE_TAG);
        *to = d;
    }
    NEED(crt->whole.len != 0 && with->whole.len != 0, MISSING_FIELD);
    return TSM_OK;
}

enum tsm_err casd_request_read(struct bytes dgis, struct casd_terms *terms, struct casd_request *out)
{
    struct casd_request q = {.terms = terms};
    struct casd_terms t;
    struct dgi crt = {0}, with = {0};
    TRY(sort_groupings(dgis, &crt, &with));
    TRY(read_template(crt.value, &t));
    if (with.id != companion_of(t.scenario).id)
        return FAIL(UNKNOWN_FIELD, "grouping %04X does not belong to scenario %u", with.id, t.scenario);
    TRY(check_companion(t.scenario, with.value));
    *companion_in(&q, t.scenario) = with.value;
    *terms = t;
    *out = q;
    return TSM_OK;
}

static const struct tlv_field answer_rows[] = {
    {TAG_RANDOM, TLV_BYTES, offsetof(struct casd_answer, random), RANDOM_MIN, RANDOM_MAX, TLV_OPTIONAL, NULL},
    {0x86, TLV_BYTES, offsetof(struct casd_answer, receipt), CMAC_LEN, CMAC_LEN, TLV_NEEDED, NULL},
    {0},
};

enum tsm_err casd_answer_read(struct bytes data, struct casd_answer *out)
{
    struct casd_answer a = {{0}, {0}};
    TRY(tlv_fill(data, answer_rows, &a, TLV_REFUSE_UNKNOWN));
    *out = a;
    return TSM_OK;
}

enum tsm_err casd_answer_write(const struct casd_answer *a, struct writer *w)
{
    return tlv_put(w, answer_rows, a);
}

static enum tsm_err write_info(const struct casd_terms *t, struct bytes random, struct writer *w)
{
    TRY(write_u8(w, t->usage));
    TRY(write_u8(w, KEY_TYPE_AES));
    TRY(write_u8(w, t->key_len));
    TRY(write_span(w, random));
    if (!(t->parameters & CASD_WITH_IDS))
        return TSM_OK;
    NEED(t->sin.len != 0 && t->sdin.len != 0, MISSING_FIELD);
    TRY(write_lv(w, t->host_id));
    TRY(write_lv(w, t->sin));
    return write_lv(w, t->sdin);
}

/* Over the template as it was sent and, when there is one, the random number. */
static enum tsm_err make_receipt(const struct cipher_key *key, const struct casd_terms *t,
                                 struct bytes random, uint8_t receipt[CMAC_LEN])
{
    uint8_t room[TEMPLATE_MAX + RANDOM_MAX + 2];
    struct writer w = WRITER(room);
    struct bytes covered;
    TRY(write_template(t, &w));
    if (random.len)
        TRY(tlv_write(&w, TAG_RANDOM, random));
    covered = written(&w);
    return crypto_cmac(key, &covered, 1, receipt);
}

/* The receipt key first, then ENC, MAC, DEK. */
static enum tsm_err split_keys(struct crypto *c, struct bytes data, size_t len, struct cipher_key *receipt,
                               struct casd_keys *out)
{
    struct reader r = READER(data);
    struct bytes part;
    TRY(read_span(&r, len, &part));
    TRY(crypto_key(c, CIPHER_AES, part, receipt));
    for (size_t i = 0; i < CASD_KEYS; i++) {
        TRY(read_span(&r, len, &part));
        TRY(secret_set(&out->key[i], part));
    }
    return TSM_OK;
}

static enum tsm_err derive(struct crypto *c, const struct casd_agreement *a, struct bytes random,
                           struct cipher_key *receipt, struct casd_keys *out)
{
    uint8_t room[INFO_MAX], data[X963_OUT_MAX];
    struct writer info = WRITER(room);
    size_t len = a->terms->key_len, all = (1 + CASD_KEYS) * len;
    SECRET shared = {0};
    enum tsm_err e;
    TRY(write_info(a->terms, random, &info));
    TRY(ec_agree(a->own, a->peer, &shared));
    e = x963_kdf(c, &(struct x963_input){&shared, 1, written(&info)}, data, all);
    if (e == TSM_OK)
        e = split_keys(c, BYTES_OF(data, all), len, receipt, out);
    explicit_bzero(data, sizeof data);
    return e;
}

/* Keys, and the receipt that proves them. */
static enum tsm_err agree(struct crypto *c, const struct casd_agreement *a, struct bytes random,
                          struct casd_keys *out, uint8_t due[CMAC_LEN])
{
    CIPHER_KEY receipt = {0};
    TRY(casd_check(a->terms));
    NEED(a->terms->scenario == CASD_PULL_AGREED, UNSUPPORTED);
    NEED((random.len != 0) == ((a->terms->parameters & CASD_WITH_RANDOM) != 0), BAD_LENGTH);
    TRY(derive(c, a, random, &receipt, out));
    return make_receipt(&receipt, a->terms, random, due);
}

enum tsm_err casd_receipt(struct crypto *c, const struct casd_agreement *a, struct bytes random,
                          uint8_t receipt[CMAC_LEN])
{
    CASD_SET keys = {0};
    return agree(c, a, random, &keys, receipt);
}

enum tsm_err casd_derive(struct crypto *c, const struct casd_agreement *a, struct bytes answer,
                         struct casd_keys *out)
{
    struct casd_answer got;
    uint8_t due[CMAC_LEN];
    CASD_SET keys = {0};
    TRY(casd_answer_read(answer, &got));
    TRY(agree(c, a, got.random, &keys, due));
    if (!bytes_equal_secret(got.receipt, BYTES(due)))
        return FAIL(CRYPTOGRAM_WRONG, "the receipt does not prove the key of the CASD's certificate");
    *out = keys;
    return TSM_OK;
}
