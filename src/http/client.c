/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client: one easy handle a thread, reset for each call, its connections kept. Station 12. Edge.
 * [RFC 9110]
 */
#include "http/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEPT_CONNECTIONS = 16, FIELD_MAX = 4096 };

struct http_client {
    char *ca_file, *cert_file, *key_file, *bearer;
    bool allow_plain;
    unsigned connect_ms, call_ms;
    size_t answer_max;
};

/* What comes back, as it comes. */
struct arriving {
    char *at;
    size_t len, cap, max;
    bool too_long;
    char why[CURL_ERROR_SIZE]; /* libcurl's own words on what failed */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t handle_key;
static bool ready;

static void set_up_process(void)
{
    ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
            pthread_key_create(&handle_key, curl_easy_cleanup) == 0;
}

/* The handle of this thread, as new but for its open connections. */
static CURL *own_handle(void)
{
    CURL *h = pthread_getspecific(handle_key);
    if (h) {
        curl_easy_reset(h);
        return h;
    }
    h = curl_easy_init();
    if (h && pthread_setspecific(handle_key, h) != 0) {
        curl_easy_cleanup(h);
        return NULL;
    }
    return h;
}

static bool copy(const char *text, char **out)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

enum tsm_err http_client_new(const struct http_client_config *config, struct http_client **out)
{
    struct http_client *c = calloc(1, sizeof *c);
    pthread_once(&once, set_up_process);
    if (!c || !ready || !copy(config->ca_file, &c->ca_file) || !copy(config->cert_file, &c->cert_file) ||
        !copy(config->key_file, &c->key_file) || !copy(config->bearer, &c->bearer)) {
        http_client_free(c);
        return FAIL(NO_MEMORY, "no memory for an HTTP client");
    }
    c->allow_plain = config->allow_plain;
    c->connect_ms = config->connect_ms ? config->connect_ms : HTTP_CONNECT_MS;
    c->call_ms = config->call_ms ? config->call_ms : HTTP_CALL_MS;
    c->answer_max = config->answer_max ? config->answer_max : HTTP_ANSWER_MAX;
    *out = c;
    return TSM_OK;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    if (c->bearer)
        explicit_bzero(c->bearer, strlen(c->bearer));
    free(c->ca_file);
    free(c->cert_file);
    free(c->key_file);
    free(c->bearer);
    free(c);
}

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
    struct arriving *a = arg;
    struct writer w;
    size_t more = size * n;
    if (more > a->max - a->len) {
        a->too_long = true;
        return 0;
    }
    if (a->len + more + 1 > a->cap) {
        size_t cap = (a->len + more + 1) * 2;
        char *at = realloc(a->at, cap);
        if (!at)
            return 0;
        a->at = at;
        a->cap = cap;
    }
    w = (struct writer){(uint8_t *)a->at, a->len, a->cap};
    if (write_span(&w, BYTES_OF((const uint8_t *)data, more)) != TSM_OK || write_u8(&w, 0) != TSM_OK)
        return 0;
    a->len += more;
    return more;
}

static bool add_field(struct curl_slist **list, const char *name, const char *value)
{
    char line[FIELD_MAX];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *longer;
    if (n < 0 || (size_t)n >= sizeof line || strpbrk(line, "\r\n"))
        return false;
    longer = curl_slist_append(*list, line);
    explicit_bzero(line, (size_t)n);
    if (longer)
        *list = longer;
    return longer;
}

/* "Expect:" keeps libcurl from waiting for 100 Continue before larger bodies. */
static bool make_fields(const struct http_client *c, const struct http_call *call, struct curl_slist **list)
{
    char authorization[FIELD_MAX];
    bool good = true;
    struct curl_slist *first = curl_slist_append(NULL, "Expect:");
    if (!first)
        return false;
    *list = first;
    if (call->content_type)
        good = add_field(list, "Content-Type", call->content_type);
    for (size_t i = 0; good && i < call->n_fields; i++)
        good = add_field(list, call->fields[i].name, call->fields[i].value);
    if (good && c->bearer) {
        int n = snprintf(authorization, sizeof authorization, "Bearer %s", c->bearer);
        good = n > 0 && (size_t)n < sizeof authorization && add_field(list, "Authorization", authorization);
        explicit_bzero(authorization, sizeof authorization);
    }
    return good;
}

/* Who is named is trusted alone: the system's directory of authorities would stand beside it. */
static void set_anchors(CURL *h, const struct http_client *c, struct bytes own)
{
    struct curl_blob blob = {(void *)(uintptr_t)own.at, own.len, CURL_BLOB_NOCOPY};
    if (own.len)
        curl_easy_setopt(h, CURLOPT_CAINFO_BLOB, &blob);
    else if (c->ca_file)
        curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
    if (own.len || c->ca_file)
        curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
    if (own.len) /* every handshake proves the certificate */
        curl_easy_setopt(h, CURLOPT_SSL_SESSIONID_CACHE, 0L);
}

static void set_trust(CURL *h, const struct http_client *c, const struct http_call *call)
{
    set_anchors(h, c, call->trust);
    if (c->cert_file)
        curl_easy_setopt(h, CURLOPT_SSLCERT, c->cert_file);
    if (c->key_file)
        curl_easy_setopt(h, CURLOPT_SSLKEY, c->key_file);
    curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, c->allow_plain && !call->trust.len ? "https,http" : "https");
    /* The environment shall not put a proxy between partners. */
    curl_easy_setopt(h, CURLOPT_PROXY, "");
}

static void set_call(CURL *h, const struct http_client *c, const struct http_call *call, struct arriving *a)
{
    curl_easy_setopt(h, CURLOPT_URL, call->url);
    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, call->method);
    if (call->content_type) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, call->body.len ? (const char *)call->body.at : "");
    }
    curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_ms);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)c->call_ms);
    curl_easy_setopt(h, CURLOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, a);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, a->why);
}

static enum tsm_err error_of(CURLcode code, const struct arriving *a, const char *url)
{
    const char *why = a->why[0] ? a->why : curl_easy_strerror(code);
    if (a->too_long)
        return FAIL(TOO_LONG, "the answer of %.100s is longer than %zu octets", url, a->max);
    switch (code) {
    case CURLE_OK:
        return TSM_OK;
    case CURLE_OPERATION_TIMEDOUT:
        return FAIL(TIMED_OUT, "%.100s did not answer in time", url);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
        return FAIL(PEER_REFUSED, "TLS with %.100s did not come about: %.120s", url, why);
    case CURLE_SSL_CACERT_BADFILE:
        return FAIL(IO, "the CA file cannot be read");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return FAIL(BAD_VALUE, "%.100s is no address that may be called", url);
    case CURLE_OUT_OF_MEMORY:
    case CURLE_WRITE_ERROR:
        return FAIL(NO_MEMORY, "no memory for the answer of %.100s", url);
    default: /* with CURLE_SSL_CONNECT_ERROR, which is also a peer that ended during the handshake: it comes
                back */
        return FAIL(PEER_DOWN, "%.100s: %.120s", url, why);
    }
}

static void read_facts(CURL *h, struct http_answer *out)
{
    long status = 0;
    curl_off_t wait = 0;
    char *type = NULL;
    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, &wait);
    curl_easy_getinfo(h, CURLINFO_CONTENT_TYPE, &type);
    out->status = (int)status;
    out->retry_after_s = wait > 0 && wait < 86400 ? (unsigned)wait : 0;
    snprintf(out->content_type, sizeof out->content_type, "%s", type ? type : "");
}

/* http:// is for laboratories: numeric loopback or "localhost", judged by the parser that makes the
 * connection. */
static bool is_local(const char *url)
{
    CURLU *u = curl_url();
    char *host = NULL;
    struct in_addr v4;
    bool local = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                 curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                 (!strcmp(host, "localhost") || !strcmp(host, "[::1]") ||
                  (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127));
    curl_free(host);
    curl_url_cleanup(u);
    return local;
}

bool http_client_takes(const struct http_client *c, const char *url)
{
    return !strncasecmp(url, "https://", 8) ||
           (c->allow_plain && !strncasecmp(url, "http://", 7) && is_local(url));
}

static enum tsm_err perform(CURL *h, const struct http_client *c, const struct http_call *call,
                            struct http_answer *out)
{
    struct arriving a = {.at = calloc(1, 1), .cap = 1, .max = c->answer_max};
    struct http_answer answer = {0};
    enum tsm_err e;
    NEED(a.at, NO_MEMORY);
    set_trust(h, c, call);
    set_call(h, c, call, &a);
    e = error_of(curl_easy_perform(h), &a, call->url);
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, NULL);
    if (e != TSM_OK) {
        free(a.at);
        return e;
    }
    read_facts(h, &answer);
    answer.body = a.at;
    answer.size = a.len;
    *out = answer;
    return TSM_OK;
}

enum tsm_err http_client_call(struct http_client *c, const struct http_call *call, struct http_answer *out)
{
    CURL *h = own_handle();
    struct curl_slist *fields = NULL;
    enum tsm_err e = TSM_NO_MEMORY;
    NEED(h, NO_MEMORY);
    if (!strncasecmp(call->url, "http:", 5) && !is_local(call->url))
        return FAIL(NOT_ALLOWED, "%.100s: plain HTTP is for loopback addresses only", call->url);
    if (make_fields(c, call, &fields)) {
        curl_easy_setopt(h, CURLOPT_HTTPHEADER, fields);
        e = perform(h, c, call, out);
    } else {
        e = FAIL(BAD_VALUE, "a header field of the call cannot be sent");
    }
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(fields);
    return e;
}

void http_answer_drop(struct http_answer *a)
{
    free(a->body);
    *a = (struct http_answer){0};
}

enum tsm_err http_answer_class(int status)
{
    if (status >= 200 && status < 300)
        return TSM_OK;
    if (status == 408 || status == 425 || status == 429 || (status >= 502 && status <= 504))
        return FAIL(BUSY, "the peer answered %d: later, please", status);
    if (status >= 500)
        return FAIL(PEER_DOWN, "the peer answered %d", status);
    return FAIL(PEER_REFUSED, "the peer answered %d", status);
}
