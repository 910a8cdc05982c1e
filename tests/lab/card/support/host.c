/* SPDX-License-Identifier: Apache-2.0 */
/* The off-card half of SCP02 and SCP03 for the tests of the card: authentication, wrapping, checking of
 * answers; pure; GPCS 2.3.1 appendix E, Amd D. */
#include "host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define R_MAC 0x10
#define R_ENC 0x20
#define C_ENC 0x02
#define C_MAC 0x01

/* Amd D 4.1.5 for outputs of up to 32 bytes. */
static void kdf(const struct sym_key *k, uint8_t constant, const uint8_t *context, size_t context_len,
                struct sym_key *to)
{
    size_t len = to->len;

    for (size_t i = 0; i * 16 < len; i++) {
        uint8_t in[64] = {[11] = constant, [13] = (uint8_t)(len >> 5), [14] = (uint8_t)(len << 3)};
        uint8_t block[16];

        in[15] = (uint8_t)(i + 1);
        memcpy(in + 16, context, context_len);
        assert_true(aes_cmac(k, in, 16 + context_len, block));
        memcpy(to->value + 16 * i, block, len - 16 * i < 16 ? len - 16 * i : 16);
    }
}

static void open_scp03(struct desk *d, const uint8_t *card_challenge, size_t n, const uint8_t *cryptogram)
{
    uint8_t context[32];
    struct sym_key expected = {.len = (uint8_t)n};

    memcpy(context, d->host_challenge, n);
    memcpy(context + n, card_challenge, n);
    d->s_enc = d->s_mac = d->s_rmac = d->enc;
    kdf(&d->enc, 0x04, context, 2 * n, &d->s_enc);
    kdf(&d->mac, 0x06, context, 2 * n, &d->s_mac);
    kdf(&d->mac, 0x07, context, 2 * n, &d->s_rmac);
    d->s_dek = d->dek;
    kdf(&d->s_mac, 0x00, context, 2 * n, &expected);
    assert_memory_equal(expected.value, cryptogram, n);
    expected.len = (uint8_t)n;
    kdf(&d->s_mac, 0x01, context, 2 * n, &expected);
    memcpy(d->chain, expected.value, n); /* the host cryptogram, until it has been sent */
}

static void scp02_key(const struct sym_key *from, uint16_t constant, const uint8_t *sequence,
                      struct sym_key *to)
{
    uint8_t data[16] = {(uint8_t)(constant >> 8), (uint8_t)constant, sequence[0], sequence[1]};

    *to = (struct sym_key){.type = KEY_TYPE_DES, .len = 16};
    assert_true(sym_cbc_encrypt(from, NULL, data, sizeof data, to->value));
}

/* `from_card` = sequence counter 2, challenge 6, cryptogram 8. */
static void open_scp02(struct desk *d, const uint8_t *from_card)
{
    uint8_t data[16], mac[8];

    scp02_key(&d->enc, 0x0182, from_card, &d->s_enc);
    scp02_key(&d->mac, 0x0101, from_card, &d->s_mac);
    scp02_key(&d->mac, 0x0102, from_card, &d->s_rmac);
    scp02_key(&d->dek, 0x0181, from_card, &d->s_dek);
    memcpy(data, d->host_challenge, 8);
    memcpy(data + 8, from_card, 8);
    assert_true(des_mac_full(&d->s_enc, NULL, data, sizeof data, mac));
    assert_memory_equal(mac, from_card + 8, 8);
    memcpy(data, from_card, 8);
    memcpy(data + 8, d->host_challenge, 8);
    assert_true(des_mac_full(&d->s_enc, NULL, data, sizeof data, d->chain));
}

uint16_t host_open(struct desk *d, uint8_t kvn, uint8_t level, size_t n)
{
    uint8_t command[64] = {(uint8_t)(0x80 | d->channel), 0x50, kvn, 0x00, (uint8_t)n};
    uint8_t cryptogram[16];
    uint8_t *out;
    size_t len;

    assert_true(lab_random(d->host_challenge, n));
    memcpy(command + 5, d->host_challenge, n);
    len = desk_send(d, command, 5 + n + 1, &out);
    if (len == 2)
        return (uint16_t)lab_number(out, 2);
    assert_in_range(len, 30, 60);
    d->scp = out[11];
    d->mac_len = (uint8_t)n;
    d->counter = 0;
    d->chained = false;
    if (d->scp == 0x03) {
        d->option = out[12];
        assert_int_equal(len, 13 + 2 * n + ((d->option & 0x10) != 0 ? 3 : 0) + 2);
        open_scp03(d, out + 13, n, out + 13 + n);
    } else {
        assert_int_equal(len, 30);
        open_scp02(d, out + 12);
    }
    memcpy(cryptogram, d->chain, n);
    memset(d->chain, 0, sizeof d->chain);
    d->level = C_MAC;
    memcpy(command, (const uint8_t[]){0x80, 0x82, level, 0x00, (uint8_t)n}, 5);
    memcpy(command + 5, cryptogram, n);
    host_wrap(d, command, 5 + n);
    assert_true(lab_hex_read(d->wrapped, command, sizeof command, &len));
    len = desk_send(d, command, len, &out);
    assert_int_equal(len, 2);
    d->level = level;
    d->counter = 0;
    memcpy(d->r_chain, d->chain, sizeof d->r_chain);
    return (uint16_t)lab_number(out, 2);
}

static size_t pad(uint8_t *at, size_t n, size_t block)
{
    at[n++] = 0x80;
    while (n % block != 0)
        at[n++] = 0x00;
    return n;
}

static void counter_icv(const struct desk *d, uint8_t first, uint8_t icv[16])
{
    memset(icv, 0, 16);
    icv[0] = first;
    icv[15] = (uint8_t)d->counter;
    icv[14] = (uint8_t)(d->counter >> 8);
    assert_true(sym_ecb_encrypt(&d->s_enc, icv, 16, icv));
}

static size_t protect_scp03(struct desk *d, uint8_t *command, size_t data)
{
    uint8_t input[512], icv[16];

    d->counter++;
    if ((d->level & C_ENC) != 0 && data > 0) {
        data = pad(command + 5, data, 16);
        counter_icv(d, 0x00, icv);
        assert_true(sym_cbc_encrypt(&d->s_enc, icv, command + 5, data, command + 5));
    }
    command[0] |= 0x04;
    command[4] = (uint8_t)(data + d->mac_len);
    memcpy(input, d->chain, 16);
    memcpy(input + 16, command, 5 + data);
    assert_true(aes_cmac(&d->s_mac, input, 16 + 5 + data, d->chain));
    memcpy(command + 5 + data, d->chain, d->mac_len);
    return data + d->mac_len;
}

/* i = 15 and relatives: C-MAC over the modified command, ICV encrypted from the second command on. */
static size_t protect_scp02(struct desk *d, uint8_t *command, size_t data)
{
    struct sym_key half = d->s_mac;

    half.len = 8;
    if (d->chained)
        assert_true(sym_ecb_encrypt(&half, d->chain, 8, d->chain));
    d->chained = true;
    command[0] |= 0x04;
    command[4] = (uint8_t)(data + 8);
    assert_true(des_mac_retail(&d->s_mac, d->chain, command, 5 + data, d->chain));
    if ((d->level & C_ENC) != 0 && data > 0) {
        data = pad(command + 5, data, 8);
        assert_true(sym_cbc_encrypt(&d->s_enc, NULL, command + 5, data, command + 5));
        command[4] = (uint8_t)(data + 8);
    }
    memcpy(command + 5 + data, d->chain, 8);
    return data + 8;
}

void host_wrap(struct desk *d, const uint8_t *in, size_t n)
{
    uint8_t command[DESK_HEX / 2];
    size_t data = n > 5 ? in[4] : 0;
    bool has_le = n == 5 || n > 5 + data;

    assert_true(n >= 4 && n <= 261);
    memcpy(command, in, n);
    if ((d->level & C_MAC) != 0) {
        data = d->scp == 0x03 ? protect_scp03(d, command, data) : protect_scp02(d, command, data);
        command[0] |= d->channel;
        n = 5 + data;
        if (has_le)
            command[n++] = 0x00;
    }
    lab_hex_write(command, n, d->wrapped);
}

static void check_scp02_rmac(struct desk *d, const uint8_t *in, size_t n, const uint8_t *out, size_t len)
{
    uint8_t input[1024];
    size_t data = n > 5 ? in[4] : 0;
    bool error = out[len - 2] != 0x90 && out[len - 2] != 0x62 && out[len - 2] != 0x63;
    size_t reply = len - 10, at = 5 + data;

    memcpy(input, in, 4);
    input[4] = (uint8_t)data;
    memcpy(input + 5, in + 5, data);
    input[at++] = error ? 0 : (uint8_t)reply;
    memcpy(input + at, out, error ? 0 : reply);
    at += error ? 0 : reply;
    memcpy(input + at, out + len - 2, 2);
    assert_true(des_mac_retail(&d->s_rmac, d->r_chain, input, at + 2, d->r_chain));
    assert_memory_equal(d->r_chain, out + reply, 8);
}

/* Returns the length of the clear data, which is left in `data`. */
static size_t open_scp03_reply(struct desk *d, const uint8_t *out, size_t len, uint8_t *data)
{
    uint8_t input[1024], mac[16], icv[16];
    size_t n = len - 2 - d->mac_len;

    memcpy(input, d->chain, 16);
    memcpy(input + 16, out, n);
    memcpy(input + 16 + n, out + len - 2, 2);
    assert_true(aes_cmac(&d->s_rmac, input, 16 + n + 2, mac));
    assert_memory_equal(mac, out + n, d->mac_len);
    memcpy(data, out, n);
    if ((d->level & R_ENC) == 0 || n == 0)
        return n;
    counter_icv(d, 0x80, icv);
    assert_true(sym_cbc_decrypt(&d->s_enc, icv, data, n, data));
    while (data[--n] == 0x00)
        ;
    assert_int_equal(data[n], 0x80);
    return n;
}

uint16_t host_unwrap(struct desk *d, const uint8_t *in, size_t n, const uint8_t *out, size_t len)
{
    uint16_t sw = (uint16_t)lab_number(out + len - 2, 2);
    bool error = sw != 0x9000 && sw >> 8 != 0x62 && sw >> 8 != 0x63;
    uint8_t data[1024];
    size_t data_len = len - 2;

    assert_in_range(len, 2, 258);
    memcpy(data, out, data_len);
    if ((d->level & R_MAC) != 0 && d->scp == 0x02) {
        check_scp02_rmac(d, in, n, out, len);
        data_len = len - 10;
    } else if ((d->level & R_MAC) != 0 && !error) {
        data_len = open_scp03_reply(d, out, len, data);
    }
    if (error && (d->level & R_MAC) != 0 && d->scp == 0x03)
        assert_int_equal(len, 2);
    lab_hex_write(data, data_len, d->data);
    return sw;
}
