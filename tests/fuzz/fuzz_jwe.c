/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: compact JWE and their headers, key sets under the seal, pkcs11: URIs. What reads must write
 * again. */
#include "fuzz.h"

#include <stdlib.h>

#include "vault/jose/jwe.h"
#include "vault/keys/keyset.h"
#include "vault/token/token.h"

/* A JWE to the key of RFC 7518 Appendix C, a key set of three AES-128 keys, a URI. */
const char *const fuzz_seeds[] = {
    "65794A68624763694F694A46513052494C555654496977695A57356A496A6F69515449314E6B644454534973496D567761794936"
    "65794A"
    "7264486B694F694A4651794973496D4E7964694936496C41744D6A55324969776965434936496E646C546B70354D6B687A59304E"
    "545454"
    "5A4252555255524763774E474A7054335A6F526D683565566432543068525A6D564758314234545645694C434A35496A6F695A54"
    "687362"
    "6B4E504C554673553352554C55354B566C677459334A6F516A6452556C6C6F61576C344D444E706247784B54315A4254336C6A61"
    "794A39"
    "66512E2E414141414141414141414141414141412E414141412E41414141414141414141414141414141414141414141",
    "03300110404142434445464748494A4B4C4D4E4F404142434445464748494A4B4C4D4E4F0F0E0D0C0B0A0908070605040302010"
    "0",
    "706B637331313A746F6B656E3D61636D653F6D6F64756C652D706174683D2F6F70742F70313173756E2E736F",
    NULL,
};

static void one_uri(const uint8_t *data, size_t size)
{
    char text[512] = "";
    struct token_where where;
    struct writer w = {(uint8_t *)text, 0, sizeof text - 1};
    if (write_span(&w, BYTES_OF(data, size)) == TSM_OK)
        (void)token_where_read(text, &where);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KEYSET k = {0};
    uint8_t again[KEYSET_PLAIN_MAX];
    struct writer w = WRITER(again);
    struct bytes in = BYTES_OF(data, size);
    (void)vault_jwe_check(in);
    one_uri(data, size);
    if (keyset_read(in, &k) == TSM_OK && (keyset_write(&k, &w) != TSM_OK || !bytes_equal(written(&w), in)))
        abort();
    return 0;
}
