/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the client verbs: reads the command line, opens the way to the server, runs the verb. Edge. */
#include "app/client/client.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

enum { TIMEOUT_MAX_S = 30 * 86400, LIST_MAX = 100 };

/* Short names of getopt; those below 'A' belong to single verbs. */
enum letter { L_TIMEOUT = '0', L_LIMIT, L_BEFORE, L_FORMAT, L_REF, L_FULL, L_WITH };

static const struct option rows[] = {
    {"api", required_argument, NULL, 'a'},
    {"ca", required_argument, NULL, 'c'},
    {"token", required_argument, NULL, 't'},
    {"env", required_argument, NULL, 'e'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {"timeout", required_argument, NULL, L_TIMEOUT},
    {"limit", required_argument, NULL, L_LIMIT},
    {"before", required_argument, NULL, L_BEFORE},
    {"format", required_argument, NULL, L_FORMAT},
    {"ref", required_argument, NULL, L_REF},
    {"full", no_argument, NULL, L_FULL},
    {"with", required_argument, NULL, L_WITH},
    {NULL, 0, NULL, 0},
};

static void usage(FILE *to, const struct client_verb *v)
{
    fprintf(to,
            "usage: tsm %s\n  %s\n"
            "  where and who: --api URL (TSM_API), --ca FILE (TSM_CA)%s, --env FILE (default var/dev/env)\n"
            "  --json prints one JSON document instead of text\n",
            v->synopsis, v->about, v->token_name ? ", --token fd:N|@FILE|env:NAME (TSM_TOKEN)" : "");
}

static bool read_number(const char *text, int64_t max, int64_t *out)
{
    if (!text_is_digits(text, 1, 19))
        return false;
    *out = strtoll(text, NULL, 10);
    return *out >= 1 && *out <= max;
}

static bool read_common(int letter, struct client_args *a)
{
    switch (letter) {
    case 'a':
        a->api = optarg;
        return true;
    case 'c':
        a->ca = optarg;
        return true;
    case 't':
        a->token = optarg;
        return true;
    case 'e':
        a->env = optarg;
        return true;
    case 'j':
        return a->json = true;
    default:
        return false;
    }
}

/* An option that only some verbs have. */
static bool read_own(int letter, unsigned options, struct client_args *a)
{
    if (letter < L_TIMEOUT || letter > L_WITH || !(options & 1U << (letter - L_TIMEOUT)))
        return false;
    switch (letter) {
    case L_TIMEOUT:
        return read_number(optarg, TIMEOUT_MAX_S, &a->timeout_s);
    case L_LIMIT:
        return read_number(optarg, LIST_MAX, &a->limit);
    case L_BEFORE:
        return read_number(optarg, INT64_MAX, &a->before);
    case L_FORMAT:
        a->format = optarg;
        return true;
    case L_REF:
        a->ref = optarg;
        return true;
    case L_WITH:
        if (a->n_with == CLIENT_WITH_MAX || !strchr(optarg, '='))
            return false;
        a->with[a->n_with++] = optarg;
        return true;
    default:
        return a->full = true;
    }
}

static bool read_line_of(const struct client_verb *v, int argc, char **argv, struct client_args *a)
{
    optind = 0; /* a program may read more than one command line */
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, "", rows, NULL)) != -1;)
        if (!read_common(letter, a) && !read_own(letter, v->options, a))
            return false;
    a->operand = argv[optind];
    return argc - optind == (v->operand ? 1 : 0);
}

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help"))
            return true;
    return false;
}

static enum tsm_err open_client(struct client *c, const char *token_name)
{
    char ca[CLIENT_PATH_MAX] = "", token[CLIENT_TOKEN_MAX] = "";
    struct http_client_config config = {
        .allow_plain = true, .call_ms = CLIENT_CALL_MS, .answer_max = JSON_BODY_MAX};
    enum tsm_err e = TSM_OK;
    if (c->args.api)
        snprintf(c->api, sizeof c->api, "%s", c->args.api);
    else
        e = client_setting(&c->args, "TSM_API", c->api, sizeof c->api);
    if (e == TSM_NOT_FOUND)
        e = FAIL(MISSING_FIELD, "no server: use --api, TSM_API or a file that says TSM_API");
    TRY(e);
    c->api[strlen(c->api) - (c->api[0] && c->api[strlen(c->api) - 1] == '/')] = 0;
    e = client_setting(&c->args, "TSM_CA", ca, sizeof ca);
    if (e != TSM_NOT_FOUND)
        TRY(e);
    config.ca_file = c->args.ca ? c->args.ca : ca[0] ? ca : NULL;
    if (token_name) {
        TRY(client_token(&c->args, token_name, token));
        config.bearer = token;
    }
    e = http_client_new(&config, &c->http);
    explicit_bzero(token, sizeof token);
    return e;
}

int client_main(const struct client_verb *verb, int argc, char **argv)
{
    struct client c = {.http = NULL};
    enum client_exit status;
    enum tsm_err e;
    if (asks_help(argc, argv)) {
        usage(stdout, verb);
        return CLIENT_FINE;
    }
    if (!read_line_of(verb, argc, argv, &c.args)) {
        usage(stderr, verb);
        return CLIENT_USAGE;
    }
    err_clear();
    e = open_client(&c, verb->token_name);
    if (e == TSM_MISSING_FIELD || e == TSM_BAD_VALUE) {
        fprintf(stderr, "tsm: %s\n", err_cause());
        return CLIENT_USAGE;
    }
    status = e == TSM_OK ? verb->run(&c) : client_trouble(&c, e);
    http_client_free(c.http);
    return (int)status;
}
