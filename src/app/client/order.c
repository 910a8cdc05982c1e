/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm order post | show | list | wait`. Stations 1 and 12, seen from outside. Edge. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/timeline.h"
#include "app/client/verbs.h"
#include "base/clock.h"
#include "base/hex.h"

enum {
    POLL_S = 1,        /* how late a line of the timeline may be shown */
    POLL_QUIET_S = 25, /* nothing is shown before the end: below the server's longest poll */
    ID_MAX = 19,
};

/* Reads a file, or stdin for "-"; *out is owned by the caller, also after the error IO. */
static enum tsm_err read_body(const char *path, struct writer *out)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t room = JSON_BODY_MAX;
    uint8_t *at;
    if (!f)
        return FAIL(IO, "%.200s: %s", path, strerror(errno));
    at = malloc(room + 1);
    if (at)
        *out = (struct writer){at, fread(at, 1, room + 1, f), room + 1};
    if (f != stdin)
        fclose(f);
    if (!at)
        return FAIL(NO_MEMORY, "no memory for the order");
    return out->len > room ? FAIL(TOO_LONG, "%.200s has more than %zu octets", path, room) : TSM_OK;
}

static void print_accepted(const json_t *order)
{
    const json_t *seram = json_object_get(order, "seram");
    printf("order %s  %s\n  trace %s\n  instance %s\n", client_text(order, "order"),
           client_text(order, "state"), client_text(order, "trace"),
           client_text(json_object_get(order, "instance"), "id"));
    if (seram)
        printf("  the device's agent asks at %s with session %s\n", client_text(seram, "url"),
               client_text(seram, "session_id"));
    printf("  follow it: tsm order wait %s\n", client_text(order, "order"));
}

static enum client_exit post(struct client *c)
{
    struct writer body = {0};
    struct client_request r = {
        .method = "POST", .path = "/api/v1/orders", .content_type = "application/json", .key = c->args.ref};
    json_t *order = NULL;
    enum client_exit status;
    enum tsm_err e = read_body(c->args.operand, &body);
    r.body = written(&body);
    status = e == TSM_OK ? client_ask(c, &r, &order) : client_trouble(c, e);
    free(body.at);
    if (status != CLIENT_FINE)
        return status;
    if (c->args.json)
        client_print_json(order);
    else
        print_accepted(order);
    json_decref(order);
    return CLIENT_FINE;
}

/* The order as it is, at its end, or after `wait` seconds. */
static enum client_exit fetch(struct client *c, int64_t wait, json_t **out)
{
    char path[CLIENT_PATH_MAX];
    struct client_request r = {.method = "GET", .path = path};
    if (wait)
        snprintf(path, sizeof path, "/api/v1/orders/%s?wait=%lld", c->args.operand, (long long)wait);
    else
        snprintf(path, sizeof path, "/api/v1/orders/%s", c->args.operand);
    return client_ask(c, &r, out);
}

static bool id_is_good(const struct client *c)
{
    if (text_is_digits(c->args.operand, 1, ID_MAX))
        return true;
    fprintf(stderr, "tsm: an order is named by its number\n");
    return false;
}

static enum client_exit show(struct client *c)
{
    json_t *order = NULL, *seen = json_object();
    enum client_exit status = id_is_good(c) ? fetch(c, 0, &order) : CLIENT_USAGE;
    if (status == CLIENT_FINE && c->args.json) {
        client_print_json(order);
    } else if (status == CLIENT_FINE) {
        timeline_head(order);
        timeline_lines(order, seen, c->args.full);
        timeline_end(order);
    }
    json_decref(order);
    json_decref(seen);
    return status;
}

static bool is_over(const json_t *order)
{
    const char *state = client_text(order, "state");
    return strcmp(state, "ACCEPTED") != 0 && strcmp(state, "RUNNING") != 0;
}

static enum client_exit end_of(const json_t *order)
{
    if (!is_over(order))
        return CLIENT_FAILED;
    return strcmp(client_text(order, "state"), "DONE") == 0 ? CLIENT_FINE : CLIENT_ORDER_FAILED;
}

/* Asks until the order is over or the time is; prints what is new. *out is the last answer. */
static enum client_exit follow(struct client *c, json_t **out)
{
    time_us until = clock_now(&clock_real) + SECONDS(c->args.timeout_s);
    json_t *seen = json_object(), *order = NULL;
    enum client_exit status = fetch(c, 0, &order);
    if (status == CLIENT_FINE && !c->args.json)
        timeline_head(order);
    while (status == CLIENT_FINE) {
        int64_t wait = c->args.json ? POLL_QUIET_S : POLL_S,
                left = (until - clock_now(&clock_real)) / SECONDS(1) + 1;
        if (!c->args.json)
            timeline_lines(order, seen, c->args.full);
        if (is_over(order) || (c->args.timeout_s && clock_now(&clock_real) >= until))
            break;
        json_decref(order);
        order = NULL;
        status = fetch(c, c->args.timeout_s && left < wait ? left : wait, &order);
    }
    json_decref(seen);
    *out = order;
    return status;
}

static enum client_exit wait_for(struct client *c)
{
    json_t *order = NULL;
    enum client_exit status = id_is_good(c) ? follow(c, &order) : CLIENT_USAGE;
    if (status == CLIENT_FINE) {
        if (c->args.json)
            client_print_json(order);
        else
            timeline_end(order);
        if (!is_over(order))
            fprintf(stderr, "tsm: the order is not over after %lld s\n", (long long)c->args.timeout_s);
        status = end_of(order);
    }
    json_decref(order);
    return status;
}

/* Prints what became of it, as far as the server knows within a moment. */
static enum client_exit cancel(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    struct client_request r = {.method = "DELETE", .path = path};
    json_t *order = NULL;
    enum client_exit status;
    if (!id_is_good(c))
        return CLIENT_USAGE;
    snprintf(path, sizeof path, "/api/v1/orders/%s?wait=%d", c->args.operand, POLL_S);
    status = client_ask(c, &r, &order);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(order);
    else if (status == CLIENT_FINE)
        timeline_end(order);
    if (status == CLIENT_FINE && !is_over(order))
        fprintf(stderr, "tsm: a message had left for the secure element: the order ends when its answer is "
                        "known (tsm order wait)\n");
    json_decref(order);
    return status;
}

static enum client_exit list(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    struct client_request r = {.method = "GET", .path = path};
    json_t *answer = NULL, *order;
    enum client_exit status;
    size_t i;
    int n = snprintf(path, sizeof path, "/api/v1/orders?limit=%lld",
                     (long long)(c->args.limit ? c->args.limit : 20));
    if (c->args.before)
        snprintf(path + n, sizeof path - (size_t)n, "&before=%lld", (long long)c->args.before);
    status = client_ask(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        json_array_foreach(json_object_get(answer, "orders"), i, order) timeline_row(order);
    json_decref(answer);
    return status;
}

static const struct client_verb post_verb = {
    "order post FILE|- [--ref TEXT]",
    "posts an order (JSON, see api/opentsm.json); the same --ref again is the same order",
    "TSM_TOKEN_BANK",
    OPTION_REF,
    true,
    post};
static const struct client_verb show_verb = {
    "order show ID [--full]",
    "prints an order with its timeline; --full cuts no command short",
    "TSM_TOKEN_BANK",
    OPTION_FULL,
    true,
    show};
static const struct client_verb list_verb = {"order list [--limit N] [--before ID]",
                                             "lists the newest orders",
                                             "TSM_TOKEN_BANK",
                                             OPTION_LIMIT | OPTION_BEFORE,
                                             false,
                                             list};
static const struct client_verb cancel_verb = {"order cancel ID",
                                               "cancels an order that has not begun on its secure element",
                                               "TSM_TOKEN_BANK",
                                               0,
                                               true,
                                               cancel};
static const struct client_verb wait_verb = {
    "order wait ID [--timeout S] [--full]",
    "prints the timeline as it grows; exit 0 done, 3 failed or expired, 1 not over after S seconds",
    "TSM_TOKEN_BANK",
    OPTION_TIMEOUT | OPTION_FULL,
    true,
    wait_for};

int client_order_post(int argc, char **argv)
{
    return client_main(&post_verb, argc, argv);
}

int client_order_show(int argc, char **argv)
{
    return client_main(&show_verb, argc, argv);
}

int client_order_list(int argc, char **argv)
{
    return client_main(&list_verb, argc, argv);
}

int client_order_wait(int argc, char **argv)
{
    return client_main(&wait_verb, argc, argv);
}

int client_order_cancel(int argc, char **argv)
{
    return client_main(&cancel_verb, argc, argv);
}
