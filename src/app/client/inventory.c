/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs of the owner's inventory beside import and show: list, identify, the catalogue of
 * profiles, the import key. Station 1, seen from outside. Edge. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/client.h"
#include "app/client/verbs.h"

enum { PROFILE_FILE_MAX = 64 * 1024 };
#define OPERATOR "TSM_TOKEN_OPERATOR"

static void print_texts(const json_t *o)
{
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)o, name, v) if (json_is_string(v) && *json_string_value(v))
        printf("%s=%s  ", name, json_string_value(v));
    putchar('\n');
}

/* Asks; an answer with a list of this name is shown line by line, any other as JSON. */
static enum client_exit ask(struct client *c, const struct client_request *r, const char *list)
{
    json_t *answer = NULL;
    const json_t *one;
    size_t i;
    enum client_exit status = client_ask(c, r, &answer);
    if (status == CLIENT_FINE && answer && (c->args.json || !list))
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        json_array_foreach(json_object_get(answer, list), i, one) print_texts(one);
    json_decref(answer);
    return status;
}

static enum client_exit se_list(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    long long limit = c->args.limit ? (long long)c->args.limit : 50;
    if (c->args.before)
        snprintf(path, sizeof path, "/api/v1/secure-elements?limit=%lld&before=%lld", limit,
                 (long long)c->args.before);
    else
        snprintf(path, sizeof path, "/api/v1/secure-elements?limit=%lld", limit);
    return ask(c, &(struct client_request){.method = "GET", .path = path}, "elements");
}

/* What it says of itself comes later, as the act that is told; an embedded element needs its agent. */
static enum client_exit se_identify(struct client *c)
{
    char path[CLIENT_PATH_MAX];
    struct client_request r = {
        .method = "POST", .path = path, .content_type = "application/json", .body = bytes_of_text("{}")};
    if (!client_is_plain(c->args.operand) || strlen(c->args.operand) > CLIENT_PATH_MAX / 2) {
        fprintf(stderr, "tsm: a secure element is named by ICCID, EID, MSISDN or hexadecimal identifier\n");
        return CLIENT_USAGE;
    }
    snprintf(path, sizeof path, "/api/v1/secure-elements/%s/identify", c->args.operand);
    return ask(c, &r, NULL);
}

static bool is_profile_name(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return *text && strlen(text) <= 64 && strspn(text, plain) == strlen(text);
}

static enum client_exit of_profile(struct client *c, const char *method)
{
    char path[CLIENT_PATH_MAX];
    if (!is_profile_name(c->args.operand)) {
        fprintf(stderr, "tsm: the name of a profile has letters, digits, dots and dashes\n");
        return CLIENT_USAGE;
    }
    snprintf(path, sizeof path, "/api/v1/profiles/%s", c->args.operand);
    return ask(c, &(struct client_request){.method = method, .path = path}, NULL);
}

static enum client_exit profile_show(struct client *c)
{
    return of_profile(c, "GET");
}

static enum client_exit profile_retire(struct client *c)
{
    return of_profile(c, "DELETE");
}

static enum client_exit profile_list(struct client *c)
{
    return ask(c, &(struct client_request){.method = "GET", .path = "/api/v1/profiles"}, "profiles");
}

static enum tsm_err read_profile(const char *path, json_t **out)
{
    uint8_t *room = malloc(PROFILE_FILE_MAX + 1);
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    size_t n = f && room ? fread(room, 1, PROFILE_FILE_MAX + 1, f) : 0;
    enum tsm_err e = TSM_OK;
    if (!f)
        e = FAIL(IO, "%.200s: %s", path, strerror(errno));
    else if (n > PROFILE_FILE_MAX)
        e = FAIL(TOO_LONG, "%.200s has more than %d octets", path, PROFILE_FILE_MAX);
    else if (room)
        e = json_read(BYTES_OF(room, n), out);
    if (f && f != stdin)
        fclose(f);
    free(room);
    return room || e != TSM_OK ? e : FAIL(NO_MEMORY, "no memory for a profile");
}

/* The name in the file is the address, so that a second time mends what the first time added. */
static enum client_exit profile_add(struct client *c)
{
    char path[CLIENT_PATH_MAX], *text;
    json_t *profile = NULL;
    enum client_exit status;
    enum tsm_err e = read_profile(c->args.operand, &profile);
    if (e == TSM_OK && !is_profile_name(json_member(profile, "name")))
        e = FAIL_FIELD(BAD_VALUE, "name", "the profile has no name of letters, digits, dots and dashes");
    text = e == TSM_OK ? json_text(profile) : NULL;
    if (e != TSM_OK || !text) {
        json_decref(profile);
        return client_trouble(c, e != TSM_OK ? e : FAIL(NO_MEMORY, "no memory for a profile"));
    }
    snprintf(path, sizeof path, "/api/v1/profiles/%s", json_member(profile, "name"));
    status = ask(
        c,
        &(struct client_request){
            .method = "PUT", .path = path, .content_type = "application/json", .body = bytes_of_text(text)},
        NULL);
    free(text);
    json_decref(profile);
    return status;
}

static enum client_exit key_import(struct client *c)
{
    return ask(c, &(struct client_request){.method = "GET", .path = "/api/v1/import-key"}, NULL);
}

#define VERB(function, synopsis, about, options, operand)                                               \
    int client_##function(int argc, char **argv)                                                        \
    {                                                                                                   \
        static const struct client_verb verb = {synopsis, about, OPERATOR, options, operand, function}; \
        return client_main(&verb, argc, argv);                                                          \
    }
VERB(se_list, "se list [--limit N] [--before ID]", "lists the owner's secure elements, the newest first",
     OPTION_LIMIT | OPTION_BEFORE, false)
VERB(se_identify, "se identify REF", "asks a secure element what it is; prints the act that will tell", 0,
     true)
VERB(profile_list, "profile list", "lists the kinds of secure elements, the house's and the owner's own", 0,
     false)
VERB(profile_show, "profile show NAME", "prints one kind with its quirks as data", 0, true)
VERB(profile_add, "profile add FILE|-", "adds a kind from a JSON file, or mends the owner's own of that name",
     0, true)
VERB(profile_retire, "profile retire NAME", "retires a kind: no new secure element gets it", 0, true)
VERB(key_import, "key import", "prints the key (JWK) that the file keys of import files are encrypted to", 0,
     false)
