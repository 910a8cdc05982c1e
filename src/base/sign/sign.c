/* SPDX-License-Identifier: Apache-2.0 */
/* What every implementation of the signature seam shares: lengths and refusals. Stations 5 and 10. Pure. */
#include "base/sign/sign.h"

#include <string.h>

size_t hash_len(enum hash_alg alg)
{
    static const size_t lengths[HASH_ALGS] = {
        [HASH_SHA1] = 20, [HASH_SHA256] = 32, [HASH_SHA384] = 48, [HASH_SHA512] = 64};
    return lengths[alg];
}

void sign_key_free(struct sign_key *k)
{
    if (k->ops && k->ops->free)
        k->ops->free(k);
    memset(k, 0, sizeof *k);
}

size_t sign_len(const struct sign_key *k)
{
    size_t octets = (k->bits + 7) / 8;
    return k->type == SIGN_EC ? 2 * octets : octets;
}

static enum tsm_err check_use(const struct sign_key *k, struct sign_how how, struct bytes digest)
{
    NEED(k->ops != NULL, KEY_REFUSED);
    NEED((k->type == SIGN_EC) == (how.padding == SIGN_ECDSA), KEY_REFUSED);
    if (how.padding == SIGN_RAW)
        return digest.len == sign_len(k) ? TSM_OK
                                         : FAIL(BAD_LENGTH, "the block is not as long as the modulus");
    NEED(how.hash < HASH_ALGS && digest.len == hash_len(how.hash), BAD_LENGTH);
    return TSM_OK;
}

enum tsm_err sign_digest(const struct sign_key *k, struct sign_how how, struct bytes digest,
                         struct writer *signature)
{
    struct writer at = *signature;
    TRY(check_use(k, how, digest));
    if (!k->private_half)
        return FAIL(KEY_REFUSED, "a public key does not sign");
    TRY(k->ops->sign(k, how, digest, &at));
    NEED(at.len - signature->len == sign_len(k), CRYPTO_FAILED);
    *signature = at;
    return TSM_OK;
}

enum tsm_err sign_check(const struct sign_key *k, struct sign_how how, struct bytes digest,
                        struct bytes signature)
{
    TRY(check_use(k, how, digest));
    NEED(k->ops->verify != NULL && how.padding != SIGN_RAW, KEY_REFUSED);
    if (signature.len != sign_len(k))
        return FAIL(MAC_WRONG, "the signature has %zu octets, one of this key has %zu", signature.len,
                    sign_len(k));
    return k->ops->verify(k, how, digest, signature);
}

enum tsm_err sign_recover(const struct sign_key *k, struct bytes signature, struct writer *block)
{
    struct writer at = *block;
    NEED(k->ops && k->ops->recover && k->type == SIGN_RSA, KEY_REFUSED);
    NEED(signature.len == sign_len(k), BAD_LENGTH);
    TRY(k->ops->recover(k, signature, &at));
    NEED(at.len - block->len == sign_len(k), CRYPTO_FAILED);
    *block = at;
    return TSM_OK;
}
