/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation tokens written and read. Stations 5 and 10. Pure. [BSI TR-03165 appendix A.2] */
#include "gp/attestation/attestation.h"

#include "base/ber.h"

enum {
    TAG_TOKEN = 0x7F41,
    TAG_BODY = 0xA0,
    TAG_SIGNATURE = 0x81,
    TAG_TSM = 0x80,
    TAG_PROCESS = 0x81,
    TAG_FLAVOR = 0x82,
    TAG_MASTER_KEY = 0x83,
    TAG_DIVERSIFICATION = 0x84,
    TAG_SIGNER = 0x85,
    ARC_BITS = 7,
    ARC_MORE = 0x80,
    ARC_FIRST = 40,
};

static enum tsm_err write_arc(struct writer *w, uint64_t arc)
{
    unsigned shift = 0;
    while (shift + ARC_BITS < 64 && arc >> (shift + ARC_BITS))
        shift += ARC_BITS;
    for (;; shift -= ARC_BITS) {
        TRY(write_u8(w, (unsigned)(arc >> shift & 0x7F) | (shift ? ARC_MORE : 0)));
        if (shift == 0)
            return TSM_OK;
    }
}

/* One decimal number of the dotted text; *text moves behind it and its dot. */
static enum tsm_err read_arc(const char **text, uint64_t *out)
{
    const char *at = *text;
    uint64_t v = 0;
    NEED(*at >= '0' && *at <= '9', BAD_FORM);
    for (; *at >= '0' && *at <= '9'; at++) {
        NEED(v < UINT64_MAX / 100, BAD_FORM);
        v = 10 * v + (uint64_t)(*at - '0');
    }
    NEED(*at == 0 || (*at == '.' && at[1]), BAD_FORM);
    *text = *at ? at + 1 : at;
    *out = v;
    return TSM_OK;
}

enum tsm_err attestation_oid(const char *dotted, struct writer *w)
{
    struct writer at = *w;
    uint64_t first, second;
    TRY(read_arc(&dotted, &first));
    TRY(read_arc(&dotted, &second));
    NEED(first <= 2 && (first == 2 || second < ARC_FIRST), BAD_FORM);
    TRY(write_arc(&at, first * ARC_FIRST + second));
    while (*dotted) {
        TRY(read_arc(&dotted, &second));
        TRY(write_arc(&at, second));
    }
    *w = at;
    return TSM_OK;
}

enum tsm_err attestation_body_write(const struct attestation *a, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    NEED(a->tsm.len > 0 && a->tsm.len <= ATTESTATION_OID_MAX, BAD_LENGTH);
    NEED(a->diversification.len <= ATTESTATION_DIVERSIFICATION_MAX, BAD_LENGTH);
    TRY(ber_open(&at, TAG_BODY, &mark));
    TRY(ber_write(&at, TAG_TSM, a->tsm));
    TRY(ber_write(&at, TAG_PROCESS, BYTES(a->process)));
    TRY(ber_write(&at, TAG_FLAVOR, BYTES(a->flavor)));
    if (a->diversification.len) {
        TRY(ber_write(&at, TAG_MASTER_KEY, BYTES(a->master_key)));
        TRY(ber_write(&at, TAG_DIVERSIFICATION, a->diversification));
    }
    TRY(ber_write(&at, TAG_SIGNER, BYTES(a->signer)));
    TRY(ber_close(&at, mark));
    *w = at;
    return TSM_OK;
}

enum tsm_err attestation_write(struct bytes body, struct bytes signature, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    TRY(ber_open(&at, TAG_TOKEN, &mark));
    TRY(write_span(&at, body));
    TRY(ber_write(&at, TAG_SIGNATURE, signature));
    TRY(ber_close(&at, mark));
    *w = at;
    return TSM_OK;
}

/* The next object, which must be this one. */
static enum tsm_err expect(struct reader *r, uint32_t tag, struct bytes *value)
{
    struct reader at = *r;
    struct ber object;
    TRY(ber_read(&at, &object));
    if (object.tag != tag)
        return FAIL(NOT_FOUND, "the token lacks object %X", (unsigned)tag);
    *r = at;
    *value = object.value;
    return TSM_OK;
}

static enum tsm_err expect_fixed(struct reader *r, uint32_t tag, size_t len, uint8_t *out)
{
    struct bytes value;
    struct reader v;
    TRY(expect(r, tag, &value));
    NEED(value.len == len, BAD_LENGTH);
    v = READER(value);
    return read_copy(&v, len, out);
}

static enum tsm_err read_body(struct bytes body, struct attestation *a)
{
    struct reader r = READER(body);
    TRY(expect(&r, TAG_TSM, &a->tsm));
    NEED(a->tsm.len > 0 && a->tsm.len <= ATTESTATION_OID_MAX, BAD_LENGTH);
    TRY(expect_fixed(&r, TAG_PROCESS, ATTESTATION_UUID, a->process));
    TRY(expect_fixed(&r, TAG_FLAVOR, ATTESTATION_UUID, a->flavor));
    if (r.left.len && r.left.at[0] == TAG_MASTER_KEY) {
        TRY(expect_fixed(&r, TAG_MASTER_KEY, ATTESTATION_UUID, a->master_key));
        TRY(expect(&r, TAG_DIVERSIFICATION, &a->diversification));
        NEED(a->diversification.len > 0 && a->diversification.len <= ATTESTATION_DIVERSIFICATION_MAX,
             BAD_LENGTH);
    }
    TRY(expect_fixed(&r, TAG_SIGNER, ATTESTATION_SIGNER, a->signer));
    return read_end(&r);
}

enum tsm_err attestation_read(struct bytes token, struct attestation_parts *out)
{
    struct attestation_parts p = {.body = BYTES_NONE};
    struct reader r = READER(token), inside;
    struct bytes whole, contents;
    TRY(expect(&r, TAG_TOKEN, &whole));
    TRY(read_end(&r));
    inside = READER(whole);
    TRY(expect(&inside, TAG_BODY, &contents));
    TRY(bytes_part(whole, 0, whole.len - inside.left.len, &p.body));
    TRY(expect(&inside, TAG_SIGNATURE, &p.signature));
    TRY(read_end(&inside));
    NEED(p.signature.len > 0, BAD_LENGTH);
    TRY(read_body(contents, &p.says));
    *out = p;
    return TSM_OK;
}
