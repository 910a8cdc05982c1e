/* SPDX-License-Identifier: Apache-2.0 */
/* Card keys and card values from issuer masters, each block enciphered in the token. Station 5. Edge. [EMV
 * Book 2 A1.4; the CVV algorithm] */
#include "vault/keys/emv.h"

#include "vault/block/policy.h"
#include "vault/party.h"

enum tsm_err vault_emv_udk(struct vault_party *p, const char *master, enum emv_option option,
                           struct emv_card_id card, struct secret *out)
{
    uint8_t y[EMV_BLOCK];
    struct worker *w;
    CIPHER_KEY key = {0};
    SECRET udk = {.len = EMV_KEY_LEN};
    TRY(policy_need(p, master, USAGE_ANY_IMK, "X"));
    TRY(worker_get(&w));
    TRY(emv_diversification(option, card, w->crypto, y));
    TRY(master_key(p, master, MASTER_TDES, &key));
    TRY(emv_udk(&key, y, udk.at));
    *out = udk;
    return TSM_OK;
}

/* emv_cvv cuts its key in two, which no token allows; here both halves are keys of their own: DES under CVKA
 * of the first block, xor the second, then TDES under the pair. */
enum tsm_err vault_emv_cvv(struct vault_party *p, const char *cvk, struct cvv_input in, char cvv[CVV_ROOM])
{
    char left_name[TOKEN_NAME_MAX + 1];
    uint8_t blocks[2 * EMV_BLOCK], x[EMV_BLOCK];
    CIPHER_KEY left = {0};
    CIPHER_KEY pair = {0};
    TRY(policy_need(p, cvk, USAGE_CVK, "GC"));
    TRY(emv_cvv_blocks(in, blocks));
    TRY(cvk_left_name(cvk, left_name));
    TRY(master_key(p, left_name, MASTER_CVK, &left));
    TRY(master_key(p, cvk, MASTER_CVK, &pair));
    TRY(crypto_ecb(&left, ENCRYPT, BYTES_OF(blocks, EMV_BLOCK), x));
    for (size_t i = 0; i < EMV_BLOCK; i++)
        x[i] ^= blocks[EMV_BLOCK + i];
    TRY(crypto_ecb(&pair, ENCRYPT, BYTES(x), x));
    emv_cvv_digits(x, cvv);
    return TSM_OK;
}

enum tsm_err vault_emv_icvv(struct vault_party *p, const char *cvk, const char *pan, const char *expiry,
                            char cvv[CVV_ROOM])
{
    return vault_emv_cvv(p, cvk, (struct cvv_input){pan, expiry, SERVICE_CODE_ICVV}, cvv);
}
