/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of a script's writer. Stations 5 and 10. Pure. [GPCS Amendment I; tags as in public
 * scripts] */
#include "gp/command/command.h"
#include "gp/sems/sems.h"
#include "gp/tlv.h"

enum {
    TAG_CERTIFICATE = 0x7F21,
    TAG_SERIAL = 0x93,
    TAG_ISSUER = 0x42,
    TAG_HOLDER = 0x5F20,
    TAG_USAGE = 0x95,
    TAG_ISSUER_KEY = 0x45,
    TAG_DISCRETIONARY = 0x53,
    TAG_DOMAIN = 0x4F,
    TAG_PUBLIC_KEY = 0x7F49,
    TAG_POINT = 0x86,
    TAG_SIGNATURE = 0x5F37
};

static enum tsm_err sign_with_key(void *self, const uint8_t digest[SEMS_DIGEST],
                                  uint8_t signature[SEMS_SIGNATURE])
{
    const struct sign_key *key = self;
    struct writer w = {signature, 0, SEMS_SIGNATURE};
    return sign_digest(key, (struct sign_how){SIGN_ECDSA, HASH_SHA256}, BYTES_OF(digest, SEMS_DIGEST), &w);
}

struct sems_signer sems_signer_of(const struct sign_key *key)
{
    return (struct sems_signer){sign_with_key, (void *)(uintptr_t)key};
}

static enum tsm_err write_nested(struct writer *w, uint32_t outer, uint32_t inner, struct bytes value)
{
    size_t mark;
    TRY(tlv_open(w, outer, &mark));
    TRY(tlv_write(w, inner, value));
    return tlv_close(w, mark);
}

/* What the signature covers: every object but itself, in this order. */
static enum tsm_err write_body(const struct sems_certificate *c, struct writer *w)
{
    TRY(tlv_write(w, TAG_SERIAL, c->serial));
    TRY(tlv_write(w, TAG_ISSUER, c->issuer));
    TRY(tlv_write(w, TAG_HOLDER, c->holder));
    TRY(tlv_write(w, TAG_USAGE, c->usage));
    TRY(tlv_write(w, TAG_ISSUER_KEY, c->issuer_key));
    TRY(write_nested(w, TAG_DISCRETIONARY, TAG_DOMAIN, c->domain));
    return write_nested(w, TAG_PUBLIC_KEY, TAG_POINT, c->point);
}

static enum tsm_err check_fields(const struct sems_certificate *c)
{
    NEED(c->point.len == SEMS_POINT && c->point.at[0] == 0x04, BAD_LENGTH);
    NEED(c->holder.len > 0 && c->holder.len <= SEMS_HOLDER_MAX, BAD_LENGTH);
    return aid_check(c->domain);
}

enum tsm_err sems_certify(const struct sems_certificate *c, const struct sems_signer *root,
                          struct writer *out)
{
    struct writer at = *out;
    uint8_t digest[HASH_LEN_MAX], signature[SEMS_SIGNATURE];
    struct bytes covered;
    size_t mark, from;
    TRY(check_fields(c));
    TRY(tlv_open(&at, TAG_CERTIFICATE, &mark));
    from = at.len;
    TRY(write_body(c, &at));
    covered = written_since(&at, from);
    TRY(hash_parts(HASH_SHA256, &covered, 1, digest));
    TRY(root->sign(root->self, digest, signature));
    TRY(tlv_write(&at, TAG_SIGNATURE, BYTES(signature)));
    TRY(tlv_close(&at, mark));
    *out = at;
    return TSM_OK;
}

static enum tsm_err find(struct bytes in, uint32_t tag, struct bytes *out)
{
    enum tsm_err e = tlv_find(in, tag, out);
    return e == TSM_NOT_FOUND ? FAIL(MISSING_FIELD, "the certificate has no object %X", (unsigned)tag) : e;
}

enum tsm_err sems_certificate_read(struct bytes whole, struct sems_certificate *out)
{
    struct sems_certificate c = {0};
    struct reader r = READER(whole);
    struct tlv t;
    struct bytes inside;
    TRY(tlv_next(&r, &t));
    TRY(read_end(&r));
    NEED(t.tag == TAG_CERTIFICATE, BAD_VALUE);
    TRY(find(t.value, TAG_SERIAL, &c.serial));
    TRY(find(t.value, TAG_ISSUER, &c.issuer));
    TRY(find(t.value, TAG_HOLDER, &c.holder));
    TRY(find(t.value, TAG_USAGE, &c.usage));
    TRY(find(t.value, TAG_ISSUER_KEY, &c.issuer_key));
    TRY(find(t.value, TAG_DISCRETIONARY, &inside));
    TRY(find(inside, TAG_DOMAIN, &c.domain));
    TRY(find(t.value, TAG_PUBLIC_KEY, &inside));
    TRY(find(inside, TAG_POINT, &c.point));
    TRY(find(t.value, TAG_SIGNATURE, &c.signature));
    TRY(check_fields(&c));
    *out = c;
    return TSM_OK;
}

enum tsm_err sems_certificate_check(struct bytes whole, const struct sign_key *root)
{
    struct sems_certificate c;
    uint8_t room[SEMS_CERTIFICATE_MAX], digest[HASH_LEN_MAX];
    struct writer w = WRITER(room);
    struct reader objects = READER(whole);
    struct tlv outer, t;
    struct bytes covered;
    TRY(sems_certificate_read(whole, &c));
    TRY(tlv_next(&objects, &outer));
    objects = READER(outer.value);
    while (objects.left.len) {
        TRY(tlv_next(&objects, &t));
        if (t.tag != TAG_SIGNATURE)
            TRY(write_span(&w, t.whole));
    }
    covered = written(&w);
    TRY(hash_parts(HASH_SHA256, &covered, 1, digest));
    return sign_check(root, (struct sign_how){SIGN_ECDSA, HASH_SHA256}, BYTES_OF(digest, SEMS_DIGEST),
                      c.signature);
}
