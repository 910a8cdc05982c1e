/* SPDX-License-Identifier: Apache-2.0 */
/* A desk with a card in the reader: commands as hex text, in clear or through a secure channel whose off-card
 * half is written here for the tests (GPCS 2.3.1 appendix E, Amd D); pure. */
#include "desk.h"

#include "host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DEFAULT_KEY "404142434445464748494A4B4C4D4E4F"

static uint8_t answer_buffer[CARD_MAX_RAPDU];

struct desk *desk_new(const struct card_config *cfg)
{
    const struct card_config factory = {0};
    struct desk *d = calloc(1, sizeof *d);

    assert_non_null(d);
    d->card = card_new(cfg == NULL ? &factory : cfg);
    assert_non_null(d->card);
    use_key(d,
            cfg != NULL && cfg->scp != NULL && strncmp(cfg->scp, "scp02", 5) == 0 ? KEY_TYPE_DES
                                                                                  : KEY_TYPE_AES,
            DEFAULT_KEY);
    return d;
}

void desk_free(struct desk *d)
{
    card_free(d->card);
    free(d);
}

void use_key(struct desk *d, uint8_t type, const char *hex)
{
    size_t n;

    d->enc = (struct sym_key){.type = type};
    assert_true(lab_hex_read(hex, d->enc.value, sizeof d->enc.value, &n));
    d->enc.len = (uint8_t)n;
    d->mac = d->enc;
    d->dek = d->enc;
}

size_t desk_send(struct desk *d, const uint8_t *in, size_t n, uint8_t **answer)
{
    *answer = answer_buffer;
    return card_transmit(d->card, in, n, answer_buffer);
}

__attribute__((format(printf, 1, 0))) static size_t read_format(const char *format, va_list args, uint8_t *to,
                                                                size_t cap)
{
    char hex[DESK_HEX];
    size_t n = 0;

    vsnprintf(hex, sizeof hex, format, args);
    if (!lab_hex_read(hex, to, cap, &n))
        fail_msg("not hex: %s", hex);
    return n;
}

uint16_t plain(struct desk *d, const char *format, ...)
{
    uint8_t in[DESK_HEX / 2];
    uint8_t *out;
    va_list args;
    size_t n;

    va_start(args, format);
    n = read_format(format, args, in, sizeof in);
    va_end(args);
    n = desk_send(d, in, n, &out);
    d->data[0] = '\0';
    if (n < 2)
        return 0;
    assert_in_range(n, 2, DESK_HEX / 2);
    lab_hex_write(out, n - 2, d->data);
    return (uint16_t)lab_number(out + n - 2, 2);
}

void wrap(struct desk *d, const char *format, ...)
{
    uint8_t in[DESK_HEX / 2];
    va_list args;
    size_t n;

    va_start(args, format);
    n = read_format(format, args, in, sizeof in);
    va_end(args);
    host_wrap(d, in, n);
}

uint16_t secure(struct desk *d, const char *format, ...)
{
    uint8_t in[DESK_HEX / 2], command[DESK_HEX / 2];
    uint8_t *out;
    va_list args;
    size_t n, len;

    va_start(args, format);
    n = read_format(format, args, in, sizeof in);
    va_end(args);
    host_wrap(d, in, n);
    assert_true(lab_hex_read(d->wrapped, command, sizeof command, &len));
    len = desk_send(d, command, len, &out);
    d->data[0] = '\0';
    return len < 2 ? 0 : host_unwrap(d, in, n, out, len);
}

uint16_t install(struct desk *d, uint8_t p1, const struct install *f)
{
    const char *fields[] = {f->first, f->second, f->third, f->privileges, f->parameters, ""};
    size_t count = p1 == 0x02 ? 5 : 6, n = 0;
    char body[600];

    for (size_t i = 0; i < count; i++) {
        const char *value = i + 1 == count || fields[i] == NULL ? "" : fields[i];

        n += (size_t)snprintf(body + n, sizeof body - n, "%02zX%s", strlen(value) / 2, value);
    }
    return secure(d, "80E6%02X00%02zX%s00", p1, strlen(body) / 2, body);
}

uint16_t create_domain(struct desk *d, const char *aid, const char *c9)
{
    char parameters[256];
    struct install f = {SD_PACKAGE, SD_MODULE, aid, "80", parameters};

    snprintf(parameters, sizeof parameters, "C9%02zX%s", strlen(c9) / 2, c9);
    return install(d, 0x0C, &f);
}

uint16_t select_aid(struct desk *d, const char *aid)
{
    return plain(d, "00A40400%02zX%s00", strlen(aid) / 2, aid);
}

uint16_t open_session(struct desk *d, uint8_t kvn, uint8_t level)
{
    return host_open(d, kvn, level, 8);
}

uint16_t open_session_s16(struct desk *d, uint8_t kvn, uint8_t level)
{
    return host_open(d, kvn, level, 16);
}

void kcv_of(uint8_t type, const char *key_hex, char to[7])
{
    struct sym_key k = {.type = type};
    uint8_t kcv[SYM_KCV_LEN];
    size_t n;

    assert_true(lab_hex_read(key_hex, k.value, sizeof k.value, &n));
    k.len = (uint8_t)n;
    assert_true(sym_kcv(&k, kcv));
    lab_hex_write(kcv, sizeof kcv, to);
}

void under_dek(const struct desk *d, const char *key_hex, char *to)
{
    uint8_t value[512] = {0};
    size_t n, block = sym_block(&d->s_dek);

    assert_true(lab_hex_read(key_hex, value, sizeof value - AES_BLOCK, &n));
    n = (n + block - 1) / block * block;
    if (d->s_dek.type == KEY_TYPE_AES)
        assert_true(sym_cbc_encrypt(&d->s_dek, NULL, value, n, value));
    else
        assert_true(sym_ecb_encrypt(&d->s_dek, value, n, value));
    lab_hex_write(value, n, to);
}

void key_block(const struct desk *d, uint8_t type, const char *key_hex, bool inner_length, char *to)
{
    char cipher[2 * 64 + 1], kcv[7];
    size_t key_len = strlen(key_hex) / 2;

    under_dek(d, key_hex, cipher);
    kcv_of(type, key_hex, kcv);
    if (inner_length)
        sprintf(to, "%02X%02zX%02zX%s03%s", type, strlen(cipher) / 2 + 1, key_len, cipher, kcv);
    else
        sprintf(to, "%02X%02zX%s03%s", type, strlen(cipher) / 2, cipher, kcv);
}
