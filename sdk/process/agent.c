/* SPDX-License-Identifier: Apache-2.0 */
/* The Local Agent of GP SERAM. Edge. [GP SERAM 2.0.0 Overview "Local Agent Behaviour", HTTP REST Binding] */
#include "process/agent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/hex.h"
#include "client/call.h"
#include "wire/object/wipe.h"
#include "wire/seram.h"

enum {
    MS = 1000,
    NS_OF_MS = 1000000,
    MIN_CAPDU = 4,
    HTTP_OK = 200,
    HTTP_TOO_MANY = 429,
    HTTP_SERVER_ERROR = 500
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * MS + t.tv_nsec / NS_OF_MS;
}

static void fail(struct agent *a, enum seram_status status, const char *why)
{
    a->status = (int)status;
    a->error = why;
    log_say(&a->api->log, TSM_API_LOG_WARNING, TSM_API_LOG_ELEMENT, "%s: %s", a->exchange.reader, why);
}

/* True when an answer came that is not "try again later". */
static bool send_once(struct agent *a, const struct https_request *r, const char *what,
                      struct https_answer *out)
{
    struct https_answer got = {0};
    if (call_exchange(a->api, a->line, r, what, &got) == HTTPS_ANSWERED && got.status < HTTP_SERVER_ERROR &&
        got.status != HTTP_TOO_MANY) {
        *out = got;
        return true;
    }
    https_answer_clear(&got);
    return false;
}

static unsigned next_gap(unsigned gap)
{
    if (gap == 0)
        return AGENT_FIRST_GAP_MS;
    return 2 * gap < AGENT_LONGEST_GAP_MS ? 2 * gap : AGENT_LONGEST_GAP_MS;
}

/* Sends until something answers: at once again after the first loss, then with growing gaps. A repeated
 * Report has the same bytes and the cookie of the Order that it answers, so that the Remote Agent takes it
 * once. */
static enum agent_end exchange(struct agent *a, const char *step, json_t *message, struct https_answer *out)
{
    char url[HTTPS_MAX_URL], what[TSM_API_MAX_LOG_TEXT];
    char *body = json_text_once(message);
    int64_t give_up = now_ms() + (int64_t)a->api->retry_s * MS;
    enum agent_end end = AGENT_SERVER_LOST;
    unsigned gap = 0;
    snprintf(url, sizeof url, "%s/%s?sessionId=%s", a->exchange.url, step, a->exchange.session);
    snprintf(what, sizeof what, "SERAM %s", step);
    const struct https_request r = {.url = url, .json = body};
    bool answered = body && send_once(a, &r, what, out);
    while (body && !answered && now_ms() + gap <= give_up) {
        if (!https_pause(a->line, gap)) {
            end = AGENT_LET_GO;
            break;
        }
        gap = next_gap(gap);
        answered = send_once(a, &r, what, out);
    }
    text_wipe(body);
    json_wipe(message);
    return answered ? AGENT_STOPPED : end;
}

static enum agent_end handshake(struct agent *a)
{
    struct https_answer answer = {0};
    enum agent_end end =
        exchange(a, "handshake", seram_handshake(element_type(a->exchange.reader), a->id), &answer);
    if (end == AGENT_STOPPED &&
        (answer.status != HTTP_OK || seram_choice_read(BYTES_OF(answer.at, answer.len)) != TSM_OK))
        end = AGENT_NO_SESSION;
    https_answer_clear(&answer);
    return end;
}

/* The R-APDU in hex; NULL when the C-APDU could not be transmitted: then none is reported for it. */
static json_t *transmit(struct agent *a, const char *hex, uint8_t *capdu, uint8_t *rapdu)
{
    size_t len = 0;
    if (hex_read(hex, capdu, TSM_API_MAX_APDU, &len) != TSM_OK || len < MIN_CAPDU) {
        fail(a, SERAM_UNKNOWN_FAILURE, "a C-APDU is no hexadecimal text of four bytes or more");
        return NULL;
    }
    if (!a->channel.handle)
        a->access = channel_open(a->api, a->exchange.reader, &a->channel);
    size_t n = a->channel.handle ? channel_transmit(&a->channel, capdu, len, rapdu) : 0;
    explicit_bzero(capdu, len);
    if (n == 0) {
        fail(a, a->access == TSM_API_ACCESS_DENIED ? SERAM_UNGRANTED_ACCESS : SERAM_UNAVAILABLE_SE,
             "the secure element does not answer");
        return NULL;
    }
    char *text = malloc(2 * n + 1);
    json_t *answer = text ? json_string(hex_text(BYTES_OF(rapdu, n), text)) : NULL;
    text_wipe(text);
    return answer;
}

/* "On any error to transmit the C-APDU, the Local Agent shall discard all the remaining C-APDU": also those
 * of later commands of the Order. */
static void execute_apdus(struct agent *a, const json_t *command)
{
    const json_t *item;
    size_t i;
    uint8_t *capdu = malloc(TSM_API_MAX_APDU), *rapdu = malloc(TSM_API_MAX_APDU);
    json_t *rapdus = json_array();
    if (!capdu || !rapdu || !rapdus)
        fail(a, SERAM_UNKNOWN_FAILURE, "memory is exhausted");
    json_array_foreach(json_object_get(command, "listOfCAPDU"), i, item)
    {
        json_t *answer = a->error ? NULL : transmit(a, json_string_value(item), capdu, rapdu);
        if (!answer)
            break;
        json_array_append_new(rapdus, answer);
    }
    a->executed += a->error == NULL;
    json_array_append_new(a->responses, seram_response(rapdus));
    if (rapdu)
        explicit_bzero(rapdu, TSM_API_MAX_APDU);
    free(capdu);
    free(rapdu);
}

static void execute(struct agent *a, const json_t *command)
{
    switch (seram_kind(command)) {
    case SERAM_START:
        a->started = true;
        break;
    case SERAM_APDUS:
        if (a->error)
            break;
        if (!a->started)
            fail(a, SERAM_UNKNOWN_FAILURE, "no Start Command came before");
        else if (a->refused)
            fail(a, SERAM_UNAVAILABLE_SE, "this handset has no such secure element");
        else
            execute_apdus(a, command);
        break;
    case SERAM_NOTIFICATION:
        log_say(&a->api->log, TSM_API_LOG_INFO, TSM_API_LOG_PROCESS, "notification: %s",
                json_member(command, "deviceAppNotification"));
        break;
    case SERAM_STOP:
        a->stopped = true;
        break;
    case SERAM_UNKNOWN_COMMAND:
        fail(a, SERAM_UNKNOWN_FAILURE, "unknown ramCommandType");
        break;
    }
}

static void execute_order(struct agent *a, const struct seram_order *order)
{
    size_t i;
    const json_t *command;
    a->status = order->commands ? SERAM_PROCESSED : SERAM_POLLING;
    a->error = NULL;
    a->executed = 0;
    a->responses = json_array();
    if (order->chosen_id)
        a->refused = strcasecmp(order->chosen_id, a->id) != 0;
    json_array_foreach(order->commands, i, command)
    {
        if (!a->stopped)
            execute(a, command);
    }
}

/* One Report out, one Order in. The delay runs "between an HTTP response and the next HTTP request". */
static enum agent_end one_round(struct agent *a)
{
    struct https_answer answer = {0};
    struct seram_order order = {.delay_ms = SERAM_DEFAULT_DELAY_MS};
    json_t *report = seram_report((enum seram_status)a->status, a->executed, a->error, a->responses);
    a->responses = NULL;
    enum agent_end end = exchange(a, "remoteManagement", report, &answer);
    if (end != AGENT_STOPPED)
        return end;
    int64_t arrived = now_ms();
    if (answer.status != HTTP_OK) {
        https_answer_clear(&answer);
        return AGENT_NO_SESSION;
    }
    enum tsm_err e = seram_order_read(BYTES_OF(answer.at, answer.len), &order);
    https_answer_clear(&answer);
    execute_order(a, &order);
    if (e != TSM_OK)
        fail(a, SERAM_UNKNOWN_FAILURE, "the Order is not understood");
    json_wipe(order.document);
    int64_t left = arrived + order.delay_ms - now_ms();
    if (!a->stopped && left > 0 && !https_pause(a->line, (unsigned)left))
        return AGENT_LET_GO;
    return AGENT_STOPPED;
}

enum agent_end agent_run(struct agent *a)
{
    a->status = SERAM_POLLING;
    element_id(a->api, a->exchange.reader, a->id);
    enum agent_end end = handshake(a);
    while (end == AGENT_STOPPED && !a->stopped)
        end = one_round(a);
    channel_close(&a->channel);
    json_wipe(a->responses);
    a->responses = NULL;
    return end;
}
