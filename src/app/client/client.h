/* SPDX-License-Identifier: Apache-2.0 */
/* What the client verbs of `tsm` share: the command line, where the server is and who asks, one call and its
 * refusals. Station 1 and 12, seen from outside. Edge. [RFC 9110, RFC 9457] */
#ifndef TSM_APP_CLIENT_CLIENT_H
#define TSM_APP_CLIENT_CLIENT_H

#include "base/json.h"
#include "http/client.h"

enum client_exit { CLIENT_FINE, CLIENT_FAILED, CLIENT_USAGE, CLIENT_ORDER_FAILED };
enum {
    CLIENT_URL_MAX = 512,
    CLIENT_PATH_MAX = 1024,
    CLIENT_TOKEN_MAX = 512,
    CLIENT_CALL_MS = 120000, /* above the longest poll and the storing of one part of an import */
};

/* Options beside those that every verb has (--api, --ca, --token, --env, --json, --help). */
enum client_option {
    OPTION_TIMEOUT = 1,
    OPTION_LIMIT = 2,
    OPTION_BEFORE = 4,
    OPTION_FORMAT = 8,
    OPTION_REF = 16,
    OPTION_FULL = 32,
    OPTION_WITH = 64
};
enum { CLIENT_WITH_MAX = 16 };

/* A command line that was read; texts are borrowed from argv. */
struct client_args {
    const char *api, *ca, *token, *env, *format, *ref, *operand;
    int64_t timeout_s, limit, before;  /* 0: not given */
    const char *with[CLIENT_WITH_MAX]; /* NAME=VALUE */
    size_t n_with;
    bool json, full;
};

struct client {
    struct client_args args;
    struct http_client *http;
    char api[CLIENT_URL_MAX];
};

/* One verb: its synopsis behind `tsm`, what it takes, whose token it uses when none is named (NULL: it asks
 * without). */
struct client_verb {
    const char *synopsis, *about, *token_name;
    unsigned options; /* of enum client_option */
    bool operand;     /* takes exactly one, or none at all */
    enum client_exit (*run)(struct client *c);
};
/* Reads the command line (argv[0] is the verb), opens the client, runs the verb. Returns the exit status. */
int client_main(const struct client_verb *verb, int argc, char **argv);

/*
 * Settings by name: first the file named by --env, then the environment, then var/dev/env if it exists and no
 * other file was named. NOT_FOUND where none of them says it; IO when the named file cannot be read;
 * TOO_LONG.
 */
enum tsm_err client_setting(const struct client_args *a, const char *name, char *out, size_t cap);
/* The bearer token: --token fd:N, @FILE or env:NAME, else the setting TSM_TOKEN, else the setting `name`.
 * Never taken from argv itself: BAD_VALUE. To be wiped by the caller. */
enum tsm_err client_token(const struct client_args *a, const char *name, char out[CLIENT_TOKEN_MAX]);

struct client_request {
    const char *method, *path; /* path begins with a slash and is sent as it is */
    const char *content_type;  /* NULL: no body */
    struct bytes body;
    const char *key; /* Idempotency-Key; NULL: none */
};
/*
 * One call. CLIENT_FINE: *out is the answer, owned by the caller (json_decref), with control characters of
 * its texts replaced unless it will be shown as JSON. Any other outcome has been told on the way: a refusal
 * or a failure as sentences on stderr, with --json as a problem document on stdout.
 */
enum client_exit client_ask(struct client *c, const struct client_request *r, json_t **out);
/* Tells a failure of our own (with its cause) in the same form. */
enum client_exit client_trouble(const struct client *c, enum tsm_err e);

/* A member as text or number; "" and 0 where it is missing or of another type. */
const char *client_text(const json_t *o, const char *name);
int64_t client_number(const json_t *o, const char *name);
/* The document on one line of stdout. */
void client_print_json(const json_t *o);
/* May this stand in a path as it is? Decimal digits and letters only. */
bool client_is_plain(const char *text);
/* --limit and --before behind the path of a list; nothing said, its newest page. */
void client_add_page(const struct client_args *a, char path[CLIENT_PATH_MAX]);

#endif
