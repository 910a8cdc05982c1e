/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 over pieces; pure; FIPS 180-4. */
#include "common/crypto/digest.h"

#include <openssl/evp.h>

bool lab_sha1(const struct lab_piece *pieces, size_t n, uint8_t out[LAB_SHA1_LEN])
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = c != NULL && EVP_DigestInit_ex(c, EVP_sha1(), NULL) == 1;

    for (size_t i = 0; i < n && ok; i++)
        ok = EVP_DigestUpdate(c, pieces[i].at, pieces[i].len) == 1;
    ok = ok && EVP_DigestFinal_ex(c, out, NULL) == 1;
    EVP_MD_CTX_free(c);
    return ok;
}
