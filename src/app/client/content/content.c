/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs of content: load files and their gate, offline scripts that the server signs, usage.
 * Stations 1 and 12, seen from outside. Edge. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/verbs.h"

enum { FILE_MAX = 1 << 20, MEMBER_NAME = 10 };

/* Members that are texts or numbers, each list item on a line of its own. */
static void print_item(const json_t *o)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)o, name, v)
    {
        if (json_is_string(v) && *json_string_value(v))
            printf("%s=%s  ", name, json_string_value(v));
        else if (json_is_integer(v))
            printf("%s=%lld  ", name, (long long)json_integer_value(v));
    }
    putchar('\n');
}

static void print_answer(const json_t *o)
{
    const char *name;
    json_t *v;
    const json_t *item;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)o, name, v)
    {
        if (json_is_string(v) && *json_string_value(v))
            printf("%-*s %s\n", MEMBER_NAME, name, json_string_value(v));
        else if (json_is_integer(v))
            printf("%-*s %lld\n", MEMBER_NAME, name, (long long)json_integer_value(v));
        if (!json_is_array(v))
            continue;
        printf("%s (%zu)\n", name, json_array_size(v));
        json_array_foreach(v, i, item)
        {
            if (json_is_string(item))
                puts(json_string_value(item));
            else
                print_item(item);
        }
    }
}

static enum client_exit ask(struct client *c, const struct client_request *r)
{
    json_t *answer = NULL;
    enum client_exit status = client_ask(c, r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        print_answer(answer);
    json_decref(answer);
    return status;
}

/* The operand's file as a body; the caller frees it. */
static enum tsm_err read_file(const char *path, uint8_t **out, size_t *len)
{
    FILE *f = fopen(path, "rbe");
    uint8_t *room = malloc(FILE_MAX + 1);
    size_t n = f && room ? fread(room, 1, FILE_MAX + 1, f) : 0;
    if (f)
        fclose(f);
    if (!f || !room || n > FILE_MAX) {
        free(room);
        return !f ? FAIL(IO, "%s: %s", path, strerror(errno))
                  : FAIL(TOO_LONG, "%s has more than %d octets", path, FILE_MAX);
    }
    *out = room;
    *len = n;
    return TSM_OK;
}

static enum client_exit send_file(struct client *c, const char *path, const char *type)
{
    struct client_request r = {.method = "POST", .path = path, .content_type = type};
    uint8_t *body;
    enum client_exit status;
    enum tsm_err e;
    err_clear();
    e = read_file(c->args.operand, &body, &r.body.len);
    if (e != TSM_OK)
        return client_trouble(c, e);
    r.body.at = body;
    status = ask(c, &r);
    free(body);
    return status;
}

static enum client_exit upload(struct client *c)
{
    return send_file(c, "/api/v1/load-files", "application/octet-stream");
}

static enum client_exit sign_script(struct client *c)
{
    return send_file(c, "/api/v1/scripts", "application/json");
}

static enum client_exit get(struct client *c, const char *path)
{
    return ask(c, &(struct client_request){.method = "GET", .path = path});
}

static enum client_exit list_load_files(struct client *c)
{
    return get(c, "/api/v1/load-files");
}
static enum client_exit list_admissions(struct client *c)
{
    return get(c, "/api/v1/admissions");
}
static enum client_exit script_key(struct client *c)
{
    return get(c, "/api/v1/script-key");
}
static enum client_exit usage(struct client *c)
{
    return get(c, "/api/v1/usage");
}

static bool plain_operand(const struct client *c, const char *what)
{
    if (client_is_plain(c->args.operand) && strlen(c->args.operand) < CLIENT_PATH_MAX / 2)
        return true;
    fprintf(stderr, "tsm: %s is asked for\n", what);
    return false;
}

static enum client_exit allow(struct client *c)
{
    char body[CLIENT_PATH_MAX];
    struct client_request r = {
        .method = "POST", .path = "/api/v1/admissions", .content_type = "application/json"};
    if (!plain_operand(c, "the SHA-256 of a load file data block"))
        return CLIENT_USAGE;
    snprintf(body, sizeof body, "{\"hash\":\"%s\"}", c->args.operand);
    r.body = bytes_of_text(body);
    return ask(c, &r);
}

static enum client_exit withdraw(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    if (!plain_operand(c, "the id of a rule"))
        return CLIENT_USAGE;
    snprintf(path, sizeof path, "/api/v1/admissions/%s", c->args.operand);
    return ask(c, &(struct client_request){.method = "DELETE", .path = path});
}

#define PROVIDER "TSM_TOKEN_BANK"
#define OPERATOR "TSM_TOKEN_OPERATOR"
/* One verb: its function for the dispatch table, and its row. */
#define VERB(name, synopsis, about, token, operand, run)                                  \
    int client_##name(int argc, char **argv)                                              \
    {                                                                                     \
        static const struct client_verb verb = {synopsis, about, token, 0, operand, run}; \
        return client_main(&verb, argc, argv);                                            \
    }

VERB(load_file_upload, "load-file upload FILE",
     "gives a load file to the server, before whose gate it stands; it is what the next deployment takes",
     PROVIDER, true, upload)
VERB(load_file_list, "load-file list", "lists the provider's load files", PROVIDER, false, list_load_files)
VERB(admission_list, "admission list", "lists the owner's rules of admission and what was admitted for whom",
     OPERATOR, false, list_admissions)
VERB(admission_allow, "admission allow HASH", "puts the hash of a load file data block on the owner's list",
     OPERATOR, true, allow)
VERB(admission_withdraw, "admission withdraw ID", "takes a rule of admission back", OPERATOR, true, withdraw)
VERB(script_key, "script key", "prints the key that signs the owner's offline scripts, for a root to certify",
     OPERATOR, false, script_key)
VERB(script_sign, "script sign FILE", "has a script signed: FILE is {\"certificate\", \"commands\"}",
     OPERATOR, true, sign_script)
VERB(usage, "usage", "sums up what the party used, or did for others", OPERATOR, false, usage)
