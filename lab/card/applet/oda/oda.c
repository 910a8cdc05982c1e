/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic signatures with the card's RSA key in its five parts (station 10, the card's side); pure but for
 * random numbers; EMV Book 2 6.5.1, 6.6.1, annex A2.1. */
#include "card/applet/oda/oda.h"

#include "common/crypto/digest.h"
#include "common/tlv.h"

#include <openssl/bn.h>
#include <string.h>
#include <sys/random.h>

#define DGI_PART_FIRST  0x8201
#define HEADER          0x6A
#define FORMAT_DYNAMIC  0x05
#define HASH_SHA1       0x01
#define FILL            0xBB
#define TRAILER         0xBC
#define FRAME           (3 + 1 + LAB_SHA1_LEN + 1) /* header, format, hash algorithm; length; hash, trailer */
#define NUMBER_LEN      8
#define UNPREDICTABLE   4
#define TAG_SIGNED_DATA 0x9F4B

enum part { QINV, DQ, DP, Q, P };

uint16_t oda_take(struct pay_data *p, const struct dgi *d)
{
    size_t i = d->id - DGI_PART_FIRST;

    if (!d->encrypted || i >= PAY_RSA_PARTS || d->len == 0 || d->len > PAY_RSA_HALF)
        return SW_WRONG_DATA;
    memcpy(p->rsa[i], d->value, d->len);
    p->rsa_len[i] = (uint8_t)d->len;
    return SW_OK;
}

static size_t modulus_len(const struct pay_data *d)
{
    for (size_t i = 0; i < PAY_RSA_PARTS; i++)
        if (d->rsa_len[i] == 0 || d->rsa_len[i] != d->rsa_len[P])
            return 0;
    return 2 * (size_t)d->rsa_len[P];
}

static BIGNUM *part(const struct pay_data *d, enum part i)
{
    return BN_bin2bn(d->rsa[i], d->rsa_len[i], NULL);
}

/* m = s2 + q * (qinv * (s1 - s2) mod p), with s1 = m^dp mod p and s2 = m^dq mod q. */
static bool sign(const struct pay_data *d, uint8_t *block, size_t len)
{
    BN_CTX *c = BN_CTX_new();
    BIGNUM *q = part(d, Q), *p = part(d, P), *dq = part(d, DQ), *dp = part(d, DP), *qinv = part(d, QINV);
    BIGNUM *m = BN_bin2bn(block, (int)len, NULL), *s1 = BN_new(), *s2 = BN_new();
    bool ok = c && q && p && dq && dp && qinv && m && s1 && s2 && BN_mod_exp(s1, m, dp, p, c) &&
              BN_mod_exp(s2, m, dq, q, c) && BN_mod_sub(s1, s1, s2, p, c) && BN_mod_mul(s1, s1, qinv, p, c) &&
              BN_mul(s1, s1, q, c) && BN_add(s1, s1, s2) && BN_bn2binpad(s1, block, (int)len) == (int)len;

    BN_clear_free(q);
    BN_clear_free(p);
    BN_clear_free(dq);
    BN_clear_free(dp);
    BN_clear_free(qinv);
    BN_clear_free(m);
    BN_clear_free(s1);
    BN_clear_free(s2);
    BN_CTX_free(c);
    return ok;
}

/* 6A 05 01 LDD dynamic BB.. hash BC; the hash goes from the format to the fill and over `tail`. */
static bool sign_dynamic(const struct pay_data *d, const struct out *dynamic, const uint8_t *tail,
                         size_t tail_len, uint8_t *block)
{
    size_t n = modulus_len(d);
    const struct lab_piece covered[] = {{block + 1, n - 1 - LAB_SHA1_LEN - 1}, {tail, tail_len}};

    if (n < FRAME + dynamic->len)
        return false;
    memset(block, FILL, n);
    block[0] = HEADER;
    block[1] = FORMAT_DYNAMIC;
    block[2] = HASH_SHA1;
    block[3] = (uint8_t)dynamic->len;
    memcpy(block + 4, dynamic->at, dynamic->len);
    block[n - 1] = TRAILER;
    return lab_sha1(covered, 2, block + n - 1 - LAB_SHA1_LEN) && sign(d, block, n);
}

/* The card's own number of this signature, its length before it. */
static bool put_number(struct out *o)
{
    uint8_t number[NUMBER_LEN];

    if (getrandom(number, sizeof number, 0) != (ssize_t)sizeof number)
        return false;
    out_number(o, sizeof number, 1);
    out_bytes(o, number, sizeof number);
    return true;
}

uint16_t oda_internal_authenticate(struct payment *p, struct job *j)
{
    uint8_t room[NUMBER_LEN + 1], block[2 * PAY_RSA_HALF];
    struct out dynamic;
    size_t mark;

    if (j->cmd.p1 != 0 || j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    if (p->live == NULL || !p->processing || p->decided || modulus_len(p->live) == 0)
        return SW_CONDITIONS_NOT_SATISFIED;
    if (j->cmd.lc < UNPREDICTABLE)
        return SW_WRONG_LENGTH;
    out_init(&dynamic, room, sizeof room);
    if (!put_number(&dynamic) || !sign_dynamic(p->live, &dynamic, j->cmd.data, j->cmd.lc, block))
        return SW_UNKNOWN;
    mark = out_open(j->reply, 0x77);
    out_tlv(j->reply, TAG_SIGNED_DATA, block, modulus_len(p->live));
    out_close(j->reply, mark);
    return SW_OK;
}

bool oda_combine(const struct payment *p, const struct oda_combined *c, struct out *o)
{
    uint8_t room[1 + NUMBER_LEN + 1 + PAY_AC_LEN + LAB_SHA1_LEN], block[2 * PAY_RSA_HALF], hash[LAB_SHA1_LEN];
    const struct lab_piece transaction[] = {
        {p->pdol, p->pdol_len}, {c->cdol, c->cdol_len}, {c->answer, c->answer_len}};
    struct out dynamic;

    out_init(&dynamic, room, sizeof room);
    if (modulus_len(p->live) == 0 || !lab_sha1(transaction, 3, hash) || !put_number(&dynamic))
        return false;
    out_number(&dynamic, c->cid, 1);
    out_bytes(&dynamic, c->ac, PAY_AC_LEN);
    out_bytes(&dynamic, hash, sizeof hash);
    if (!sign_dynamic(p->live, &dynamic, c->number, UNPREDICTABLE, block))
        return false;
    out_tlv(o, TAG_SIGNED_DATA, block, modulus_len(p->live));
    return true;
}
