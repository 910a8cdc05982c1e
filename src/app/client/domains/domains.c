/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs of security domains, delegated management and space: one table says which address each
 * verb asks. Stations 1 and 12, seen from outside. Edge. [capabilities S4 to S8] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/verbs.h"
#include "base/hex.h"

/* The path: before REF after; for an operand REF/ID: before REF after ID tail. */
struct domain_verb {
    const char *word, *method, *before, *after, *tail, *about;
    bool two;   /* the operand is REF/ID */
    bool pages; /* a list that is read page by page */
};
#define SE "/api/v1/secure-elements/"
static const struct domain_verb domain_rows[] = {
    {"prepare", "POST", SE, "/prepare", "", "put the owner's token and receipt keys into the card", false,
     false},
    {"create", "POST", SE, "/domains", "",
     "domain= with provider=, mode=, parent=, nonvolatile=, volatile=, dap=, privileges=, hand_over=", false,
     false},
    {"list", "GET", SE, "/domains", "", "the security domains of an element", false, false},
    {"remove", "DELETE", SE, "/domains/", "", "delete an empty one: REF/AID", true, false},
    {"extradite", "POST", SE, "/extraditions", "", "object= to=: move content or a domain", false, false},
    {"sign", "POST", SE, "/tokens", "", "domain= commands=HEX,HEX: tokens for a delegated domain", false,
     false},
    {"tokens", "GET", SE, "/tokens", "",
     "the tokens of an element and their receipts, newest first: --limit, --before", false, true},
    {"work", "GET", "/api/v1/works/", "", "", "a work by its number", false, false},
    {NULL, NULL, NULL, NULL, NULL, NULL, false, false},
};
static const struct domain_verb space_rows[] = {
    {"reserve", "POST", SE, "/bookings", "", "provider= bytes= with ref=, seconds=", false, false},
    {"list", "GET", SE, "/bookings", "", "the bookings of an element, newest first: --limit, --before", false,
     true},
    {"commit", "POST", SE, "/bookings/", "/commit", "REF/BOOKING: it has no end any more", true, false},
    {"release", "DELETE", SE, "/bookings/", "", "REF/BOOKING: the space is free", true, false},
    {NULL, NULL, NULL, NULL, NULL, NULL, false, false},
};

static json_t *words_of(const char *value)
{
    json_t *list = json_array();
    for (;;) {
        size_t n = strcspn(value, ",");
        json_array_append_new(list, json_stringn(value, n));
        if (!value[n])
            return list;
        value += n + 1;
    }
}

/* AIDs are digits, too: only these members are numbers. */
static json_t *value_of(const char *name, const char *value)
{
    static const char *const numbers[] = {"nonvolatile", "volatile", "bytes", "seconds", NULL},
                             *const lists[] = {"privileges", "commands", NULL};
    for (size_t i = 0; numbers[i]; i++)
        if (!strcmp(name, numbers[i]) && text_is_digits(value, 1, 10))
            return json_integer(strtoll(value, NULL, 10));
    for (size_t i = 0; lists[i]; i++)
        if (!strcmp(name, lists[i]))
            return words_of(value);
    if (!strcmp(value, "true") || !strcmp(value, "false"))
        return json_boolean(value[0] == 't');
    return json_string(value);
}

static json_t *body_of(const struct client_args *a)
{
    json_t *o = json_object();
    for (size_t i = 0; i < a->n_with; i++) {
        const char *equals = strchr(a->with[i], '=');
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)(equals - a->with[i]), a->with[i]);
        json_object_set_new(o, name, value_of(name, equals + 1));
    }
    return o;
}

static bool path_of(const struct domain_verb *v, const char *operand, char path[CLIENT_PATH_MAX])
{
    char ref[CLIENT_PATH_MAX / 4];
    const char *slash = strchr(operand, '/');
    snprintf(ref, sizeof ref, "%.*s", slash ? (int)(slash - operand) : (int)sizeof ref - 1, operand);
    if (!client_is_plain(ref) || (v->two && (!slash || !client_is_plain(slash + 1))))
        return false;
    snprintf(path, CLIENT_PATH_MAX, "%s%s%s%s%s", v->before, ref, v->after, v->two ? slash + 1 : "", v->tail);
    return true;
}

static void print_failure(const json_t *f)
{
    if (f)
        printf("  %s: %s; %s\n", client_text(f, "owner"), client_text(f, "reason"),
               client_text(f, "next_action"));
}

static void print_work(const json_t *o)
{
    const json_t *seram = json_object_get(o, "seram"), *token;
    size_t i;
    printf("%s %s %s\n", client_text(o, "work"), client_text(o, "kind"), client_text(o, "state"));
    json_array_foreach(json_object_get(o, "tokens"), i, token)
        printf("  token %s %s\n", client_text(token, "id"), client_text(token, "token"));
    print_failure(json_object_get(o, "failure"));
    if (seram)
        printf("  device session %s at %s\n", client_text(seram, "session_id"), client_text(seram, "url"));
}

static void print_row(const json_t *o)
{
    if (json_object_get(o, "domain"))
        printf("%s below %s for %s, %s, %s, %lld octets\n", client_text(o, "domain"),
               client_text(o, "parent"), client_text(o, "holder"), client_text(o, "mode"),
               client_text(o, "state"), (long long)client_number(o, "nonvolatile"));
    else if (json_object_get(o, "token"))
        printf("%s %s for %s: %s, receipt %lld\n", client_text(o, "token"), client_text(o, "for"),
               client_text(o, "provider"), client_text(o, "state"), (long long)client_number(o, "receipt"));
    else if (json_object_get(o, "booking"))
        printf("%s %s %s: %lld octets %s\n", client_text(o, "booking"), client_text(o, "provider"),
               client_text(o, "ref"), (long long)client_number(o, "bytes"), client_text(o, "state"));
    else
        print_work(o);
}

static void print_answer(const json_t *o)
{
    const json_t *one;
    size_t i;
    if (!json_is_array(o))
        print_row(o);
    else
        json_array_foreach(o, i, one) print_row(one);
}

static const struct domain_verb *running; /* of the one command line that this process runs */

static enum client_exit ask(struct client *c)
{
    char path[CLIENT_PATH_MAX], *text = NULL;
    struct client_request r = {.method = running->method, .path = path};
    json_t *answer = NULL, *body;
    enum client_exit status;
    if (!path_of(running, c->args.operand, path)) {
        fprintf(stderr, "tsm: %s is named by %s\n", running->word,
                running->two ? "REF/ID" : "one plain word");
        return CLIENT_USAGE;
    }
    if (running->pages)
        client_add_page(&c->args, path);
    if (!strcmp(running->method, "POST") && !running->two) {
        body = body_of(&c->args);
        text = json_text(body);
        json_decref(body);
        r.content_type = "application/json";
        r.body = bytes_of_text(text ? text : "{}");
    }
    status = client_ask(c, &r, &answer);
    free(text);
    if (status == CLIENT_FINE && answer && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE && answer)
        print_answer(answer);
    json_decref(answer);
    return status;
}

static int dispatch(const char *group, const struct domain_verb *rows, int argc, char **argv)
{
    struct client_verb verb = {
        .token_name = "TSM_TOKEN_OPERATOR", .options = OPTION_WITH, .operand = true, .run = ask};
    char synopsis[64];
    bool asked = argc > 1 && !strcmp(argv[1], "--help");
    for (running = rows; running->word && (argc < 2 || strcmp(running->word, argv[1]) != 0);)
        running++;
    if (!running->word) {
        fprintf(asked ? stdout : stderr, "usage: tsm %s VERB REF [--with NAME=VALUE ...] [--json]\n", group);
        for (; rows->word; rows++)
            fprintf(asked ? stdout : stderr, "  %-10s %s\n", rows->word, rows->about);
        return asked ? CLIENT_FINE : CLIENT_USAGE;
    }
    snprintf(synopsis, sizeof synopsis, "%s %s %s [--with NAME=VALUE ...]", group, running->word,
             running->two ? "REF/ID" : "REF");
    verb.synopsis = synopsis;
    verb.about = running->about;
    verb.options |= running->pages ? OPTION_LIMIT | OPTION_BEFORE : 0;
    return client_main(&verb, argc - 1, argv + 1);
}

int client_domain(int argc, char **argv)
{
    return dispatch("domain", domain_rows, argc, argv);
}

int client_space(int argc, char **argv)
{
    return dispatch("space", space_rows, argc, argv);
}
