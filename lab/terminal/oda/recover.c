/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of offline data authentication recovered, and the scheme's key from its file. Pure but for that
 * file. [EMV 4.3 Book 2 annex A2.1, B2.1] */
#include "terminal/oda/oda.h"

#include "common/crypto/digest.h"
#include "handset/hex.h"

#include <jansson.h>
#include <openssl/bn.h>
#include <stdio.h>
#include <string.h>

enum { HEADER = 0x6A, TRAILER = 0xBC, FRAME = 2 + ODA_HASH + 1, HASHED_TAILS = 3 };

static bool power(const struct oda_key *k, struct term_bytes in, uint8_t *out)
{
    BN_CTX *c = BN_CTX_new();
    BIGNUM *s = BN_bin2bn(in.at, (int)in.len, NULL), *e = BN_bin2bn(k->exponent, (int)k->exponent_len, NULL),
           *n = BN_bin2bn(k->modulus, (int)k->len, NULL), *m = BN_new();
    bool ok = c && s && e && n && m && BN_cmp(s, n) < 0 && BN_mod_exp(m, s, e, n, c) &&
              BN_bn2binpad(m, out, (int)k->len) == (int)k->len;
    BN_free(s);
    BN_free(e);
    BN_free(n);
    BN_free(m);
    BN_CTX_free(c);
    return ok;
}

bool oda_recover(const struct oda_claim *c, struct oda_content *out)
{
    uint8_t block[ODA_MAX_KEY], hash[LAB_SHA1_LEN];
    size_t n = c->key->len;
    struct lab_piece pieces[1 + HASHED_TAILS];
    if (c->signature.len != n || n < FRAME || !power(c->key, c->signature, block))
        return false;
    if (block[0] != HEADER || block[1] != c->format || block[n - 1] != TRAILER)
        return false;
    pieces[0] = (struct lab_piece){block + 1, n - 2 - LAB_SHA1_LEN};
    for (size_t i = 0; i < HASHED_TAILS; i++)
        pieces[1 + i] = (struct lab_piece){c->tails[i].at, c->tails[i].len};
    if (!lab_sha1(pieces, 1 + HASHED_TAILS, hash) ||
        memcmp(hash, block + n - 1 - LAB_SHA1_LEN, LAB_SHA1_LEN) != 0)
        return false;
    out->len = n - FRAME;
    memcpy(out->at, block + 2, out->len);
    return true;
}

static bool hex_member(const json_t *o, const char *name, uint8_t *to, size_t cap, size_t *len)
{
    const char *text = json_string_value(json_object_get(o, name));
    ssize_t n = text ? hs_hex_read(text, to, cap) : -1;
    *len = n < 0 ? 0 : (size_t)n;
    return n > 0;
}

bool oda_ca_read(const char *file, struct oda_ca *out)
{
    json_t *o = json_load_file(file, 0, NULL);
    size_t index_len = 0;
    bool ok;
    memset(out, 0, sizeof *out);
    ok = hex_member(o, "index", &out->index, 1, &index_len) && index_len == 1 &&
         hex_member(o, "exponent", out->exponent, sizeof out->exponent, &out->exponent_len) &&
         hex_member(o, "modulus", out->modulus, sizeof out->modulus, &out->len);
    json_decref(o);
    if (!ok)
        fprintf(stderr, "terminal: %s holds no scheme's key\n", file);
    return ok;
}
