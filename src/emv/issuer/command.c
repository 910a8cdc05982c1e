/* SPDX-License-Identifier: Apache-2.0 */
/* Issuer script commands: session key, enciphered data, MAC. Station 7 (in the vault). Pure. [EMV Book 2 9,
 * A1.3] */
#include "emv/issuer/command.h"

#include <string.h>

enum {
    CLA_SCRIPT = 0x84,
    HEADER = 5,
    KEY_PART_AT = 4, /* of the cryptogram key in a PIN block that is bound to it */
    LENGTH_DIGIT = 0x0F,
    CIPHER_MAX = ISSUER_DATA_MAX + 2 * EMV_BLOCK,
};

/* The cryptogram counts up, as one big number. */
static void count_up(uint8_t r[EMV_BLOCK], unsigned by)
{
    for (size_t i = EMV_BLOCK; i-- > 0 && by > 0; by >>= 8) {
        by += r[i];
        r[i] = (uint8_t)by;
    }
}

enum tsm_err issuer_session_key(const struct issuer_making *m, const uint8_t card[EMV_KEY_LEN],
                                uint8_t session[EMV_KEY_LEN])
{
    uint8_t r[EMV_BLOCK];
    CIPHER_KEY key = {0};
    if (m->rules->session == ISSUER_BY_COUNTER) {
        emv_visa_script_key(card, m->place.atc, session);
        return TSM_OK;
    }
    memcpy(r, m->place.ac, sizeof r);
    count_up(r, m->place.commands);
    TRY(crypto_key(m->crypto, CIPHER_TDES, BYTES_OF(card, EMV_KEY_LEN), &key));
    return emv_session_key(&key, r, session);
}

enum tsm_err issuer_pin_block(const struct issuer_making *m, uint8_t block[PIN_BLOCK])
{
    NEED(m->pin != NULL, MISSING_FIELD);
    TRY(pin_block_write(PIN_ISO_2, m->pin, (struct pin_fill){NULL, NULL}, block));
    if (m->rules->pin == ISSUER_PIN_ISO_2)
        return TSM_OK;
    block[0] &= LENGTH_DIGIT;
    for (size_t i = KEY_PART_AT; i < PIN_BLOCK; i++)
        block[i] ^= m->keys->ac[i];
    return TSM_OK;
}

static enum tsm_err padded(const struct issuer_making *m, struct bytes data, struct writer *w)
{
    if (m->rules->cipher == ISSUER_LENGTH_ECB)
        TRY(write_u8(w, (unsigned)data.len));
    TRY(write_span(w, data));
    if (m->rules->cipher == ISSUER_CBC_SHORT && data.len % EMV_BLOCK == 0)
        return TSM_OK;
    return pad_80(w, 0, EMV_BLOCK);
}

enum tsm_err issuer_encipher(const struct issuer_making *m, const uint8_t session[EMV_KEY_LEN],
                             struct bytes data, struct writer *w)
{
    uint8_t plain[CIPHER_MAX], *at;
    struct writer p = WRITER(plain), to = *w;
    CIPHER_KEY key = {0};
    enum tsm_err e;
    TRY(crypto_key(m->crypto, CIPHER_TDES, BYTES_OF(session, EMV_KEY_LEN), &key));
    e = padded(m, data, &p);
    if (e == TSM_OK)
        e = write_slot(&to, p.len, &at);
    if (e == TSM_OK)
        e = m->rules->cipher == ISSUER_LENGTH_ECB ? crypto_ecb(&key, ENCRYPT, written(&p), at)
                                                  : crypto_cbc(&key, ENCRYPT, NULL, written(&p), at);
    explicit_bzero(plain, sizeof plain);
    if (e == TSM_OK)
        *w = to;
    return e;
}

/* The data field without the MAC. */
static enum tsm_err data_write(const struct issuer_making *m, const struct issuer_command *c,
                               struct writer *w)
{
    uint8_t block[PIN_BLOCK];
    SECRET session = {.len = EMV_KEY_LEN};
    enum tsm_err e;
    if (!c->pin)
        return write_span(w, BYTES_OF(c->data, c->len));
    TRY(issuer_session_key(m, m->keys->enc, session.at));
    e = issuer_pin_block(m, block);
    if (e == TSM_OK)
        e = issuer_encipher(m, session.at, BYTES(block), w);
    explicit_bzero(block, sizeof block);
    return e;
}

static enum tsm_err mac_write(const struct issuer_making *m, struct bytes header, struct bytes data,
                              struct writer *w)
{
    uint8_t input[HEADER + 2 + EMV_AC_LEN + CIPHER_MAX], mac[EMV_BLOCK];
    struct writer in = WRITER(input);
    SECRET session = {.len = EMV_KEY_LEN};
    CIPHER_KEY key = {0};
    TRY(write_span(&in, header));
    if (m->rules->covers == ISSUER_COVERS_TRANSACTION) {
        TRY(write_u16(&in, m->place.atc));
        TRY(write_span(&in, BYTES(m->place.ac)));
    }
    TRY(write_span(&in, data));
    TRY(issuer_session_key(m, m->keys->mac, session.at));
    TRY(crypto_key(m->crypto, CIPHER_TDES, secret_bytes(&session), &key));
    TRY(emv_mac(&key, EMV_PAD_2, written(&in), mac));
    return write_span(w, BYTES_OF(mac, (size_t)m->rules->mac_len));
}

enum tsm_err issuer_command_write(struct issuer_making *m, const struct issuer_command *c, struct writer *w)
{
    uint8_t room[CIPHER_MAX], header[HEADER];
    struct writer data = WRITER(room), head = WRITER(header), to = *w;
    NEED(c->len <= ISSUER_DATA_MAX, TOO_LONG);
    TRY(data_write(m, c, &data));
    for (size_t i = 0; i < HEADER; i++)
        TRY(write_u8(&head, (const unsigned[]){CLA_SCRIPT, c->ins, c->p1, c->p2,
                                               (unsigned)(data.len + (size_t)m->rules->mac_len)}[i]));
    TRY(write_span(&to, written(&head)));
    TRY(write_span(&to, written(&data)));
    TRY(mac_write(m, written(&head), written(&data), &to));
    m->place.commands++;
    *w = to;
    return TSM_OK;
}
