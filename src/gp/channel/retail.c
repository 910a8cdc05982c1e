/* SPDX-License-Identifier: Apache-2.0 */
/* The retail MAC in pieces. Stations 7 and 10. Pure. [GPCS B.1.2.2, B.1.3] */
#include "gp/channel/retail.h"

enum tsm_err single_des(const struct cipher_key *key, struct cipher_key *out)
{
    NEED(key->alg == CIPHER_TDES && key->value.len == 2 * DES_BLOCK, KEY_REFUSED);
    return crypto_derived(key, CIPHER_TDES, BYTES_OF(key->value.at, DES_BLOCK), out);
}

void retail_begin(struct retail *m, const uint8_t iv[DES_BLOCK])
{
    *m = (struct retail){0};
    memcpy(m->chain, iv, DES_BLOCK);
}

enum tsm_err retail_add(struct retail *m, const struct cipher_key *key, struct bytes part)
{
    CIPHER_KEY des = {0};
    struct writer tail = {m->tail, m->tail_len, DES_BLOCK};
    struct reader r = READER(part);
    struct bytes piece;
    size_t fill = DES_BLOCK - m->tail_len;
    TRY(single_des(key, &des));
    if (m->tail_len && part.len >= fill) {
        TRY(read_span(&r, fill, &piece));
        TRY(write_span(&tail, piece));
        TRY(crypto_tdes_cbc_mac(&des, m->chain, written(&tail), m->chain));
        tail.len = 0;
    }
    if (tail.len == 0 && r.left.len >= DES_BLOCK) {
        TRY(read_span(&r, r.left.len / DES_BLOCK * DES_BLOCK, &piece));
        TRY(crypto_tdes_cbc_mac(&des, m->chain, piece, m->chain));
    }
    TRY(write_span(&tail, r.left));
    m->tail_len = tail.len;
    return TSM_OK;
}

enum tsm_err retail_end(const struct retail *m, const struct cipher_key *key, uint8_t mac[DES_BLOCK])
{
    RETAIL last = *m;
    struct writer w = {last.tail, last.tail_len, DES_BLOCK};
    TRY(pad_80(&w, 0, DES_BLOCK));
    return crypto_retail_mac(key, last.chain, written(&w), mac);
}
