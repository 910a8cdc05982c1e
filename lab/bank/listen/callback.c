/* SPDX-License-Identifier: Apache-2.0 */
/* One callback request as the bank's receiver reads it, strictly. Pure. [RFC 9112 2-6] */
#include "bank/listen/callback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum refusal {
    BAD_REQUEST = 400,
    NOT_ALLOWED = 405,
    LENGTH_REQUIRED = 411,
    TOO_LARGE = 413,
    UNSUPPORTED_TYPE = 415,
    NOT_IMPLEMENTED = 501,
};

struct fields {
    const char *length, *type, *key, *host;
    unsigned lengths, keys, hosts; /* a field said twice is no field */
    bool transfer_encoding;
};

size_t callback_head_end(const char *at, size_t len)
{
    const char *end = memmem(at, len, "\r\n\r\n", 4);
    return end ? (size_t)(end - at) + 4 : 0;
}

static bool is_token(const char *text)
{
    static const char set[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    return *text && text[strspn(text, set)] == '\0';
}

static bool is_visible(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static int read_request_line(char *line, struct callback_head *out)
{
    char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;
    if (!target || !version)
        return BAD_REQUEST;
    *target++ = '\0';
    *version++ = '\0';
    if (!is_token(line) || target[0] != '/' || !is_visible(target) || strlen(target) > CALLBACK_MAX_TARGET ||
        strcmp(version, "HTTP/1.1") != 0)
        return BAD_REQUEST;
    snprintf(out->target, sizeof out->target, "%s", target);
    return strcmp(line, "POST") == 0 ? 0 : NOT_ALLOWED;
}

static int read_field(char *line, struct fields *f)
{
    char *value = strchr(line, ':');
    if (!value)
        return BAD_REQUEST;
    *value++ = '\0';
    value += strspn(value, " \t");
    for (size_t n = strlen(value); n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'); n--)
        value[n - 1] = '\0';
    if (!is_token(line))
        return BAD_REQUEST;
    if (strcasecmp(line, "Content-Length") == 0) {
        f->length = value;
        f->lengths++;
    } else if (strcasecmp(line, "Idempotency-Key") == 0) {
        f->key = value;
        f->keys++;
    } else if (strcasecmp(line, "Host") == 0) {
        f->host = value;
        f->hosts++;
    } else if (strcasecmp(line, "Content-Type") == 0) {
        f->type = value;
    } else if (strcasecmp(line, "Transfer-Encoding") == 0) {
        f->transfer_encoding = true;
    }
    return 0;
}

static int judge(const struct fields *f, struct callback_head *out)
{
    static const char json[] = "application/json";
    if (f->hosts != 1)
        return BAD_REQUEST;
    if (f->transfer_encoding)
        return NOT_IMPLEMENTED;
    if (f->lengths == 0)
        return LENGTH_REQUIRED;
    size_t digits = strspn(f->length, "0123456789");
    if (f->lengths > 1 || digits == 0 || f->length[digits] || digits > 9)
        return BAD_REQUEST;
    out->body_len = strtoul(f->length, NULL, 10);
    if (out->body_len > CALLBACK_MAX_BODY)
        return TOO_LARGE;
    if (!f->type || strncasecmp(f->type, json, strlen(json)) != 0)
        return UNSUPPORTED_TYPE;
    if (f->keys != 1 || !*f->key || strlen(f->key) > CALLBACK_MAX_KEY || !is_visible(f->key))
        return BAD_REQUEST;
    snprintf(out->key, sizeof out->key, "%s", f->key);
    return 0;
}

int callback_read_head(char *at, size_t len, struct callback_head *out)
{
    struct callback_head head = {0};
    struct fields fields = {0};
    bool first = true;
    if (memchr(at, '\0', len))
        return BAD_REQUEST;
    for (char *end = at + len - 2; at < end;) {
        char *next = memmem(at, (size_t)(end - at), "\r\n", 2);
        if (!next)
            return BAD_REQUEST;
        *next = '\0';
        if (strpbrk(at, "\r\n"))
            return BAD_REQUEST;
        int refusal = first ? read_request_line(at, &head) : read_field(at, &fields);
        if (refusal)
            return refusal;
        first = false;
        at = next + 2;
    }
    int refusal = judge(&fields, &head);
    if (!refusal)
        *out = head;
    return refusal;
}

bool callback_count(struct callback_log *log, const char *key)
{
    json_int_t before = json_integer_value(json_object_get(log->seen, key));
    if (!log->seen)
        log->seen = json_object();
    json_object_set_new(log->seen, key, json_integer(before + 1));
    log->deliveries++;
    if (before > 0)
        log->duplicates++;
    return before > 0;
}
