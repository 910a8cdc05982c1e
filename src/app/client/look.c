/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs that only look: `tsm se show`, `tsm key intake`, `tsm health`. Station 1, seen from
 * outside. Edge. */
#include <stdio.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/verbs.h"

static void print_members(const json_t *o)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)o, name, v)
    {
        if (json_is_string(v) && *json_string_value(v))
            printf("%-9s %s\n", name, json_string_value(v));
        else if (json_is_integer(v))
            printf("%-9s %lld\n", name, (long long)json_integer_value(v));
    }
}

static enum client_exit se_show(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    struct client_request r = {.method = "GET", .path = path};
    json_t *element = NULL;
    enum client_exit status;
    if (!client_is_plain(c->args.operand) || strlen(c->args.operand) > CLIENT_PATH_MAX / 2) {
        fprintf(stderr, "tsm: a secure element is named by ICCID, EID, MSISDN or hexadecimal identifier\n");
        return CLIENT_USAGE;
    }
    snprintf(path, sizeof path, "/api/v1/secure-elements/%s", c->args.operand);
    status = client_ask(c, &r, &element);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(element);
    else if (status == CLIENT_FINE)
        print_members(element);
    json_decref(element);
    return status;
}

/* A key is of use to programs only: always JSON. */
static enum client_exit key_intake(struct client *c)
{
    struct client_request r = {.method = "GET", .path = "/api/v1/intake-key"};
    json_t *jwk = NULL;
    enum client_exit status = client_ask(c, &r, &jwk);
    if (status == CLIENT_FINE)
        client_print_json(jwk);
    json_decref(jwk);
    return status;
}

/* The status of one of the addresses for operators, whose bodies are for people; 0 when none came. */
static enum tsm_err probe(struct client *c, const char *path, int *status)
{
    char url[CLIENT_URL_MAX + CLIENT_PATH_MAX];
    struct http_call call = {.method = "GET", .url = url};
    struct http_answer a = {0};
    snprintf(url, sizeof url, "%s%s", c->api, path);
    TRY(http_client_call(c->http, &call, &a));
    *status = a.status;
    http_answer_drop(&a);
    return TSM_OK;
}

static enum client_exit health(struct client *c)
{
    int alive = 0, ready = 0;
    enum tsm_err e;
    err_clear();
    e = probe(c, "/healthz", &alive);
    if (e == TSM_OK)
        e = probe(c, "/readyz", &ready);
    if (e != TSM_OK)
        return client_trouble(c, e);
    if (c->args.json) {
        json_t *o = json_pack("{sb sb}", "healthy", alive == 200, "ready", ready == 200);
        client_print_json(o);
        json_decref(o);
    } else {
        printf("%s, %s (%s)\n", alive == 200 ? "healthy" : "not healthy",
               ready == 200 ? "ready" : "not ready", c->api);
    }
    return alive == 200 && ready == 200 ? CLIENT_FINE : CLIENT_FAILED;
}

static const struct client_verb se_show_verb = {"se show REF",
                                                "prints what the owner's inventory says of a secure element",
                                                "TSM_TOKEN_OPERATOR",
                                                0,
                                                true,
                                                se_show};
static const struct client_verb key_verb = {
    "key intake", "prints the key (JWK) that card data is encrypted to", "TSM_TOKEN_BANK", 0, false,
    key_intake};
static const struct client_verb health_verb = {
    "health", "asks whether the server lives and is ready", NULL, 0, false, health};

int client_se_show(int argc, char **argv)
{
    return client_main(&se_show_verb, argc, argv);
}

int client_key_intake(int argc, char **argv)
{
    return client_main(&key_verb, argc, argv);
}

int client_health(int argc, char **argv)
{
    return client_main(&health_verb, argc, argv);
}
