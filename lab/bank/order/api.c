/* SPDX-License-Identifier: Apache-2.0 */
/* Client of the server's order interface, as a service provider uses it. Edge. */
#include "bank/order/api.h"

#include "bank/seal/jwe.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

bool bank_api_open(struct bank_api *a, const char *base, const char *ca_file, const char *token)
{
    *a = (struct bank_api){0};
    size_t len = strlen(base);
    while (len > 0 && base[len - 1] == '/')
        len--;
    if (len >= sizeof a->base || strlen(token) >= sizeof a->token || !https_url_allowed(base)) {
        fprintf(stderr, "bank: %s is no https address (http on loopback alone)\n", base);
        return false;
    }
    snprintf(a->base, sizeof a->base, "%.*s", (int)len, base);
    snprintf(a->token, sizeof a->token, "%s", token);
    a->http = https_new(ca_file);
    return a->http != NULL;
}

void bank_api_close(struct bank_api *a)
{
    https_free(a->http);
    explicit_bzero(a, sizeof *a);
}

json_t *bank_api_call(struct bank_api *a, const char *path, const json_t *body, long *status)
{
    char url[2 * API_MAX_URL];
    struct https_answer answer = {0};
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    *status = 0;
    snprintf(url, sizeof url, "%s%s", a->base, path);
    const struct https_request r = {.url = url, .json = text, .bearer = a->token};
    json_t *root = NULL;
    if (https_send(a->http, &r, &answer)) {
        *status = answer.status;
        root = answer.body ? json_loadb(answer.body, answer.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    } else {
        fprintf(stderr, "bank: no answer from %s: %s\n", a->base, https_error(a->http));
    }
    https_answer_clear(&answer);
    free(text);
    return root;
}

bool bank_is_id(const char *text)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    return *text && strlen(text) <= API_MAX_ID && text[strspn(text, set)] == '\0';
}

json_t *bank_api_order(struct bank_api *a, const char *order, unsigned wait_s, long *status)
{
    char path[API_MAX_URL];
    snprintf(path, sizeof path, wait_s ? "/api/v1/orders/%s?wait=%u" : "/api/v1/orders/%s", order, wait_s);
    return bank_api_call(a, path, NULL, status);
}

bool bank_state_is_final(const char *state)
{
    return strcmp(state, "DONE") == 0 || strcmp(state, "FAILED") == 0 || strcmp(state, "EXPIRED") == 0;
}

const char *bank_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static time_t now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

json_t *bank_api_follow(struct bank_api *a, const char *order, const struct bank_watcher *w)
{
    json_t *last = NULL;
    size_t told = 0;
    for (time_t end = now_s() + (time_t)w->limit_s; now_s() <= end;) {
        long status;
        json_t *seen = bank_api_order(a, order, API_FOLLOW_WAIT_S, &status);
        if (!seen || status != API_STATUS_OK) {
            json_decref(seen);
            break;
        }
        json_decref(last);
        last = seen;
        const json_t *timeline = json_object_get(last, "timeline");
        for (; told < json_array_size(timeline); told++)
            w->on_step(w->user, json_array_get(timeline, told));
        if (bank_state_is_final(bank_text(last, "state")) || !w->go_on(w->user))
            break;
        poll(NULL, 0, API_FOLLOW_PAUSE_MS);
    }
    return last;
}

char *bank_api_seal(struct bank_api *a, const json_t *card)
{
    long status;
    const char *why = "the server gives no intake key";
    json_t *jwk = bank_api_call(a, "/api/v1/intake-key", NULL, &status);
    char *plain = json_dumps(card, JSON_COMPACT), *sealed = NULL;
    if (jwk && plain && status == API_STATUS_OK)
        sealed = bank_jwe_encrypt(jwk, plain, strlen(plain), &why);
    if (!sealed)
        fprintf(stderr, "bank: card data cannot be encrypted: %s\n", why);
    if (plain)
        explicit_bzero(plain, strlen(plain));
    free(plain);
    json_decref(jwk);
    return sealed;
}
