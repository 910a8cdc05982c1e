/* SPDX-License-Identifier: Apache-2.0 */
/* DAP blocks made, read and checked. Stations 5 and 6. Pure. [GPCS C.2, C.3, Table 11-58; AmdD 8.1] */
#include "gp/delegated/dap.h"

#include "base/hex.h"
#include "gp/command/command.h"
#include "gp/command/load.h"
#include "gp/tlv.h"

enum { TAG_DAP = 0xE2, TAG_LFDB = 0xC4, TAG_ICV = 0xD3, TAG_CIPHERED = 0xD4 };
enum { AES_128 = 16, AES_192 = 24 };

enum tsm_err lfdb_hash(enum hash_alg alg, struct bytes lfdb, struct writer *hash)
{
    uint8_t digest[HASH_LEN_MAX];
    NEED((unsigned)alg < HASH_ALGS, BAD_VALUE);
    TRY(hash_parts(alg, &lfdb, 1, digest));
    return write_span(hash, BYTES_OF(digest, hash_len(alg)));
}

enum tsm_err lfdb_hash_alg(struct bytes hash, enum hash_alg *out)
{
    for (int alg = 0; alg < HASH_ALGS; alg++)
        if (hash_len((enum hash_alg)alg) == hash.len) {
            *out = (enum hash_alg)alg;
            return TSM_OK;
        }
    return FAIL(BAD_LENGTH, "a load file data block hash has 20, 32, 48 or 64 octets, this one %zu",
                hash.len);
}

static enum tsm_err hash_fits(const struct gp_signer *s, enum hash_alg weakest, struct bytes hash)
{
    enum hash_alg alg;
    TRY(lfdb_hash_alg(hash, &alg));
    if (alg < weakest)
        return FAIL(KEY_REFUSED, "a hash of %zu octets is too weak for %s", hash.len,
                    gp_scheme_text(s->scheme));
    return TSM_OK;
}

enum tsm_err lfdb_hash_fits(const struct gp_signer *s, struct bytes hash)
{
    return hash_fits(s, gp_signature_hash(s), hash);
}

/* Under an AES key stands a hash as strong as the key, though a MAC has none inside [AmdD Table 8-1]. */
static enum tsm_err dap_hash_fits(const struct gp_signer *s, struct bytes hash)
{
    size_t len;
    if (s->scheme != GP_SCHEME_AES)
        return lfdb_hash_fits(s, hash);
    len = s->secret->value.len;
    return hash_fits(s, len > AES_192 ? HASH_SHA512 : len > AES_128 ? HASH_SHA384 : HASH_SHA256, hash);
}

enum tsm_err dap_make(const struct gp_signer *s, struct bytes domain, struct bytes hash, struct writer *block)
{
    uint8_t room[SIGNATURE_MAX];
    struct writer signature = WRITER(room);
    TRY(dap_hash_fits(s, hash));
    TRY(gp_signature_write(s, &hash, 1, &signature));
    return load_dap_write(domain, written(&signature), block);
}

enum tsm_err dap_check(const struct gp_signer *s, const struct dap *d, struct bytes hash)
{
    TRY(dap_hash_fits(s, hash));
    return gp_signature_check(s, &hash, 1, d->signature);
}

enum tsm_err dap_file_check(struct bytes hash, struct bytes lfdb)
{
    uint8_t room[HASH_LEN_MAX];
    struct writer own = WRITER(room);
    enum hash_alg alg;
    TRY(lfdb_hash_alg(hash, &alg));
    TRY(lfdb_hash(alg, lfdb, &own));
    if (!bytes_equal(written(&own), hash))
        return FAIL(CONFLICT, "the hash is that of another load file");
    return TSM_OK;
}

#define AT(member) offsetof(struct dap, member)
static const struct tlv_field dap_table[] = {
    {0x4F, TLV_BYTES, AT(domain), AID_MIN, AID_MAX, TLV_NEEDED, NULL},
    {0xC3, TLV_BYTES, AT(signature), 1, SIGNATURE_MAX, TLV_NEEDED, NULL},
    {0},
};

static enum tsm_err read_dap(struct load_file *f, struct bytes value)
{
    struct dap d = {0};
    if (f->blocks == DAP_BLOCKS_MAX)
        return FAIL(TOO_LONG, "a load file with more than %d DAP blocks", DAP_BLOCKS_MAX);
    TRY(tlv_fill(value, dap_table, &d, TLV_REFUSE_UNKNOWN));
    for (size_t i = 0; i < f->blocks; i++)
        if (bytes_equal(f->block[i].domain, d.domain))
            return FAIL(DUPLICATE_TAG, "two DAP blocks for one security domain");
    f->block[f->blocks++] = d;
    return TSM_OK;
}

enum tsm_err load_file_read(struct bytes file, struct load_file *out)
{
    struct reader r = READER(file);
    struct load_file f = {0};
    struct tlv t = {0};
    while (r.left.len && t.tag != TAG_LFDB && t.tag != TAG_CIPHERED) {
        bool behind_icv = t.tag == TAG_ICV;
        TRY(tlv_next(&r, &t));
        if (t.tag == TAG_DAP && !behind_icv)
            TRY(read_dap(&f, t.value));
        else if (behind_icv ? t.tag != TAG_CIPHERED
                            : t.tag != TAG_LFDB && t.tag != TAG_ICV && t.tag != TAG_CIPHERED)
            return FAIL(BAD_VALUE, "object %X does not belong into a load file here", t.tag);
    }
    f.ciphered = t.tag == TAG_CIPHERED;
    if ((t.tag != TAG_LFDB && !f.ciphered) || t.value.len == 0)
        return FAIL(MISSING_FIELD, "the load file has no load file data block");
    TRY(read_end(&r));
    f.data = t.value;
    *out = f;
    return TSM_OK;
}

enum tsm_err load_file_dap(const struct load_file *f, struct bytes domain, struct dap *out)
{
    char text[2 * AID_MAX + 1];
    TRY(aid_check(domain));
    for (size_t i = 0; i < f->blocks; i++)
        if (bytes_equal(f->block[i].domain, domain)) {
            *out = f->block[i];
            return TSM_OK;
        }
    return FAIL(NOT_FOUND, "the load file has no DAP block for security domain %s", hex_text(domain, text));
}
