/* SPDX-License-Identifier: Apache-2.0 */
/* Strict HTTP/1.1 request heads: one scan for the end, one table for the fields that frame a message.
 * Station 1. Pure. [RFC 9112 2-6, RFC 9110 5-7] */
#include "http/message/head.h"

#include <string.h>
#include <strings.h>

#include "http/message/target.h"

static const struct {
    int status;
    const char *text;
} refusals[HTTP_VERDICTS] = {
#define X(name, status, text) [HTTP_##name] = {status, text},
    HTTP_REFUSALS(X)
#undef X
};

int http_refusal_status(enum http_verdict v)
{
    return http_refused(v) && v < HTTP_VERDICTS ? refusals[v].status : 400;
}

const char *http_refusal_text(enum http_verdict v)
{
    return http_refused(v) && v < HTTP_VERDICTS ? refusals[v].text : "";
}

#define TRY_READY(expr)                      \
    do {                                     \
        enum http_verdict verdict_ = (expr); \
        if (verdict_ != HTTP_READY)          \
            return verdict_;                 \
    } while (0)

static bool is_tchar(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

bool http_is_token(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (!is_tchar(b.at[i]))
            return false;
    return b.len > 0;
}

bool http_same_word(struct bytes b, const char *word)
{
    return b.len == strlen(word) && strncasecmp((const char *)b.at, word, b.len) == 0;
}

bool http_take_line(struct reader *r, struct bytes *line)
{
    const uint8_t *cr = r->left.len ? memchr(r->left.at, '\r', r->left.len) : NULL;
    struct bytes end;
    return cr && read_span(r, (size_t)(cr - r->left.at), line) == TSM_OK && read_span(r, 2, &end) == TSM_OK;
}

/* Looks for CR LF CR LF and refuses on the way what no head may hold, so that a slow peer is told at once. */
static enum http_verdict scan(struct bytes in, size_t *scanned)
{
    for (size_t i = *scanned; i < in.len; i++) {
        uint8_t c = in.at[i], before = i ? in.at[i - 1] : 0;
        if (i >= HTTP_HEAD_MAX)
            return HTTP_HEAD_TOO_LONG;
        if (c == '\n' && before != '\r')
            return HTTP_BARE_LF;
        if (c != '\n' && before == '\r')
            return HTTP_BARE_CR;
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F)
            return HTTP_BAD_OCTET;
        if (c == '\n' && i >= 3 && in.at[i - 2] == '\n') {
            *scanned = i + 1;
            return HTTP_READY;
        }
        if (c == '\n' && i < 3)
            return HTTP_BAD_REQUEST_LINE;
    }
    *scanned = in.len;
    return HTTP_MORE;
}

/* The asterisk is for OPTIONS alone [RFC 9112 3.2.4]. */
static enum http_verdict read_target(struct http_head *h)
{
    if (h->target.len > HTTP_TARGET_MAX)
        return HTTP_TARGET_TOO_LONG;
    if (!http_target_read(h->target, &h->path, &h->query))
        return HTTP_BAD_TARGET;
    if (h->path.at[0] == '*' && !bytes_equal(h->method, bytes_of_text("OPTIONS")))
        return HTTP_BAD_TARGET;
    return HTTP_READY;
}

static bool take_word(struct reader *r, struct bytes *word)
{
    const uint8_t *sp = r->left.len ? memchr(r->left.at, ' ', r->left.len) : NULL;
    struct bytes one;
    return sp && read_span(r, (size_t)(sp - r->left.at), word) == TSM_OK && read_span(r, 1, &one) == TSM_OK;
}

static enum http_verdict read_request_line(struct bytes line, struct http_head *h)
{
    struct reader r = READER(line);
    if (!take_word(&r, &h->method) || !take_word(&r, &h->target))
        return HTTP_BAD_REQUEST_LINE;
    if (!http_is_token(h->method) || h->method.len > HTTP_METHOD_MAX)
        return HTTP_BAD_METHOD;
    TRY_READY(read_target(h));
    if (bytes_equal(r.left, bytes_of_text("HTTP/1.1")))
        h->minor = 1;
    else if (!bytes_equal(r.left, bytes_of_text("HTTP/1.0")))
        return HTTP_BAD_VERSION;
    h->keep_alive = h->minor == 1;
    return HTTP_READY;
}

static struct bytes trim(struct bytes b)
{
    while (b.len && (b.at[b.len - 1] == ' ' || b.at[b.len - 1] == '\t'))
        b.len--;
    struct reader r = READER(b);
    while (r.left.len && (r.left.at[0] == ' ' || r.left.at[0] == '\t')) {
        struct bytes one;
        read_span(&r, 1, &one);
    }
    return r.left;
}

enum http_verdict http_field_read(struct bytes line, struct http_field *out)
{
    const uint8_t *colon = line.len ? memchr(line.at, ':', line.len) : NULL;
    struct reader r = READER(line);
    struct http_field f;
    struct bytes one;
    if (line.len && (line.at[0] == ' ' || line.at[0] == '\t'))
        return HTTP_FOLDED_LINE;
    if (!colon || read_span(&r, (size_t)(colon - line.at), &f.name) != TSM_OK || !http_is_token(f.name))
        return HTTP_BAD_FIELD_NAME;
    read_span(&r, 1, &one);
    f.value = trim(r.left);
    *out = f;
    return HTTP_READY;
}

static enum http_verdict on_host(struct http_head *h, struct bytes v)
{
    if (h->has_host)
        return HTTP_TWO_HOSTS;
    for (size_t i = 0; i < v.len; i++)
        if (v.at[i] >= 0x80 || strchr(" \t\"#,/<>?@\\^`{|}", v.at[i]))
            return HTTP_BAD_HOST;
    h->has_host = true;
    return v.len ? HTTP_READY : HTTP_BAD_HOST;
}

static enum http_verdict on_content_length(struct http_head *h, struct bytes v)
{
    uint64_t n = 0;
    if (h->has_length)
        return HTTP_TWO_LENGTHS;
    if (!v.len || v.len > 15)
        return HTTP_BAD_LENGTH;
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < '0' || v.at[i] > '9')
            return HTTP_BAD_LENGTH;
        n = n * 10 + (uint64_t)(v.at[i] - '0');
    }
    h->has_length = true;
    h->content_length = n;
    return HTTP_READY;
}

static enum http_verdict on_transfer_encoding(struct http_head *h, struct bytes v)
{
    if (h->chunked)
        return HTTP_TWO_CODINGS;
    if (!http_same_word(v, "chunked"))
        return HTTP_UNKNOWN_CODING;
    h->chunked = true;
    return HTTP_READY;
}

/* A list of options; "close" wins over "keep-alive" [RFC 9112 9.3]. */
static enum http_verdict on_connection(struct http_head *h, struct bytes v)
{
    bool close = false;
    struct reader r = READER(v);
    while (r.left.len) {
        const uint8_t *comma = memchr(r.left.at, ',', r.left.len);
        struct bytes option, one;
        read_span(&r, comma ? (size_t)(comma - r.left.at) : r.left.len, &option);
        if (comma)
            read_span(&r, 1, &one);
        close |= http_same_word(trim(option), "close");
        h->keep_alive |= http_same_word(trim(option), "keep-alive");
    }
    if (close)
        h->keep_alive = false;
    return HTTP_READY;
}

static enum http_verdict on_expect(struct http_head *h, struct bytes v)
{
    if (!http_same_word(v, "100-continue"))
        return HTTP_UNKNOWN_EXPECTATION;
    h->expects_continue = h->minor == 1;
    return HTTP_READY;
}

/* The fields that frame the message or steer the connection; all others are kept as they came. */
static const struct {
    const char *name;
    enum http_verdict (*read)(struct http_head *h, struct bytes value);
} framing[] = {
    {"host", on_host},
    {"content-length", on_content_length},
    {"transfer-encoding", on_transfer_encoding},
    {"connection", on_connection},
    {"expect", on_expect},
};

static enum http_verdict read_fields(struct reader *r, struct http_head *h)
{
    struct bytes line;
    while (http_take_line(r, &line) && line.len) {
        struct http_field f;
        TRY_READY(http_field_read(line, &f));
        if (h->n_fields == HTTP_LINES_MAX)
            return HTTP_TOO_MANY_LINES;
        h->fields[h->n_fields++] = f;
        for (size_t i = 0; i < sizeof framing / sizeof *framing; i++)
            if (http_same_word(f.name, framing[i].name))
                TRY_READY(framing[i].read(h, f.value));
    }
    return HTTP_READY;
}

/* What no single field shows: the framing must be the same for every reader in the chain [RFC 9112 6.1, 6.3].
 */
static enum http_verdict check_framing(const struct http_head *h)
{
    if (h->minor == 1 && !h->has_host)
        return HTTP_NO_HOST;
    if (h->chunked && h->has_length)
        return HTTP_LENGTH_AND_CODING;
    if (h->chunked && h->minor == 0)
        return HTTP_CODING_IN_1_0;
    return HTTP_READY;
}

enum http_verdict http_head_read(struct bytes in, size_t *scanned, struct http_head *out)
{
    struct http_head h = {0};
    struct reader r;
    struct bytes line;
    TRY_READY(scan(in, scanned));
    h.size = *scanned;
    bytes_part(in, 0, h.size, &r.left);
    if (!http_take_line(&r, &line))
        return HTTP_BAD_REQUEST_LINE;
    TRY_READY(read_request_line(line, &h));
    TRY_READY(read_fields(&r, &h));
    TRY_READY(check_framing(&h));
    *out = h;
    return HTTP_READY;
}

struct bytes http_path_told(struct bytes in)
{
    struct reader r = READER(in);
    struct bytes method, target, path, query;
    if (!take_word(&r, &method))
        return BYTES_NONE;
    if (!take_word(&r, &target))
        target = r.left;
    return http_target_read(target, &path, &query) ? path : target;
}
