/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client: one easy handle a thread, reset for each call, its connections kept. Station 12. Edge.
 * [RFC 9110]
 */
#include "http/client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/call/call.h"

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

bool http_client_takes(const struct http_client *c, const char *url)
{
    bool local;
    return !strncasecmp(url, "https://", 8) || (c->allow_plain && !strncasecmp(url, "http://", 7) &&
                                                call_is_local(url, &local) == TSM_OK && local);
}

static enum tsm_err perform(CURL *h, const struct http_client *c, const struct http_call *call,
                            struct http_answer *out)
{
    struct arriving a = {.at = calloc(1, 1), .cap = 1, .max = c->answer_max};
    struct http_answer answer = {0};
    enum tsm_err e;
    NEED(a.at, NO_MEMORY);
    if (call_set(h, c, call) && curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_data) == CURLE_OK &&
        curl_easy_setopt(h, CURLOPT_WRITEDATA, &a) == CURLE_OK &&
        curl_easy_setopt(h, CURLOPT_ERRORBUFFER, a.why) == CURLE_OK)
        e = error_of(curl_easy_perform(h), &a, call->url);
    else
        e = FAIL(NO_MEMORY, "no memory for a call to %.100s", call->url);
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
    enum tsm_err e;
    bool local = false;
    NEED(h, NO_MEMORY);
    if (!strncasecmp(call->url, "http:", 5)) {
        TRY(call_is_local(call->url, &local));
        if (!local)
            return FAIL(NOT_ALLOWED, "%.100s: plain HTTP is for loopback addresses only", call->url);
    }
    e = call_fields(c, call, &fields);
    if (e == TSM_OK && curl_easy_setopt(h, CURLOPT_HTTPHEADER, fields) != CURLE_OK)
        e = FAIL(NO_MEMORY, "no memory for a call to %.100s", call->url);
    if (e == TSM_OK)
        e = perform(h, c, call, out);
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
