/* SPDX-License-Identifier: Apache-2.0 */
/* Request targets: their forms, percent-decoding, form parameters, paths against patterns. Station 1. Pure.
 * [RFC 9112 3.2, RFC 3986, WHATWG URL 5.1] */
#include "http/message/target.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Characters of a URI without fragment, every '%' followed by two digits [RFC 3986 2]. */
static bool is_uri_text(struct bytes t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] <= ' ' || t.at[i] >= 0x7F || strchr("\"#<>\\^`{|}", t.at[i]))
            return false;
        if (t.at[i] == '%' && (t.len - i < 3 || digit(t.at[i + 1]) < 0 || digit(t.at[i + 2]) < 0))
            return false;
    }
    return t.len > 0;
}

/* Takes scheme and authority of an absolute form; the host is not asked for, a user is refused [RFC 9110
 * 4.2.4, RFC 9112 3.2.2]. */
static bool take_origin(struct reader *r)
{
    static const char *const schemes[] = {"https://", "http://"};
    struct bytes scheme, authority;
    size_t n = 0;
    for (size_t i = 0; n == 0 && i < sizeof schemes / sizeof *schemes; i++)
        if (r->left.len > strlen(schemes[i]) &&
            !strncasecmp((const char *)r->left.at, schemes[i], strlen(schemes[i])))
            n = strlen(schemes[i]);
    if (n == 0 || read_span(r, n, &scheme) != TSM_OK)
        return false;
    for (n = 0; n < r->left.len && r->left.at[n] != '/' && r->left.at[n] != '?';)
        n++;
    return n > 0 && read_span(r, n, &authority) == TSM_OK && !memchr(authority.at, '@', n);
}

bool http_target_read(struct bytes target, struct bytes *path, struct bytes *query)
{
    struct reader r = READER(target);
    struct bytes p = BYTES_NONE, mark;
    size_t n = 0;
    if (!is_uri_text(target))
        return false;
    if (bytes_equal(target, bytes_of_text("*"))) {
        *path = target;
        *query = BYTES_NONE;
        return true;
    }
    if (target.at[0] != '/' && !take_origin(&r))
        return false;
    while (n < r.left.len && r.left.at[n] != '?')
        n++;
    read_span(&r, n, &p);
    read_span(&r, r.left.len > 0, &mark);
    *path = p.len ? p : bytes_of_text("/");
    *query = r.left;
    return true;
}

static enum tsm_err decode_one(struct reader *r, bool form, uint8_t *out)
{
    uint8_t c, high, low;
    TRY(read_u8(r, &c));
    if (c == '%') {
        if (r->left.len < 2)
            return FAIL(BAD_FORM, "a percent sign without two digits");
        read_u8(r, &high);
        read_u8(r, &low);
        if (digit(high) < 0 || digit(low) < 0)
            return FAIL(BAD_FORM, "a percent sign without two digits");
        c = (uint8_t)(digit(high) << 4 | digit(low));
    } else if (form && c == '+') {
        c = ' ';
    }
    if (c < 0x20 || c == 0x7F)
        return FAIL(BAD_FORM, "a control character in the address");
    *out = c;
    return TSM_OK;
}

/* What handlers store and answer is UTF-8 [RFC 3986 2.5]. */
static enum tsm_err check_utf8(const char *text)
{
    size_t n;
    while ((n = utf8_character(text)) > 0)
        text += n;
    return *text ? FAIL(BAD_FORM, "a text in the address that is no UTF-8") : TSM_OK;
}

enum tsm_err http_decode(struct bytes text, bool form, char *out, size_t cap)
{
    struct reader r = READER(text);
    struct writer w = {(uint8_t *)out, 0, cap};
    while (r.left.len) {
        uint8_t c = 0;
        TRY(decode_one(&r, form, &c));
        if (w.len + 1 >= cap)
            return FAIL(TOO_LONG, "a text in the address is too long");
        TRY(write_u8(&w, c));
    }
    TRY(write_u8(&w, 0));
    return check_utf8(out);
}

/* Takes the text before `stop`, and the stop itself; the whole rest when there is none. False at the end. */
static bool take_until(struct reader *r, char stop, struct bytes *out)
{
    const uint8_t *at = r->left.len ? memchr(r->left.at, stop, r->left.len) : NULL;
    struct bytes one;
    if (!r->left.len)
        return false;
    read_span(r, at ? (size_t)(at - r->left.at) : r->left.len, out);
    if (at)
        read_span(r, 1, &one);
    return true;
}

static bool is_named(struct bytes encoded, const char *name)
{
    char plain[64];
    bool same = http_decode(encoded, true, plain, sizeof plain) == TSM_OK && strcmp(plain, name) == 0;
    return same;
}

enum tsm_err http_form_param(struct bytes form, const char *name, char *out, size_t cap)
{
    struct reader r = READER(form);
    struct bytes pair, value = BYTES_NONE;
    bool found = false;
    while (take_until(&r, '&', &pair)) {
        struct reader p = READER(pair);
        struct bytes key = BYTES_NONE;
        take_until(&p, '=', &key);
        if (!is_named(key, name))
            continue;
        if (found)
            return FAIL_FIELD(DUPLICATE_TAG, name, "%s is given twice", name);
        found = true;
        value = p.left;
    }
    if (!found)
        return FAIL_FIELD(MISSING_FIELD, name, "%s is missing", name);
    return http_decode(value, true, out, cap);
}

static bool is_climbing(struct bytes segment)
{
    char plain[4];
    return http_decode(segment, false, plain, sizeof plain) == TSM_OK &&
           (!strcmp(plain, ".") || !strcmp(plain, ".."));
}

/* "{name}" or "{name...}"; the name alone is given back. */
static bool is_braced(struct bytes segment, struct bytes *name, bool *rest)
{
    struct bytes tail;
    if (segment.len < 3 || segment.at[0] != '{' || segment.at[segment.len - 1] != '}')
        return false;
    bytes_part(segment, 1, segment.len - 2, name);
    *rest = name->len > 3 && bytes_part(*name, name->len - 3, 3, &tail) == TSM_OK &&
            bytes_equal(tail, bytes_of_text("..."));
    if (*rest)
        name->len -= 3;
    return true;
}

static bool climbs_anywhere(struct bytes path)
{
    struct reader r = READER(path);
    struct bytes segment;
    while (take_until(&r, '/', &segment))
        if (is_climbing(segment))
            return true;
    return false;
}

/* One segment of the pattern against the path; *done when the pattern took all the rest. */
static bool match_segment(struct bytes segment, struct reader *path, struct http_params *p, bool *done)
{
    struct bytes name, value = BYTES_NONE;
    bool rest = false;
    if (!is_braced(segment, &name, &rest)) {
        take_until(path, '/', &value);
        return bytes_equal(segment, value);
    }
    if (rest) {
        value = path->left;
        *done = true;
    } else {
        take_until(path, '/', &value);
    }
    if (!value.len || climbs_anywhere(value) || p->n == HTTP_PARAMS_MAX)
        return false;
    p->at[p->n++] = (struct http_param){name, value};
    return true;
}

enum http_ends { ENDS_OPEN, ENDS_SLASH };

static enum http_ends ending(struct bytes b)
{
    return b.len && b.at[b.len - 1] == '/' ? ENDS_SLASH : ENDS_OPEN;
}

bool http_path_matches(struct bytes pattern, struct bytes path, struct http_params *out)
{
    struct reader want = READER(pattern), have = READER(path);
    struct http_params p = {0};
    struct bytes segment;
    bool done = false;
    while (!done && take_until(&want, '/', &segment))
        if (!match_segment(segment, &have, &p, &done))
            return false;
    if (!done && (have.left.len || ending(pattern) != ending(path)))
        return false;
    *out = p;
    return true;
}
