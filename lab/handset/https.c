/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPS client of the handset and the bank: JSON requests with cookies, named time limits and a pinned CA;
 * plain http is taken for loopback addresses alone. Edge. [GP SERAM HTTP REST Binding, RFC 2818, RFC 6265] */
#include "handset/https.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct https {
    CURL *curl;
    char *ca_file;
    char error[CURL_ERROR_SIZE];
    struct https_answer *into;
    bool lose_answer;
};

enum { MAX_HEADER_LINE = 4096 };

/* A body longer than the limit, or an answer that a fault wants lost, ends the transfer: curl drops the
 * connection when less than everything is taken. */
static size_t take_body(char *data, size_t size, size_t count, void *user)
{
    struct https *h = user;
    size_t len = size * count;
    if (h->lose_answer || len > HTTPS_MAX_BODY - h->into->len)
        return 0;
    char *grown = realloc(h->into->body, h->into->len + len + 1);
    if (!grown)
        return 0;
    memcpy(grown + h->into->len, data, len);
    h->into->body = grown;
    h->into->len += len;
    grown[h->into->len] = '\0';
    return len;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
    const struct https *h = user;
    (void)data;
    return h->lose_answer ? 0 : size * count;
}

/* What holds for every request. An empty cookie file switches the cookie engine on. */
static void set_common(struct https *h)
{
    CURL *c = h->curl;
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)HTTPS_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)HTTPS_ANSWER_MS);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, h);
    if (h->ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, h->ca_file);
}

struct https *https_new(const char *ca_file)
{
    struct https *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->curl = curl_easy_init();
    h->ca_file = ca_file ? strdup(ca_file) : NULL;
    if (!h->curl || (ca_file && !h->ca_file)) {
        https_free(h);
        return NULL;
    }
    set_common(h);
    return h;
}

void https_free(struct https *h)
{
    if (!h)
        return;
    curl_easy_cleanup(h->curl);
    free(h->ca_file);
    free(h);
}

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

bool https_url_allowed(const char *url)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL;
    bool allowed = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                   curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                   curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK;
    if (allowed)
        allowed = strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && is_loopback(host));
    curl_free(scheme);
    curl_free(host);
    curl_url_cleanup(u);
    return allowed;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    char line[MAX_HEADER_LINE];
    if (!value)
        return list;
    bool fits = snprintf(line, sizeof line, "%s: %s", name, value) < (int)sizeof line;
    struct curl_slist *longer = fits ? curl_slist_append(list, line) : NULL;
    explicit_bzero(line, sizeof line);
    return longer ? longer : list;
}

static struct curl_slist *headers_of(const struct https_request *r)
{
    char authorization[MAX_HEADER_LINE];
    struct curl_slist *list = add_header(NULL, "Accept", "application/json");
    list = add_header(list, "Expect", r->json ? "" : NULL);
    list = add_header(list, "Content-Type", r->json ? "application/json" : NULL);
    list = add_header(list, "Idempotency-Key", r->idempotency_key);
    if (r->bearer) {
        if (snprintf(authorization, sizeof authorization, "Bearer %s", r->bearer) < (int)sizeof authorization)
            list = add_header(list, "Authorization", authorization);
        explicit_bzero(authorization, sizeof authorization);
    }
    return list;
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *l = list; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data));
    curl_slist_free_all(list);
}

static void set_request(struct https *h, const struct https_request *r, struct curl_slist *headers)
{
    curl_easy_setopt(h->curl, CURLOPT_URL, r->url);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
    if (r->json)
        curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, r->json);
    else
        curl_easy_setopt(h->curl, CURLOPT_HTTPGET, 1L);
}

bool https_send(struct https *h, const struct https_request *r, struct https_answer *out)
{
    struct https_answer got = {0};
    h->error[0] = '\0';
    if (!https_url_allowed(r->url)) {
        snprintf(h->error, sizeof h->error, "not an https address");
        return false;
    }
    struct curl_slist *headers = headers_of(r);
    h->into = &got;
    h->lose_answer = r->lose_answer;
    set_request(h, r, headers);
    CURLcode code = curl_easy_perform(h->curl);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
    if (code == CURLE_OK)
        curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &got.status);
    else if (!h->error[0])
        snprintf(h->error, sizeof h->error, "%s", curl_easy_strerror(code));
    free_headers(headers);
    h->into = NULL;
    if (code != CURLE_OK) {
        https_answer_clear(&got);
        return false;
    }
    *out = got;
    return true;
}

void https_answer_clear(struct https_answer *a)
{
    if (a->body)
        explicit_bzero(a->body, a->len);
    free(a->body);
    *a = (struct https_answer){0};
}

const char *https_error(const struct https *h)
{
    return h->error;
}
