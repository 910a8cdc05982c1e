/* SPDX-License-Identifier: Apache-2.0 */
/* The readable head of a key block. Stations 1 and 5. Pure. [ANSI X9.143 5.2, 5.3] */
#include "emv/keyblock/header.h"

#include <string.h>

enum {
    DECIMAL = 10,
    HEXADECIMAL = 16,
    COUNT_DIGITS = 2,
    OPTION_DIGITS = 2,
    EXTENDED_DIGITS = 4,                     /* what the length of an extended length says */
    EXTENDED_HEAD = 4 + 2 + EXTENDED_DIGITS, /* identifier, 00, 04, four digits */
    OPTION_SHORT_MAX = 255,
};

static const char padding_id[] = "PB";

size_t keyblock_align(char version)
{
    switch (version) {
    case 'A':
    case 'B':
    case 'C':
        return 8;
    case 'D':
        return 16;
    default:
        return version == 'E';
    }
}

size_t keyblock_mac_digits(char version)
{
    switch (version) {
    case 'A':
    case 'C':
        return 8;
    default:
        return version == 'B' ? 16 : 32;
    }
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + DECIMAL : HEXADECIMAL;
}

/* n digits of a base; capitals only, so that no other text says the same. */
static enum tsm_err read_number(struct reader *r, size_t n, unsigned base, size_t *out)
{
    struct bytes text;
    size_t v = 0;
    TRY(read_span(r, n, &text));
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)digit_of(text.at[i]);
        if (d >= base)
            return FAIL(BAD_FORM, "a length or count of the key block has other characters than digits");
        v = v * base + d;
    }
    *out = v;
    return TSM_OK;
}

static enum tsm_err write_number(struct writer *w, size_t v, size_t n, unsigned base)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t *at;
    TRY(write_slot(w, n, &at));
    for (size_t i = n; i-- > 0; v /= base)
        at[i] = (uint8_t)digits[v % base];
    NEED(v == 0, TOO_LONG);
    return TSM_OK;
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool all(struct bytes text, bool (*is)(uint8_t c))
{
    for (size_t i = 0; i < text.len; i++)
        if (!is(text.at[i]))
            return false;
    return true;
}

static bool is_printable(uint8_t c)
{
    return c >= 0x20 && c <= 0x7E;
}

/* A field of n letters or digits as text. */
static enum tsm_err read_field(struct reader *r, size_t n, char *out)
{
    struct bytes text;
    TRY(read_span(r, n, &text));
    if (!all(text, is_alphanumeric))
        return FAIL(BAD_FORM, "a field of the key block's head has other characters than letters and digits");
    memcpy(out, text.at, n);
    return TSM_OK;
}

/* Length of the whole optional block and how many characters of it are head. */
static enum tsm_err read_option_length(struct reader *r, size_t *whole, size_t *head)
{
    size_t digits;
    *head = KEYBLOCK_OPTION_HEAD;
    TRY(read_number(r, OPTION_DIGITS, HEXADECIMAL, whole));
    if (*whole != 0)
        return TSM_OK;
    TRY(read_number(r, OPTION_DIGITS, HEXADECIMAL, &digits));
    if (digits != EXTENDED_DIGITS)
        return FAIL(BAD_LENGTH, "the long length of an optional block must have %d digits", EXTENDED_DIGITS);
    *head = EXTENDED_HEAD;
    return read_number(r, EXTENDED_DIGITS, HEXADECIMAL, whole);
}

static enum tsm_err read_option(struct reader *r, struct keyblock_option *out)
{
    struct keyblock_option o = {.id = ""};
    size_t whole = 0, head = 0;
    TRY(read_field(r, 2, o.id));
    TRY(read_option_length(r, &whole, &head));
    if (whole < head)
        return FAIL(BAD_LENGTH, "optional block %.2s is shorter than its own head", o.id);
    TRY(read_span(r, whole - head, &o.data));
    if (!all(o.data, is_printable))
        return FAIL(BAD_FORM, "optional block %.2s has characters that cannot be printed", o.id);
    *out = o;
    return TSM_OK;
}

static enum tsm_err read_options(struct reader *r, size_t n, struct keyblock_header *h)
{
    if (n > KEYBLOCK_OPTIONS_MAX)
        return FAIL(TOO_LONG, "the head counts %zu optional blocks: at most %d are taken", n,
                    KEYBLOCK_OPTIONS_MAX);
    for (size_t i = 0; i < n; i++) {
        struct keyblock_option o;
        TRY(read_option(r, &o));
        if (keyblock_option_find(h, o.id))
            return FAIL(DUPLICATE_TAG, "optional block %.2s occurs twice", o.id);
        if (!strcmp(o.id, padding_id) && i + 1 != n)
            return FAIL(BAD_VALUE, "the padding block %.2s must be the last one", o.id);
        h->option[h->options_n++] = o;
    }
    return TSM_OK;
}

enum tsm_err keyblock_header_read(struct reader *text, struct keyblock_header *out, size_t *length)
{
    struct keyblock_header h = {.options_n = 0};
    struct reader r = *text;
    size_t whole, options;
    TRY(read_field(&r, 1, &h.version));
    if (keyblock_align(h.version) == 0)
        return FAIL(BAD_VALUE, "no key block begins with version %c", h.version);
    TRY(read_number(&r, KEYBLOCK_LENGTH_DIGITS, DECIMAL, &whole));
    TRY(read_field(&r, 2, h.usage));
    TRY(read_field(&r, 1, &h.algorithm));
    TRY(read_field(&r, 1, &h.mode));
    TRY(read_field(&r, 2, h.key_version));
    TRY(read_field(&r, 1, &h.exportability));
    TRY(read_number(&r, COUNT_DIGITS, DECIMAL, &options));
    TRY(read_field(&r, 2, h.reserved));
    TRY(read_options(&r, options, &h));
    *text = r;
    *out = h;
    *length = whole;
    return TSM_OK;
}

static enum tsm_err write_field(struct writer *w, const char *text, size_t n)
{
    struct bytes field = {(const uint8_t *)text, n};
    NEED(strnlen(text, n) == n && all(field, is_alphanumeric), BAD_FORM);
    return write_span(w, field);
}

static enum tsm_err write_option(struct writer *w, const char *id, struct bytes data)
{
    size_t whole = KEYBLOCK_OPTION_HEAD + data.len;
    NEED(all(data, is_printable), BAD_FORM);
    TRY(write_field(w, id, 2));
    if (whole > OPTION_SHORT_MAX) {
        TRY(write_number(w, 0, OPTION_DIGITS, HEXADECIMAL));
        TRY(write_number(w, EXTENDED_DIGITS, OPTION_DIGITS, HEXADECIMAL));
        TRY(write_number(w, EXTENDED_HEAD + data.len, EXTENDED_DIGITS, HEXADECIMAL));
    } else {
        TRY(write_number(w, whole, OPTION_DIGITS, HEXADECIMAL));
    }
    return write_span(w, data);
}

/* PB brings the head to a whole number of cipher blocks; it has at least its own four characters. Only a head
 * with optional blocks can need one. */
static enum tsm_err write_padding(struct writer *w, size_t from, size_t align, size_t *count)
{
    static const uint8_t zeros[] = "00000000000000000000";
    size_t over = (w->len - from) % align;
    size_t n = over ? align - over : 0;
    if (n == 0)
        return TSM_OK;
    if (n < KEYBLOCK_OPTION_HEAD)
        n += align;
    ++*count;
    return write_option(w, padding_id, BYTES_OF(zeros, n - KEYBLOCK_OPTION_HEAD));
}

static enum tsm_err write_options(const struct keyblock_header *h, struct writer *w, size_t from,
                                  size_t *count)
{
    NEED(h->options_n <= KEYBLOCK_OPTIONS_MAX, TOO_LONG);
    for (size_t i = 0; i < h->options_n; i++) {
        if (!strcmp(h->option[i].id, padding_id))
            continue;
        TRY(write_option(w, h->option[i].id, h->option[i].data));
        ++*count;
    }
    return write_padding(w, from, keyblock_align(h->version), count);
}

/* The two numbers that are known last: characters in all, optional blocks. */
static enum tsm_err write_numbers(struct writer *w, size_t from, size_t whole, size_t options)
{
    enum { COUNT_AT = 12 };
    struct writer length = {w->at, from + KEYBLOCK_LENGTH_AT, w->cap};
    struct writer count = {w->at, from + COUNT_AT, w->cap};
    NEED(whole <= KEYBLOCK_TEXT_MAX, TOO_LONG);
    TRY(write_number(&length, whole, KEYBLOCK_LENGTH_DIGITS, DECIMAL));
    return write_number(&count, options, COUNT_DIGITS, DECIMAL);
}

enum tsm_err keyblock_header_write(const struct keyblock_header *h, size_t behind, struct writer *text)
{
    struct writer w = *text;
    size_t from = w.len, options = 0;
    NEED(keyblock_align(h->version) != 0, BAD_VALUE);
    TRY(write_field(&w, &h->version, 1));
    TRY(write_number(&w, 0, KEYBLOCK_LENGTH_DIGITS, DECIMAL));
    TRY(write_field(&w, h->usage, 2));
    TRY(write_field(&w, &h->algorithm, 1));
    TRY(write_field(&w, &h->mode, 1));
    TRY(write_field(&w, h->key_version, 2));
    TRY(write_field(&w, &h->exportability, 1));
    TRY(write_number(&w, 0, COUNT_DIGITS, DECIMAL));
    TRY(write_field(&w, h->reserved, 2));
    TRY(write_options(h, &w, from, &options));
    TRY(write_numbers(&w, from, w.len - from + behind, options));
    *text = w;
    return TSM_OK;
}

const struct keyblock_option *keyblock_option_find(const struct keyblock_header *h, const char *id)
{
    for (size_t i = 0; i < h->options_n; i++)
        if (!strcmp(h->option[i].id, id))
            return &h->option[i];
    return NULL;
}
