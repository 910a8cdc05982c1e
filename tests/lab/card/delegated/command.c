/* SPDX-License-Identifier: Apache-2.0 */
/* The offices around a delegated domain, for tests: commands with tokens, cut into chains where they are too
 * long; pure; GPCS 2.3.1 11.1.5.1, 11.2.2.3.1, 11.5.2.3, C.4. */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BODY   3000 /* bytes */
#define SHORT_MAX  255
#define LEVEL_CENC 0x02

/* Encrypts and MACs the command as a whole (Amd D 6.2.4, 6.2.6); returns the length of its data field. */
static size_t protect_whole(struct desk *d, uint8_t head[4], uint8_t *data, size_t n)
{
    static uint8_t input[16 + 7 + MAX_BODY + 32];
    uint8_t icv[16] = {0};
    size_t at = 16;

    d->counter++;
    if ((d->level & LEVEL_CENC) != 0) {
        icv[15] = (uint8_t)d->counter;
        assert_true(sym_ecb_encrypt(&d->s_enc, icv, 16, icv));
        data[n++] = 0x80;
        while (n % 16 != 0)
            data[n++] = 0x00;
        assert_true(sym_cbc_encrypt(&d->s_enc, icv, data, n, data));
    }
    head[0] |= 0x04;
    memcpy(input, d->chain, 16);
    memcpy(input + at, head, 4);
    at += 4;
    if (n + d->mac_len > SHORT_MAX) {
        input[at++] = 0x00;
        input[at++] = (uint8_t)((n + d->mac_len) >> 8);
    }
    input[at++] = (uint8_t)(n + d->mac_len);
    memcpy(input + at, data, n);
    assert_true(aes_cmac(&d->s_mac, input, at + n, d->chain));
    memcpy(data + n, d->chain, d->mac_len);
    return n + d->mac_len;
}

/* Sends one part; returns its status word, the answer's data in clear is in d->data after the last one. */
static uint16_t send_part(struct desk *d, const uint8_t head[4], const uint8_t *data, size_t n, bool last)
{
    uint8_t command[5 + SHORT_MAX + 1];
    uint8_t *out;
    size_t len;

    memcpy(command, head, 4);
    command[2] |= last ? 0x00 : 0x80;
    command[4] = (uint8_t)n;
    memcpy(command + 5, data, n);
    command[5 + n] = 0x00;
    len = desk_send(d, command, 6 + n, &out);
    d->data[0] = '\0';
    if (last)
        return host_unwrap(d, command, 6 + n, out, len);
    assert_int_equal(len, 2);
    return (uint16_t)lab_number(out, 2);
}

uint16_t secure_chain(struct desk *d, const char *header, const char *body)
{
    static uint8_t data[MAX_BODY + 32];
    uint8_t head[4];
    uint16_t sw = 0x9000;
    size_t n, at = 0;

    assert_true(lab_hex_read(header, head, sizeof head, &n));
    if (!lab_hex_read(body, data, MAX_BODY, &n))
        fail_msg("not hex: %s", body);
    n = protect_whole(d, head, data, n);
    do {
        size_t part = n - at < SHORT_MAX ? n - at : SHORT_MAX;

        sw = send_part(d, head, data + at, part, at + part == n);
        at += part;
    } while (sw == 0x9000 && at < n);
    return sw;
}

/* Appends a BER length and the value; returns the end. */
static char *put_lv(char *to, const char *value)
{
    size_t n = strlen(value) / 2;

    if (n > SHORT_MAX)
        return to + sprintf(to, "82%04zX%s", n, value);
    return to + sprintf(to, n > 127 ? "81%02zX%s" : "%02zX%s", n, value);
}

void join(const char *const *fields, size_t count, char *body)
{
    *body = '\0';
    for (size_t i = 0; i < count; i++)
        body = put_lv(body, fields[i]);
}

/* What a token covers: P1, P2, the length without the token, the data without it (Tables C-4 to C-9). */
static void token_over(const struct office *o, const char *p1p2, const char *body, char *token)
{
    char input[2 * MAX_SIGNED];
    size_t n = strlen(body) / 2;

    snprintf(input, sizeof input, n > SHORT_MAX ? "%s00%04zX%s" : "%s%02zX%s", p1p2, n, body);
    office_sign(o, input, token);
}

uint16_t install_token(struct desk *d, const struct office *o, unsigned p1, const char *const *fields,
                       size_t count)
{
    char body[2 * MAX_SIGNED], token[1100], p1p2[5], header[9];

    join(fields, count, body);
    snprintf(p1p2, sizeof p1p2, "%02X00", p1);
    snprintf(header, sizeof header, "80E6%s", p1p2);
    token_over(o, p1p2, body, token);
    put_lv(body + strlen(body), token);
    return secure_chain(d, header, body);
}

uint16_t delete_token(struct desk *d, const struct office *o, const char *aid, const char *crt)
{
    char body[2 * MAX_SIGNED], token[1100];
    size_t n = (size_t)sprintf(body, "4F%02zX%s", strlen(aid) / 2, aid);

    if (*crt != '\0')
        n += (size_t)sprintf(body + n, "B6%02zX%s", strlen(crt) / 2, crt);
    token_over(o, "0080", body, token);
    n += (size_t)sprintf(body + n, "9E");
    put_lv(body + n, token);
    return secure_chain(d, "80E40080", body);
}

const char *cap_hash(void)
{
    static char hex[65];
    uint8_t cap[64], hash[32];
    size_t n;

    assert_true(lab_hex_read(CAP, cap, sizeof cap, &n));
    assert_true(lab_digest(sizeof hash, cap, n, hash));
    lab_hex_write(hash, sizeof hash, hex);
    return hex;
}

uint16_t load_token(struct desk *d, const struct office *o, const char *domain)
{
    const char *fields[] = {APP_PACKAGE, domain, cap_hash(), ""};
    uint16_t sw = install_token(d, o, 0x02, fields, 4);

    return sw == 0x9000 ? secure(d, "80E88000" LOAD_LEN LOAD_FILE "00") : sw;
}

void domain_with(struct desk *d, const char *aid, const char *privileges)
{
    struct install f = {SD_PACKAGE, SD_MODULE, aid, privileges, "C900"};

    assert_int_equal(install(d, 0x0C, &f), 0x9000);
    assert_int_equal(select_aid(d, aid), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
}

void enter(struct desk *d, const char *aid)
{
    assert_int_equal(select_aid(d, aid), 0x9000);
    use_key(d, KEY_TYPE_AES, strcmp(aid, ISD) == 0 ? "404142434445464748494A4B4C4D4E4F" : NEW_KEY);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
}

struct desk *delegated(const struct office *o, const struct card_config *cfg)
{
    struct office receipts = office_sym(KEY_TYPE_AES, RECEIPT_KEY);
    struct desk *d = opened(cfg);

    assert_int_equal(put_office_key(d, o, 0x70), 0x9000);
    assert_int_equal(put_office_key(d, &receipts, 0x71), 0x9000);
    domain_with(d, PROVIDER, "A08000");
    enter(d, PROVIDER);
    return d;
}
