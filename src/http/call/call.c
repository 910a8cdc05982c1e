/* SPDX-License-Identifier: Apache-2.0 */
/* What one call asks of libcurl: its fields, whom it trusts, where it goes; nothing is left out for want of
 * memory. Station 12. Edge. [RFC 9110] */
#include "http/call/call.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { KEPT_CONNECTIONS = 16, FIELD_MAX = 4096 };

static enum tsm_err add_field(struct curl_slist **list, const char *name, const char *value)
{
    char line[FIELD_MAX];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer;
    if (n < 0 || (size_t)n >= sizeof line || strpbrk(line, "\r\n"))
        return FAIL(BAD_VALUE, "a header field of the call cannot be sent");
    longer = curl_slist_append(*list, line);
    explicit_bzero(line, (size_t)n);
    NEED(longer != NULL, NO_MEMORY);
    *list = longer;
    return TSM_OK;
}

static enum tsm_err add_bearer(struct curl_slist **list, const char *bearer)
{
    char authorization[FIELD_MAX];
    int n = snprintf(authorization, sizeof authorization, "Bearer %s", bearer);
    enum tsm_err e = n > 0 && (size_t)n < sizeof authorization
                         ? add_field(list, "Authorization", authorization)
                         : FAIL(BAD_VALUE, "a header field of the call cannot be sent");
    explicit_bzero(authorization, sizeof authorization);
    return e;
}

/* "Expect:" keeps libcurl from waiting for 100 Continue before larger bodies. */
enum tsm_err call_fields(const struct http_client *c, const struct http_call *call,
                         struct curl_slist **fields)
{
    *fields = curl_slist_append(NULL, "Expect:");
    NEED(*fields != NULL, NO_MEMORY);
    if (call->content_type)
        TRY(add_field(fields, "Content-Type", call->content_type));
    for (size_t i = 0; i < call->n_fields; i++)
        TRY(add_field(fields, call->fields[i].name, call->fields[i].value));
    return c->bearer ? add_bearer(fields, c->bearer) : TSM_OK;
}

/* Who is named is trusted alone: the system's directory of authorities would stand beside it. */
static bool set_anchors(CURL *h, const struct http_client *c, struct bytes own)
{
    struct curl_blob blob = {(void *)(uintptr_t)own.at, own.len, CURL_BLOB_NOCOPY};
    CURLcode r = CURLE_OK;
    if (own.len)
        r = curl_easy_setopt(h, CURLOPT_CAINFO_BLOB, &blob);
    else if (c->ca_file)
        r = curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
    if (r == CURLE_OK && (own.len || c->ca_file))
        r = curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
    if (r == CURLE_OK && own.len) /* every handshake proves the certificate */
        r = curl_easy_setopt(h, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    return r == CURLE_OK;
}

static bool set_trust(CURL *h, const struct http_client *c, const struct http_call *call)
{
    CURLcode r = set_anchors(h, c, call->trust) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
    if (r == CURLE_OK && c->cert_file)
        r = curl_easy_setopt(h, CURLOPT_SSLCERT, c->cert_file);
    if (r == CURLE_OK && c->key_file)
        r = curl_easy_setopt(h, CURLOPT_SSLKEY, c->key_file);
    if (r == CURLE_OK)
        r = curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (r == CURLE_OK)
        r = curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR,
                             c->allow_plain && !call->trust.len ? "https,http" : "https");
    if (r == CURLE_OK) /* the environment shall not put a proxy between partners */
        r = curl_easy_setopt(h, CURLOPT_PROXY, "");
    return r == CURLE_OK;
}

bool call_set(CURL *h, const struct http_client *c, const struct http_call *call)
{
    const struct {
        CURLoption name;
        long value;
    } numbers[] = {{CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1},
                   {CURLOPT_NOSIGNAL, 1L},
                   {CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_ms},
                   {CURLOPT_TIMEOUT_MS, (long)c->call_ms},
                   {CURLOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS}};
    bool set = set_trust(h, c, call) && curl_easy_setopt(h, CURLOPT_URL, call->url) == CURLE_OK &&
               curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, call->method) == CURLE_OK;
    if (set && call->content_type)
        set = curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len) == CURLE_OK &&
              curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.len ? (const char *)call->body.at : "") ==
                  CURLE_OK;
    for (size_t i = 0; set && i < sizeof numbers / sizeof numbers[0]; i++)
        set = curl_easy_setopt(h, numbers[i].name, numbers[i].value) == CURLE_OK;
    return set;
}

enum tsm_err call_is_local(const char *url, bool *local)
{
    CURLU *u = curl_url();
    char *host = NULL;
    struct in_addr v4;
    CURLUcode r = u ? curl_url_set(u, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;
    if (r == CURLUE_OK)
        r = curl_url_get(u, CURLUPART_HOST, &host, 0);
    *local = r == CURLUE_OK && (!strcmp(host, "localhost") || !strcmp(host, "[::1]") ||
                                (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127));
    curl_free(host);
    curl_url_cleanup(u);
    return r == CURLUE_OUT_OF_MEMORY ? FAIL(NO_MEMORY, "no memory for an address") : TSM_OK;
}
