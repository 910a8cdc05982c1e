/* SPDX-License-Identifier: Apache-2.0 */
/* The X9.63 key derivation with SHA-256. Stations 5 and 7. Pure. [TR-03111 4.3.3] */
#include "gp/scp11/kdf.h"

/* Hash(secrets, counter of four octets, SharedInfo). */
static enum tsm_err block(struct crypto *c, const struct x963_input *in, uint32_t number,
                          uint8_t out[SHA256_LEN])
{
    struct bytes parts[X963_SECRETS_MAX + 2];
    uint8_t counter[sizeof number];
    struct writer w = WRITER(counter);
    size_t n = 0;
    TRY(write_u32(&w, number));
    for (; n < in->secrets; n++)
        parts[n] = secret_bytes(&in->secret[n]);
    parts[n++] = written(&w);
    parts[n++] = in->info;
    return crypto_sha256(c, parts, n, out);
}

enum tsm_err x963_kdf(struct crypto *c, const struct x963_input *in, uint8_t *out, size_t len)
{
    struct writer w = {out, 0, len};
    uint8_t hash[SHA256_LEN];
    enum tsm_err e = TSM_OK;
    NEED(in->secrets >= 1 && in->secrets <= X963_SECRETS_MAX && len <= X963_OUT_MAX, BAD_LENGTH);
    for (uint32_t number = 1; e == TSM_OK && w.len < len; number++) {
        e = block(c, in, number, hash);
        if (e == TSM_OK)
            e = write_span(&w, BYTES_OF(hash, len - w.len < SHA256_LEN ? len - w.len : SHA256_LEN));
    }
    explicit_bzero(hash, sizeof hash);
    if (e != TSM_OK)
        explicit_bzero(out, len);
    return e;
}
