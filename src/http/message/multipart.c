/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of multipart/form-data. Station 1. Pure. [RFC 7578 4, RFC 2046 5.1.1] */
#include "http/message/multipart.h"

#include <stdio.h>
#include <string.h>

#include "http/message/head.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct bytes trimmed(struct bytes b)
{
    struct reader r = READER(b);
    struct bytes one;
    while (r.left.len && is_blank(r.left.at[0]))
        read_span(&r, 1, &one);
    while (r.left.len && is_blank(r.left.at[r.left.len - 1]))
        r.left.len--;
    return r.left;
}

static bool is_of(uint8_t c, const char *set)
{
    return c && strchr(set, c);
}

/* Takes up to a character of a set, or all; false at the end. Quotes protect it. */
static bool take_piece(struct reader *r, const char *until, struct bytes *piece)
{
    size_t n = 0;
    bool quoted = false;
    struct bytes one;
    if (r->left.len == 0)
        return false;
    for (; n < r->left.len && (quoted || !is_of(r->left.at[n], until)); n++) {
        if (quoted && r->left.at[n] == '\\')
            n++;
        else if (r->left.at[n] == '"')
            quoted = !quoted;
    }
    read_span(r, n < r->left.len ? n : r->left.len, piece);
    if (r->left.len)
        read_span(r, 1, &one);
    return true;
}

/* The parameters of a field: what parts them, and what may stand unquoted in one beside a token. */
struct dress {
    const char *between, *plain;
};
/* Java's mail classes write boundaries with '=' unquoted; commas are for lists of values. */
static const struct dress of_type = {";", "()/:=?"};
/* The TR parts name and file name by a comma [TR-03165 4.1.6.5.2]. */
static const struct dress of_disposition = {";,", ""};

static bool is_plain(struct bytes text, const char *more)
{
    struct bytes one;
    for (size_t i = 0; bytes_part(text, i, 1, &one) == TSM_OK; i++)
        if (!http_is_token(one) && !is_of(one.at[0], more))
            return false;
    return text.len > 0;
}

/* A quoted text without its quotes and escapes, or a plain one as it is. */
static enum tsm_err unquote(struct bytes text, const char *plain, char *out, size_t cap)
{
    bool quoted = text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"';
    size_t n = 0;
    if (!quoted && !is_plain(text, plain))
        return FAIL(BAD_FORM, "a parameter is neither a token nor quoted");
    for (size_t i = quoted; i < text.len - quoted; i++) {
        if (quoted && text.at[i] == '\\' && i + 1 < text.len - quoted)
            i++;
        if (text.at[i] < 0x20 || text.at[i] == 0x7F ||
            (quoted && text.at[i] == '"' && text.at[i - 1] != '\\'))
            return FAIL(BAD_FORM, "a parameter holds a character that it may not");
        NEED(n + 1 < cap, TOO_LONG);
        out[n++] = (char)text.at[i];
    }
    out[n] = 0;
    return TSM_OK;
}

/* NOT_FOUND, BAD_FORM, TOO_LONG. */
static enum tsm_err parameter(struct bytes value, const struct dress *d, const char *name, char *out,
                              size_t cap)
{
    struct reader r = READER(value);
    struct bytes piece, key;
    take_piece(&r, ";", &piece); /* the value itself */
    while (take_piece(&r, d->between, &piece)) {
        struct reader p = READER(trimmed(piece));
        if (take_piece(&p, "=", &key) && http_same_word(trimmed(key), name))
            return unquote(trimmed(p.left), d->plain, out, cap);
    }
    return TSM_NOT_FOUND;
}

static bool is_of_type(struct bytes value, const char *type)
{
    struct reader r = READER(value);
    struct bytes first;
    return take_piece(&r, ";", &first) && http_same_word(trimmed(first), type);
}

/* Is the octet behind a delimiter's end one that ends its line? Passes over it. */
static enum tsm_err end_delimiter(struct reader *r, bool *over)
{
    struct bytes next;
    *over = r->left.len >= 2 && r->left.at[0] == '-' && r->left.at[1] == '-';
    if (*over)
        return read_span(r, 2, &next);
    while (r->left.len && is_blank(r->left.at[0]))
        read_span(r, 1, &next);
    TRY(read_span(r, 2, &next));
    return next.at[0] == '\r' && next.at[1] == '\n'
               ? TSM_OK
               : FAIL(BAD_FORM, "a delimiter line goes on behind its boundary");
}

enum tsm_err multipart_begin(const char *content_type, struct bytes body, struct multipart *out)
{
    struct multipart m = {.left = READER(body)};
    char boundary[MULTIPART_BOUNDARY_MAX + 1];
    struct bytes whole = bytes_of_text(content_type), delimiter, skipped;
    size_t at;
    enum tsm_err e;
    if (!is_of_type(whole, "multipart/form-data"))
        return FAIL(WRONG_TYPE, "the body is no multipart/form-data");
    e = parameter(whole, &of_type, "boundary", boundary, sizeof boundary);
    if (e != TSM_OK || !boundary[0])
        return FAIL(MISSING_FIELD, "the content type has no boundary");
    snprintf(m.delimiter, sizeof m.delimiter, "\r\n--%s", boundary);
    TRY(bytes_part(bytes_of_text(m.delimiter), 2, strlen(m.delimiter) - 2, &delimiter));
    if (body.len >= delimiter.len && memcmp(body.at, delimiter.at, delimiter.len) == 0) {
        TRY(read_span(&m.left, delimiter.len, &skipped));
    } else {
        if (!bytes_find(body, bytes_of_text(m.delimiter), &at))
            return FAIL(BAD_FORM, "the body has no delimiter line");
        TRY(read_span(&m.left, at + strlen(m.delimiter), &skipped));
    }
    TRY(end_delimiter(&m.left, &m.over));
    *out = m;
    return TSM_OK;
}

static enum tsm_err read_disposition(struct bytes value, struct multipart_part *p)
{
    enum tsm_err e;
    if (!is_of_type(value, "form-data"))
        return FAIL(BAD_FORM, "a part is no form-data");
    e = parameter(value, &of_disposition, "name", p->name, sizeof p->name);
    if (e != TSM_OK)
        return e == TSM_NOT_FOUND ? FAIL(BAD_FORM, "a part has no name") : e;
    e = parameter(value, &of_disposition, "filename", p->filename, sizeof p->filename);
    p->has_filename = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

/* A line of fields holds no control character but the tab, and ends in CR LF. */
static enum tsm_err take_line(struct reader *r, struct bytes *line)
{
    size_t at;
    struct bytes end;
    if (!bytes_find(r->left, bytes_of_text("\r\n"), &at))
        return FAIL(SHORT_INPUT, "the fields of a part do not end");
    TRY(read_span(r, at, line));
    TRY(read_span(r, 2, &end));
    for (size_t i = 0; i < line->len; i++)
        if ((line->at[i] < 0x20 && line->at[i] != '\t') || line->at[i] == 0x7F)
            return FAIL(BAD_FORM, "a field of a part holds a control character");
    return TSM_OK;
}

/* The fields of a part up to its empty line [RFC 7578 4.2]; others than the two known ones are passed over
 * [4.8]. */
static enum tsm_err read_fields(struct reader *r, struct multipart_part *p)
{
    size_t before = r->left.len;
    bool named = false;
    for (unsigned lines = 0;; lines++) {
        struct http_field f;
        struct bytes line;
        TRY(take_line(r, &line));
        if (before - r->left.len > MULTIPART_HEAD_MAX || lines > MULTIPART_LINES_MAX)
            return FAIL(TOO_LONG, "the fields of a part are too long");
        if (line.len == 0)
            return named ? TSM_OK : FAIL(BAD_FORM, "a part has no Content-Disposition");
        if (http_field_read(line, &f) != HTTP_READY)
            return FAIL(BAD_FORM, "a field of a part is malformed");
        if (http_same_word(f.name, "Content-Type"))
            p->type = f.value;
        if (!http_same_word(f.name, "Content-Disposition"))
            continue;
        if (named)
            return FAIL(DUPLICATE_TAG, "a part has two names");
        TRY(read_disposition(f.value, p));
        named = true;
    }
}

enum tsm_err multipart_next(struct multipart *m, struct multipart_part *out)
{
    struct multipart now = *m;
    struct multipart_part p = {.has_filename = false};
    struct bytes delimiter = bytes_of_text(m->delimiter), skipped;
    size_t at;
    if (m->over)
        return TSM_NOT_FOUND;
    TRY(read_fields(&now.left, &p));
    if (!bytes_find(now.left.left, delimiter, &at))
        return FAIL(SHORT_INPUT, "the closing delimiter is missing");
    TRY(read_span(&now.left, at, &p.body));
    TRY(read_span(&now.left, delimiter.len, &skipped));
    TRY(end_delimiter(&now.left, &now.over));
    *out = p;
    *m = now;
    return TSM_OK;
}
