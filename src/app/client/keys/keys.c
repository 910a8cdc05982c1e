/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm key load | list | export`: a provider's keys as key blocks. Stations 1 and 2, seen from outside. Edge.
 * [ANSI X9.143] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/verbs.h"

enum { BLOCK_MAX = 2048 };

static void print_key(const json_t *k)
{
    printf("%-24s usage %-2s algorithm %-1s mode %-1s leaves %-1s %5lld bits  kcv %s\n",
           client_text(k, "name"), client_text(k, "usage"), client_text(k, "algorithm"),
           client_text(k, "mode"), client_text(k, "exportability"), (long long)client_number(k, "bits"),
           client_text(k, "kcv"));
}

/* NAME=VALUE of --with as members of the body. */
static json_t *body_of(const struct client_args *a)
{
    json_t *body = json_object();
    for (size_t i = 0; i < a->n_with; i++) {
        const char *is = strchr(a->with[i], '=');
        char name[64];
        if (!is || (size_t)(is - a->with[i]) >= sizeof name)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(is - a->with[i]), a->with[i]);
        json_object_set_new(body, name, json_string(is + 1));
    }
    return body;
}

static enum client_exit post(struct client *c, const char *path, json_t *body, void (*print)(const json_t *))
{
    char *text = json_text(body);
    struct client_request r = {.method = "POST",
                               .path = path,
                               .content_type = "application/json",
                               .body = bytes_of_text(text ? text : "")};
    json_t *answer = NULL;
    enum client_exit status = client_ask(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        print(answer);
    free(text);
    json_decref(body);
    json_decref(answer);
    return status;
}

static enum client_exit load(struct client *c)
{
    char block[BLOCK_MAX] = "";
    FILE *f = fopen(c->args.operand, "re");
    json_t *body;
    if (!f || !fgets(block, sizeof block, f)) {
        if (f)
            fclose(f);
        return client_trouble(c,
                              FAIL(IO, "%.200s: %s", c->args.operand, f ? "it is empty" : strerror(errno)));
    }
    fclose(f);
    block[strcspn(block, "\r\n")] = 0;
    body = body_of(&c->args);
    json_object_set_new(body, "block", json_string(block));
    return post(c, "/api/v1/keys", body, print_key);
}

static enum client_exit list(struct client *c)
{
    struct client_request r = {.method = "GET", .path = "/api/v1/keys"};
    json_t *answer = NULL, *one;
    size_t i;
    enum client_exit status = client_ask(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        json_array_foreach(json_object_get(answer, "keys"), i, one) print_key(one);
    json_decref(answer);
    return status;
}

static void print_block(const json_t *o)
{
    puts(client_text(o, "block"));
}

static enum client_exit leave(struct client *c)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    char path[CLIENT_PATH_MAX];
    if (strspn(c->args.operand, plain) != strlen(c->args.operand))
        return client_trouble(c, FAIL(BAD_FORM, "a key's name has letters, digits, '-', '_' and '.'"));
    snprintf(path, sizeof path, "/api/v1/keys/%s/export", c->args.operand);
    return post(c, path, body_of(&c->args), print_block);
}

int client_key_load(int argc, char **argv)
{
    static const struct client_verb verb = {"key load FILE --with name=NAME --with kbpk=NAME",
                                            "takes a key in from its block under an agreed key",
                                            "TSM_TOKEN_BANK",
                                            OPTION_WITH,
                                            true,
                                            load};
    return client_main(&verb, argc, argv);
}

int client_key_list(int argc, char **argv)
{
    static const struct client_verb verb = {
        "key list", "tells the names of keys, and what they are for", "TSM_TOKEN_BANK", 0, false, list};
    return client_main(&verb, argc, argv);
}

int client_key_export(int argc, char **argv)
{
    static const struct client_verb verb = {
        "key export NAME --with kbpk=NAME [--with version=B|D] [--with exportability=E|S|N]",
        "gives a key out in a block, if its own block allows that",
        "TSM_TOKEN_BANK",
        OPTION_WITH,
        true,
        leave};
    return client_main(&verb, argc, argv);
}
