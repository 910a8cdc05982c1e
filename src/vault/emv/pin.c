/* SPDX-License-Identifier: Apache-2.0 */
/* PIN blocks and prepared values from the keys they come under; the clear form exists on this stack and is
 * wiped. Station 5. Edge. [ISO 9564-1; PCI PIN 3-3; EMV CPS 1.1 4.3] */
#include "base/hex.h"
#include "emv/cryptogram.h"
#include "vault/block/policy.h"
#include "vault/emv/inside.h"
#include "vault/party.h"

static enum tsm_err zone_key(struct vault_party *p, struct pin_zone z, const char *modes,
                             struct cipher_key *out)
{
    TRY(policy_need(p, z.key, USAGE_PIN, modes));
    return token_cipher_key(p->token, z.key, z.format == PIN_ISO_4 ? CIPHER_AES : CIPHER_TDES, out);
}

enum tsm_err vault_translate_pin(struct vault_party *p, const struct pin_translation *t, struct writer *out)
{
    uint8_t random[PIN_RANDOM_MAX];
    struct cipher_key from, to;
    PIN pin = {""};
    TRY(pin_may_become(t->from.format, t->to.format));
    TRY(zone_key(p, t->from, "D", &from));
    TRY(zone_key(p, t->to, "E", &to));
    TRY(pin_open(&from, t->from.format, t->block, t->pan, &pin));
    TRY(token_random(p->token, random, sizeof random));
    return pin_seal(&to, t->to.format, &pin, (struct pin_fill){t->pan, random}, out);
}

enum tsm_err pin_for(void *party, const char *zone, const struct card_record *card, uint8_t block[PIN_BLOCK])
{
    struct pin_zone z = {zone, (enum pin_format)card->pin_format};
    uint8_t in[PIN_BLOCK_MAX];
    struct cipher_key key;
    PIN pin = {""};
    enum tsm_err e;
    size_t len;
    TRY(pin_may_become(z.format, PIN_ISO_2));
    TRY(zone_key(party, z, "D", &key));
    TRY(hex_read(card->pin_block, in, sizeof in, &len));
    e = pin_open(&key, z.format, BYTES_OF(in, len), card->pan, &pin);
    if (e != TSM_OK && err_may_retry(e)) /* the token's fault, which passes */
        return e;
    if (e != TSM_OK)
        return FAIL_FIELD(
            BAD_VALUE, "pin_block", "the PIN block holds no PIN under its key%s",
            z.format == PIN_ISO_1 ? "" : " for the number that the card has, its token if it has one");
    return pin_block_write(PIN_ISO_2, &pin, (struct pin_fill){NULL, NULL}, block);
}

enum tsm_err cvc3_iv_for(void *party, const uint8_t udk[EMV_KEY_LEN], struct bytes track, uint8_t iv[CVC3_IV])
{
    struct worker *w;
    CIPHER_KEY key = {0};
    (void)party;
    TRY(worker_get(&w));
    TRY(crypto_key(w->crypto, CIPHER_TDES, BYTES_OF(udk, EMV_KEY_LEN), &key));
    return emv_cvc3_iv(&key, track, iv);
}

/* TDES as personalisation bureaus do it, without chaining; AES with CBC and zero IV. A key that came in a
 * block must be one for keys or for data, and allow to decipher. */
enum tsm_err prepared_for(void *party, const char *transport, struct bytes cipher, struct writer *w)
{
    struct vault_party *p = party;
    struct cipher_key key;
    enum tsm_err e;
    uint8_t *at;
    struct writer to = *w;
    if (policy_need(p, transport, USAGE_KEK, "D") != TSM_OK)
        TRY(policy_need(p, transport, USAGE_DATA, "D"));
    e = token_cipher_key(p->token, transport, CIPHER_TDES, &key);
    if (e != TSM_OK && err_may_retry(e))
        return e;
    if (e != TSM_OK)
        TRY(token_cipher_key(p->token, transport, CIPHER_AES, &key));
    err_clear();
    if (cipher.len == 0 || cipher.len % cipher_block(&key) != 0)
        return FAIL_FIELD(BAD_LENGTH, "groupings",
                          "an encrypted grouping is no whole number of cipher blocks");
    TRY(write_slot(&to, cipher.len, &at));
    TRY(key.alg == CIPHER_TDES ? crypto_ecb(&key, DECRYPT, cipher, at)
                               : crypto_cbc(&key, DECRYPT, NULL, cipher, at));
    *w = to;
    return TSM_OK;
}
