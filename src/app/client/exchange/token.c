/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm token list | set | remove`: with whom card numbers are exchanged for tokens. Stations 1 and 12, seen
 * from outside. Edge. [capability Y4] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/exchange/values.h"
#include "app/client/verbs.h"
#include "base/hex.h"

#define PROVIDERS "/api/v1/token-providers"
static const char *const known[] = {"url", "certificate", "jwk", "patience_s", NULL};
enum { SECONDS_DIGITS = 6 };

static enum client_exit list(struct client *c)
{
    struct client_request r = {.method = "GET", .path = PROVIDERS};
    json_t *answer = NULL, *one;
    size_t i;
    enum client_exit status = client_ask(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        json_array_foreach(json_object_get(answer, "token_providers"), i, one)
            printf("%-24s %s\n", client_text(one, "name"), client_text(one, "url"));
    json_decref(answer);
    return status;
}

static bool path_of(const char *name, char path[CLIENT_PATH_MAX])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (!*name || strspn(name, letters) != strlen(name)) {
        fprintf(stderr, "tsm: the name of a token service provider has letters, digits, -, _ and .\n");
        return false;
    }
    return (size_t)snprintf(path, CLIENT_PATH_MAX, PROVIDERS "/%s", name) < CLIENT_PATH_MAX;
}

static char *body_of(const struct client_args *a)
{
    char *certificate = value_text(value_given(a, "certificate")), *jwk = value_text(value_given(a, "jwk"));
    json_t *key = jwk ? json_loads(jwk, JSON_REJECT_DUPLICATES, NULL) : NULL;
    json_t *o = certificate && jwk ? json_pack("{ss ss so}", "url", value_given(a, "url"), "certificate",
                                               certificate, "jwk", key ? key : json_object())
                                   : NULL;
    char *text;
    if (o && text_is_digits(value_given(a, "patience_s"), 1, SECONDS_DIGITS))
        json_object_set_new(o, "patience_s", json_integer(strtoll(value_given(a, "patience_s"), NULL, 10)));
    text = o ? json_text(o) : NULL;
    json_decref(o);
    free(certificate);
    free(jwk);
    return text;
}

static enum client_exit set(struct client *c)
{
    char path[CLIENT_PATH_MAX], *text = values_known(&c->args, known) ? body_of(&c->args) : NULL;
    struct client_request r = {.method = "PUT", .path = path, .content_type = "application/json"};
    json_t *answer = NULL;
    enum client_exit status = CLIENT_USAGE;
    if (text && path_of(c->args.operand, path)) {
        r.body = bytes_of_text(text);
        status = client_ask(c, &r, &answer);
    }
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        printf("%s  %s\n", c->args.operand, client_text(answer, "url"));
    free(text);
    json_decref(answer);
    return status;
}

static enum client_exit drop(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    struct client_request r = {.method = "DELETE", .path = path};
    json_t *answer = NULL;
    enum client_exit status = path_of(c->args.operand, path) ? client_ask(c, &r, &answer) : CLIENT_USAGE;
    json_decref(answer);
    return status;
}

static const struct client_verb list_verb = {
    "token list", "lists the token service providers", "TSM_TOKEN_BANK", 0, false, list};
static const struct client_verb set_verb = {
    "token set NAME --with url=https://.. --with certificate=@FILE --with jwk=@FILE [--with patience_s=N]",
    "adds or mends a token service provider; flavors name it: {\"token\": {\"provider\": NAME}}",
    "TSM_TOKEN_BANK",
    OPTION_WITH,
    true,
    set};
static const struct client_verb drop_verb = {
    "token remove NAME", "removes a token service provider", "TSM_TOKEN_BANK", 0, true, drop};

int client_token_list(int argc, char **argv)
{
    return client_main(&list_verb, argc, argv);
}

int client_token_set(int argc, char **argv)
{
    return client_main(&set_verb, argc, argv);
}

int client_token_remove(int argc, char **argv)
{
    return client_main(&drop_verb, argc, argv);
}
