/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm spos`: which online systems are not reached and why, what waits for them, and trying at once. Station
 * 12, seen from outside. Edge. [BSI TR-03165 4.3] */
#include <stdio.h>

#include "app/client/client.h"
#include "app/client/verbs.h"

static void print_receiver(const json_t *o)
{
    bool reached = json_is_true(json_object_get(o, "reached"));
    printf("%s %s: %s, %lld waiting, %lld refused\n", client_text(o, "provider"), client_text(o, "url"),
           reached ? "reached" : "NOT REACHED", (long long)client_number(o, "waiting"),
           (long long)client_number(o, "refused"));
    if (!reached)
        printf("  since %s: %s\n", client_text(o, "away_since"), client_text(o, "reason"));
    if (*client_text(o, "next_try"))
        printf("  next try %s\n", client_text(o, "next_try"));
}

static void print_result(const json_t *o)
{
    const json_t *r = json_object_get(o, "result");
    printf("%s %s process %s status %lld\n", client_text(o, "id"), client_text(o, "state"),
           client_text(r, "processId"), (long long)client_number(r, "executionStatus"));
    if (*client_text(o, "reason"))
        printf("  %s\n", client_text(o, "reason"));
}

static enum client_exit look(struct client *c, const char *path, const char *member,
                             void (*print)(const json_t *))
{
    struct client_request r = {.method = "GET", .path = path};
    json_t *answer = NULL, *one;
    size_t i;
    enum client_exit status = client_ask(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        json_array_foreach(json_object_get(answer, member), i, one) print(one);
    json_decref(answer);
    return status;
}

static enum client_exit list(struct client *c)
{
    return look(c, "/api/v1/spos", "receivers", print_receiver);
}

static enum client_exit results(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    long long limit = c->args.limit ? c->args.limit : 20;
    if (c->args.before)
        snprintf(path, sizeof path, "/api/v1/spos/results?limit=%lld&before=%lld", limit,
                 (long long)c->args.before);
    else
        snprintf(path, sizeof path, "/api/v1/spos/results?limit=%lld", limit);
    return look(c, path, "results", print_result);
}

static enum client_exit retry(struct client *c)
{
    struct client_request r = {.method = "POST", .path = "/api/v1/spos/retry"};
    json_t *answer = NULL;
    enum client_exit status = client_ask(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        printf("%lld online systems are tried now\n", (long long)client_number(answer, "receivers"));
    json_decref(answer);
    return status;
}

static const struct client_verb
    list_verb = {"spos list", "the online systems that process results go to", "TSM_TOKEN_OPERATOR", 0, false,
                 list},
    results_verb = {"spos results",
                    "a provider's process results, newest first",
                    "TSM_TOKEN_BANK",
                    OPTION_LIMIT | OPTION_BEFORE,
                    false,
                    results},
    retry_verb = {
        "spos retry", "tries every online system that has results waiting", "TSM_TOKEN_OPERATOR", 0, false,
        retry};

int client_spos_list(int argc, char **argv)
{
    return client_main(&list_verb, argc, argv);
}

int client_spos_results(int argc, char **argv)
{
    return client_main(&results_verb, argc, argv);
}

int client_spos_retry(int argc, char **argv)
{
    return client_main(&retry_verb, argc, argv);
}
