/* SPDX-License-Identifier: Apache-2.0 */
/* The request that a handler sees, made from a head; getters that refuse what occurs twice. Station 1. Pure.
 * [RFC 9110 8.3, RFC 6750 2.1] */
#include "http/request.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum tsm_err keep_text(struct writer *texts, struct bytes b, const char **out)
{
    size_t from = texts->len;
    TRY(write_span(texts, b));
    TRY(write_u8(texts, 0));
    *out = (const char *)written_since(texts, from).at;
    return TSM_OK;
}

static enum tsm_err bad_media_type(void)
{
    return FAIL_FIELD(BAD_FORM, "Content-Type", "the content type is malformed");
}

/* "Application/JSON; charset=utf-8" to "application/json". */
static enum tsm_err keep_media_type(struct writer *texts, struct bytes value, const char **out)
{
    struct bytes media = value, type, subtype;
    size_t from = texts->len, slash = 0;
    for (size_t i = 0; i < media.len; i++)
        if (media.at[i] == ';' || media.at[i] == ' ' || media.at[i] == '\t')
            media.len = i;
    while (slash < media.len && media.at[slash] != '/')
        slash++;
    if (slash == media.len || media.len >= HTTP_MEDIA_TYPE_MAX)
        return bad_media_type();
    TRY(bytes_part(media, 0, slash, &type));
    TRY(bytes_part(media, slash + 1, media.len - slash - 1, &subtype));
    if (!http_is_token(type) || !http_is_token(subtype))
        return bad_media_type();
    for (size_t i = 0; i < media.len; i++)
        TRY(write_u8(texts, (unsigned)tolower(media.at[i])));
    TRY(write_u8(texts, 0));
    *out = (const char *)written_since(texts, from).at;
    return TSM_OK;
}

enum tsm_err http_media_type(const struct http_head *head, struct writer *texts, const char **out)
{
    const struct http_field *found = NULL;
    for (size_t i = 0; i < head->n_fields; i++) {
        if (!http_same_word(head->fields[i].name, "content-type"))
            continue;
        if (found)
            return FAIL_FIELD(DUPLICATE_TAG, "Content-Type", "the content type is given twice");
        found = &head->fields[i];
    }
    if (found)
        return keep_media_type(texts, found->value, out);
    *out = "";
    return TSM_OK;
}

enum tsm_err http_request_read(const struct http_head *head, struct writer *texts, struct http_request *out)
{
    struct http_request r = {.peer_address = "", .peer_name = "", .peer_fingerprint = ""};
    TRY(keep_text(texts, head->method, &r.method));
    TRY(keep_text(texts, head->path, &r.path));
    TRY(keep_text(texts, head->query, &r.query));
    for (size_t i = 0; i < head->n_fields; i++) {
        TRY(keep_text(texts, head->fields[i].name, &r.names[i]));
        TRY(keep_text(texts, head->fields[i].value, &r.values[i]));
    }
    r.n_fields = head->n_fields;
    if (http_media_type(head, texts, &r.content_type) != TSM_OK) {
        err_clear();
        r.content_type = "";
    }
    *out = r;
    return TSM_OK;
}

const char *http_header(const struct http_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (!strcasecmp(r->names[i], name))
            return r->values[i];
    return NULL;
}

enum tsm_err http_header_once(const struct http_request *r, const char *name, const char **value)
{
    const char *found = NULL;
    for (size_t i = 0; i < r->n_fields; i++) {
        if (strcasecmp(r->names[i], name))
            continue;
        if (found)
            return FAIL_FIELD(DUPLICATE_TAG, name, "the header %s is given twice", name);
        found = r->values[i];
    }
    if (!found)
        return FAIL_FIELD(MISSING_FIELD, name, "the header %s is missing", name);
    *value = found;
    return TSM_OK;
}

/* token68 [RFC 9110 11.2]: letters, digits, -._~+/ and = at the end. */
static bool is_token68(const char *t)
{
    size_t n = strspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");
    return n > 0 && strlen(t) == n + strspn(t + n, "=");
}

enum tsm_err http_bearer(const struct http_request *r, const char **token)
{
    const char *value;
    if (http_header_once(r, "authorization", &value) != TSM_OK || strncasecmp(value, "Bearer ", 7) != 0 ||
        !is_token68(value + 6 + strspn(value + 6, " "))) {
        err_clear();
        return TSM_NOT_SIGNED_IN;
    }
    *token = value + 6 + strspn(value + 6, " "); /* one space or more [RFC 6750 2.1] */
    return TSM_OK;
}

enum tsm_err http_path_param(const struct http_request *r, const char *name, char *out, size_t cap)
{
    for (size_t i = 0; i < r->params.n; i++)
        if (bytes_equal(r->params.at[i].name, bytes_of_text(name)))
            return http_decode(r->params.at[i].value, false, out, cap) == TSM_OK
                       ? TSM_OK
                       : FAIL(NOT_FOUND, "nothing has such a %s", name);
    return FAIL_FIELD(MISSING_FIELD, name, "the address has no %s", name);
}

enum tsm_err http_query_param(const struct http_request *r, const char *name, char *out, size_t cap)
{
    enum tsm_err e = http_form_param(bytes_of_text(r->query), name, out, cap);
    if (e == TSM_TOO_LONG) /* 413 would speak of a body */
        return FAIL_FIELD(BAD_VALUE, name, "%s is longer than any value that it may have", name);
    return e;
}

enum tsm_err http_query_number(const struct http_request *r, const char *name, struct http_range range,
                               int64_t *out)
{
    char text[24], *end;
    long long v;
    enum tsm_err e = http_query_param(r, name, text, sizeof text);
    if (e == TSM_MISSING_FIELD) {
        err_clear();
        *out = range.fallback;
        return TSM_OK;
    }
    TRY(e);
    errno = 0;
    v = strtoll(text, &end, 10);
    if (errno || *end || !(isdigit((unsigned char)text[0]) || text[0] == '-') || v < range.min ||
        v > range.max)
        return FAIL_FIELD(BAD_VALUE, name, "%s must be a whole number from %lld to %lld", name,
                          (long long)range.min, (long long)range.max);
    *out = v;
    return TSM_OK;
}
