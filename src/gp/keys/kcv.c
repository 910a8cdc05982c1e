/* SPDX-License-Identifier: Apache-2.0 */
/* Key check values. Stations 5 and 10. Pure. [GPCS B.6, AmdD 7.2.2] */
#include "gp/keys/kcv.h"

enum tsm_err gp_kcv(const struct cipher_key *key, enum gp_kcv_rule rule, uint8_t kcv[GP_KCV_LEN])
{
    uint8_t block[CIPHER_BLOCK_MAX], filler = key->alg == CIPHER_AES && rule == GP_KCV_STANDARD ? 0x01 : 0x00;
    struct writer w = WRITER(block);
    struct reader r;
    TRY(write_fill(&w, filler, cipher_block(key)));
    TRY(crypto_ecb(key, ENCRYPT, written(&w), block));
    r = (struct reader){written(&w)};
    return read_copy(&r, GP_KCV_LEN, kcv);
}
