/* SPDX-License-Identifier: Apache-2.0 */
/* One line to a server. Edge. [RFC 9110, RFC 2818, GP SERAM HTTP REST Binding] */
#include "client/https.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "opentsm_tsm_api.h"

enum { FIRST_ROOM = 4096, MS = 1000, NS_OF_MS = 1000000 };

struct https {
    CURL *curl;
    CURLM *multi;
    struct https_config c;
    char error[HTTPS_MAX_ERROR > CURL_ERROR_SIZE ? HTTPS_MAX_ERROR : CURL_ERROR_SIZE];
    struct https_answer *into;
    size_t room;
    bool too_long;
    atomic_bool stopped;
};

/* An old block is wiped before it is given back: R-APDUs and results pass here. */
static bool grow(struct https *h, size_t need)
{
    size_t room = h->room ? h->room : FIRST_ROOM;
    while (room < need)
        room *= 2;
    if (room == h->room)
        return true;
    uint8_t *at = malloc(room);
    if (!at)
        return false;
    if (h->into->len)
        memcpy(at, h->into->at, h->into->len);
    if (h->into->at)
        explicit_bzero(h->into->at, h->into->len);
    free(h->into->at);
    h->into->at = at;
    h->room = room;
    return true;
}

static size_t take(char *data, size_t size, size_t count, void *user)
{
    struct https *h = user;
    size_t n = size * count;
    h->too_long = n > HTTPS_MAX_ANSWER - h->into->len;
    if (h->too_long || !grow(h, h->into->len + n))
        return 0;
    memcpy(h->into->at + h->into->len, data, n);
    h->into->len += n;
    return n;
}

/* An empty cookie file switches the cookies on. */
static void set_common(struct https *h)
{
    CURL *c = h->curl;
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, h->c.proxy ? h->c.proxy : "");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)TSM_API_CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)TSM_API_ANSWER_MS);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, h->error);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, h);
    if (h->c.cookies)
        curl_easy_setopt(c, CURLOPT_COOKIEFILE, "");
    if (h->c.ca_file)
        curl_easy_setopt(c, CURLOPT_CAINFO, h->c.ca_file);
}

struct https *https_new(const struct https_config *c)
{
    struct https *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->c = *c;
    h->curl = curl_easy_init();
    h->multi = curl_multi_init();
    if (!h->curl || !h->multi) {
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
    curl_multi_cleanup(h->multi);
    free(h);
}

static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *l = list; l; l = l->next)
        explicit_bzero(l->data, strlen(l->data));
    curl_slist_free_all(list);
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer != NULL;
}

/* All of them or, without memory, NULL: a request without its token would be another one. */
static struct curl_slist *headers_of(const struct https_request *r)
{
    char line[TSM_API_MAX_TOKEN + sizeof "Authorization: Bearer "];
    struct curl_slist *list = NULL;
    bool whole = add_header(&list, "Accept: application/json");
    if (whole && r->json)
        whole = add_header(&list, "Content-Type: application/json") && add_header(&list, "Expect:");
    if (whole && r->bearer) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", r->bearer);
        whole = add_header(&list, line);
        explicit_bzero(line, sizeof line);
    }
    if (whole)
        return list;
    free_headers(list);
    return NULL;
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

/* Runs the transfer, listening for https_stop. */
static enum https_end drive(struct https *h, CURLcode *code)
{
    int running = 1, left;
    CURLMsg *done = NULL;
    while (running) {
        if (atomic_load(&h->stopped))
            return HTTPS_STOPPED;
        if (curl_multi_perform(h->multi, &running) != CURLM_OK)
            return HTTPS_LOST;
        if (running && curl_multi_poll(h->multi, NULL, 0, MS, NULL) != CURLM_OK)
            return HTTPS_LOST;
    }
    done = curl_multi_info_read(h->multi, &left);
    *code = done && done->msg == CURLMSG_DONE ? done->data.result : CURLE_RECV_ERROR;
    return *code == CURLE_OK ? HTTPS_ANSWERED : HTTPS_LOST;
}

/* Nothing has left the handset after one of these. */
static bool is_unsent(CURLcode code)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
           code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

static enum https_end perform(struct https *h)
{
    CURLcode code = CURLE_OK;
    curl_multi_add_handle(h->multi, h->curl);
    enum https_end end = drive(h, &code);
    curl_multi_remove_handle(h->multi, h->curl);
    if (end == HTTPS_STOPPED)
        snprintf(h->error, sizeof h->error, "stopped");
    if (end != HTTPS_LOST)
        return end;
    if (h->too_long)
        snprintf(h->error, sizeof h->error, "the answer is longer than %d bytes", HTTPS_MAX_ANSWER);
    else if (!h->error[0])
        snprintf(h->error, sizeof h->error, "%s", curl_easy_strerror(code));
    return h->too_long ? HTTPS_TOO_LONG : is_unsent(code) ? HTTPS_NO_CONNECTION : HTTPS_LOST;
}

enum https_end https_send(struct https *h, const struct https_request *r, struct https_answer *out)
{
    struct https_answer got = {0};
    struct curl_slist *headers = headers_of(r);
    h->error[0] = '\0';
    h->into = &got;
    h->room = 0;
    h->too_long = false;
    if (!headers) {
        snprintf(h->error, sizeof h->error, "no memory for a request");
        return HTTPS_NO_CONNECTION;
    }
    set_request(h, r, headers);
    enum https_end end = perform(h);
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &got.status);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, NULL);
    free_headers(headers);
    h->into = NULL;
    if (end != HTTPS_ANSWERED)
        https_answer_clear(&got);
    else
        *out = got;
    return end;
}

void https_answer_clear(struct https_answer *a)
{
    if (a->at)
        explicit_bzero(a->at, a->len);
    free(a->at);
    *a = (struct https_answer){0};
}

const char *https_error(const struct https *h)
{
    return h->error;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * MS + t.tv_nsec / NS_OF_MS;
}

bool https_pause(struct https *h, unsigned ms)
{
    int64_t until = now_ms() + ms;
    for (int64_t left = ms; left > 0 && !atomic_load(&h->stopped); left = until - now_ms())
        curl_multi_poll(h->multi, NULL, 0, (int)left, NULL);
    return !atomic_load(&h->stopped);
}

void https_stop(struct https *h)
{
    atomic_store(&h->stopped, true);
    curl_multi_wakeup(h->multi);
}

void https_go(struct https *h)
{
    atomic_store(&h->stopped, false);
}
