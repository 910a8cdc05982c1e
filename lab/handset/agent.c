/* SPDX-License-Identifier: Apache-2.0 */
/* The GP SERAM Local Agent: handshake, command exchange, transmission errors; station 9 seen from the device.
 * Edge. [GP SERAM 2.0.0 Overview, HTTP REST Binding] */
#include "handset/agent.h"

#include "handset/session.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { MS = 1000, HTTP_OK = 200, HTTP_NOT_FOUND = 404, HTTP_TOO_MANY = 429, HTTP_SERVER_ERROR = 500 };

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * MS + t.tv_nsec / 1000000;
}

static void pause_until(long long when)
{
    for (long long left = when - now_ms(); left > 0; left = when - now_ms())
        poll(NULL, 0, (int)left);
}

/* The platform's watch over its session. */
static bool is_cut(struct session *s)
{
    unsigned limit = s->o->cut_after_ms;
    if (limit > 0 && s->last_apdu_ms > 0 && now_ms() - s->last_apdu_ms > limit && !s->cut) {
        s->cut = true;
        session_say(s, "the platform ended the session: no APDU for too long");
        element_lose(&s->element);
    }
    return s->cut;
}

/* True when an answer came that is not "try again later". */
static bool send_once(struct session *s, const struct https_request *r, struct https_answer *out)
{
    struct https_answer got = {0};
    bool answered = https_send(s->http, r, &got);
    pause_until(now_ms() + s->o->round_trip_ms);
    if (answered && got.status < HTTP_SERVER_ERROR && got.status != HTTP_TOO_MANY) {
        *out = got;
        return true;
    }
    session_say(s, answered ? "the server cannot answer now" : https_error(s->http));
    https_answer_clear(&got);
    return false;
}

static long long next_gap(long long gap)
{
    if (gap == 0)
        return AGENT_FIRST_GAP_MS;
    return 2 * gap < AGENT_LONGEST_GAP_MS ? 2 * gap : AGENT_LONGEST_GAP_MS;
}

/* Sends until something answers: at once again after the first loss, then with growing gaps, for retry_s. A
 * repeated Report has the same bytes, so that the server knows it again. */
static bool exchange(struct session *s, const char *path, json_t *message, struct https_answer *out)
{
    char url[AGENT_MAX_URL];
    char *body = json_dumps(message, JSON_COMPACT);
    long long give_up = now_ms() + (long long)s->o->retry_s * MS, gap = 0;
    snprintf(url, sizeof url, "%s/%s?sessionId=%s", s->o->url, path, s->o->session);
    struct https_request r = {.url = url, .json = body};
    r.lose_answer = !s->fault_done && s->o->drop_after > 0 && s->apdus >= s->o->drop_after;
    bool answered = body && send_once(s, &r, out);
    s->fault_done = s->fault_done || r.lose_answer;
    r.lose_answer = false;
    while (body && !answered && now_ms() + gap <= give_up) {
        pause_until(now_ms() + gap);
        gap = next_gap(gap);
        answered = send_once(s, &r, out);
    }
    free(body);
    return answered;
}

static enum agent_end handshake(struct session *s)
{
    struct https_answer answer = {0};
    const char *why = "the server does not know the session";
    json_t *message = seram_handshake(s->o->se_type, s->se_id);
    bool answered = exchange(s, "handshake", message, &answer);
    json_decref(message);
    if (!answered)
        return AGENT_SERVER_LOST;
    if (answer.status == HTTP_OK)
        seram_handshake_accepted(answer.body, answer.len, &why);
    else if (answer.status != HTTP_NOT_FOUND)
        why = "the server refused the handshake";
    https_answer_clear(&answer);
    session_say(s, why ? why : "handshake done");
    return why ? AGENT_NO_SESSION : AGENT_STOPPED;
}

/* "On any error to transmit the C-APDU, the Local Agent shall discard all the remaining C-APDU and shall not
 * include any R-APDU in the response for the faulty transmission": also those of later commands of the Order.
 */
static void execute_apdus(struct session *s, const json_t *command)
{
    const json_t *list = json_object_get(command, "listOfCAPDU"), *item;
    size_t i;
    if (s->error_msg)
        return;
    if (!s->started || s->refused_se) {
        session_fail(s, s->refused_se ? SERAM_UNAVAILABLE_SE : SERAM_UNKNOWN_FAILURE,
                     s->refused_se ? "this device has no such secure element"
                                   : "no Start Command came before");
        return;
    }
    json_t *rapdus = json_array();
    json_array_foreach(list, i, item)
    {
        json_t *rapdu = session_transmit(s, json_is_string(item) ? json_string_value(item) : "");
        if (!rapdu)
            break;
        s->last_apdu_ms = now_ms();
        json_array_append_new(rapdus, rapdu);
    }
    if (!s->error_msg)
        s->executed++;
    json_array_append_new(s->responses, seram_response(rapdus));
}

static void execute(struct session *s, const json_t *command)
{
    const char *text = json_string_value(json_object_get(command, "deviceAppNotification"));
    switch (seram_kind(command)) {
    case SERAM_START:
        s->started = true;
        session_say(s, "Start");
        break;
    case SERAM_APDUS:
        execute_apdus(s, command);
        break;
    case SERAM_NOTIFICATION:
        printf("notification: %s\n", text ? text : "");
        fflush(stdout);
        break;
    case SERAM_STOP:
        s->stopped = true;
        session_say(s, "Stop");
        break;
    case SERAM_UNKNOWN_COMMAND:
        session_fail(s, SERAM_UNKNOWN_FAILURE, "unknown ramCommandType");
        break;
    }
}

static void execute_order(struct session *s, const struct seram_order *order)
{
    size_t i;
    const json_t *command;
    s->status = order->commands ? SERAM_PROCESSED : SERAM_POLLING;
    s->error_msg = NULL;
    s->executed = 0;
    s->responses = json_array();
    if (order->chosen_id)
        s->refused_se = strcasecmp(order->chosen_id, s->se_id) != 0;
    json_array_foreach(order->commands, i, command)
    {
        if (!s->stopped)
            execute(s, command);
    }
}

/* One Report out, one Order in. The delay runs "between an HTTP response and the next HTTP request". */
static enum agent_end one_round(struct session *s, long long *last_command)
{
    struct https_answer answer = {0};
    struct seram_order order = {.delay_ms = SERAM_DEFAULT_DELAY_MS};
    const char *why;
    json_t *report = seram_report(s->status, s->executed, s->error_msg, s->responses);
    s->responses = NULL;
    bool answered = exchange(s, "remoteManagement", report, &answer);
    json_decref(report);
    if (!answered)
        return AGENT_SERVER_LOST;
    long long arrived = now_ms();
    if (answer.status != HTTP_OK) {
        https_answer_clear(&answer);
        session_say(s, "the session has ended");
        return AGENT_NO_SESSION;
    }
    bool readable = seram_read_order(answer.body, answer.len, &order, &why);
    https_answer_clear(&answer);
    if (!is_cut(s))
        execute_order(s, &order);
    if (!readable)
        session_fail(s, SERAM_UNKNOWN_FAILURE, why);
    if (order.commands)
        *last_command = now_ms();
    json_decref(order.root);
    if (!s->stopped)
        pause_until(arrived + order.delay_ms);
    return s->cut ? AGENT_CUT : AGENT_STOPPED;
}

static enum agent_end command_exchange(struct session *s)
{
    long long last_command = now_ms();
    while (!s->stopped) {
        enum agent_end end = one_round(s, &last_command);
        if (end != AGENT_STOPPED)
            return end;
        if (!s->stopped && now_ms() - last_command > (long long)s->o->max_poll_s * MS) {
            session_say(s, "no command came for too long");
            return AGENT_IDLE;
        }
    }
    return AGENT_STOPPED;
}

enum agent_end agent_run(const struct agent_options *options)
{
    struct session s = {.o = options, .element = {.fd = -1}, .status = SERAM_POLLING};
    enum agent_end end = AGENT_NO_ELEMENT;
    if (options->app)
        s.enforcer = *options->app;
    s.http = https_new(options->ca_file);
    if (options->se_id)
        snprintf(s.se_id, sizeof s.se_id, "%s", options->se_id);
    if (!s.http || (!options->se_id && !session_read_identity(&s)))
        fprintf(stderr, "handset: no secure element tells its identity at %s\n", options->element);
    else
        end = handshake(&s);
    if (end == AGENT_STOPPED)
        end = command_exchange(&s);
    if (options->keep_channel)
        element_lose(&s.element);
    else
        element_close(&s.element);
    json_decref(s.responses);
    https_free(s.http);
    return end;
}
