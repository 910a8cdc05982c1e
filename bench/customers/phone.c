/* SPDX-License-Identifier: Apache-2.0 */
/* The agent: handshake, then reports and orders until Stop. Bench only. [GP SERAM 2.0.0] */
#include "customers/phone.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handset/hex.h"
#include "handset/seram.h"

enum { URL_MAX = 512, APDU_MAX = 2048, HTTP_OK = 200 };

double phone_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One message out, the answer in; NULL after a message on standard error. */
static char *exchange(struct phone *p, const char *url, json_t *message)
{
    struct https_answer answer = {0};
    char *body = json_dumps(message, JSON_COMPACT);
    struct https_request r = {.url = url, .json = body};
    bool fine = body && https_send(p->http, &r, &answer) && answer.status == HTTP_OK;
    if (!fine)
        fprintf(stderr, "phone %s: status %ld: %s\n", p->se_id, answer.status,
                answer.body ? answer.body : https_error(p->http));
    free(body);
    json_decref(message);
    if (fine)
        return answer.body;
    https_answer_clear(&answer);
    return NULL;
}

static json_t *transmit(struct phone *p, const char *hex)
{
    uint8_t command[APDU_MAX];
    uint8_t *answer = malloc(CARD_MAX_RAPDU);
    char *text = malloc(2 * CARD_MAX_RAPDU + 1);
    ssize_t len = hs_hex_read(hex, command, sizeof command);
    double from = phone_now();
    size_t n = len > 0 && answer && text ? card_transmit(p->card, command, (size_t)len, answer) : 0;
    json_t *out = NULL;
    p->card_s += phone_now() - from;
    p->apdus++;
    if (n) {
        hs_hex_write(answer, n, text);
        out = json_string(text);
    }
    free(answer);
    free(text);
    return out;
}

/* What an Order asks, done; the responses for the next Report. */
struct doing {
    json_t *responses;
    unsigned executed;
    bool stopped;
};

static void execute(struct phone *p, const json_t *command, struct doing *d)
{
    const json_t *hex;
    json_t *list;
    size_t i;
    enum seram_command kind = seram_kind(command);
    d->stopped = d->stopped || kind == SERAM_STOP;
    if (kind != SERAM_APDUS)
        return;
    list = json_array();
    json_array_foreach(json_object_get(command, "listOfCAPDU"), i, hex)
    {
        json_array_append_new(list, transmit(p, json_string_value(hex)));
    }
    d->executed++;
    json_array_append_new(d->responses, seram_response(list));
}

static bool obey(struct phone *p, const char *body, struct doing *d)
{
    struct seram_order order;
    const char *why;
    const json_t *command;
    size_t i;
    *d = (struct doing){.responses = json_array(), .stopped = d->stopped};
    if (!seram_read_order(body, strlen(body), &order, &why)) {
        fprintf(stderr, "phone %s: %s\n", p->se_id, why);
        return false;
    }
    json_array_foreach(order.commands, i, command)
    {
        execute(p, command, d);
    }
    if (!d->stopped && order.delay_ms)
        poll(NULL, 0, (int)order.delay_ms);
    json_decref(order.root);
    return true;
}

bool phone_serve(struct phone *p, const char *url, const char *session)
{
    char hello[URL_MAX], report[URL_MAX];
    struct doing d = {0};
    const char *why;
    char *body;
    bool fine;
    snprintf(hello, sizeof hello, "%s/handshake?sessionId=%s", url, session);
    snprintf(report, sizeof report, "%s/remoteManagement?sessionId=%s", url, session);
    body = exchange(p, hello, seram_handshake("eSE", p->se_id));
    fine = body && seram_handshake_accepted(body, strlen(body), &why);
    free(body);
    while (fine && !d.stopped) {
        bool first = d.responses == NULL;
        body = exchange(p, report,
                        seram_report(first || !d.executed ? SERAM_POLLING : SERAM_PROCESSED, d.executed, NULL,
                                     d.responses));
        p->reports++;
        fine = body && obey(p, body, &d);
        free(body);
    }
    json_decref(d.responses);
    return fine;
}
