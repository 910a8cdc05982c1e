/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab bank encrypt`, `order`, `show`, `wait`: what a provider's back office does by hand. Edge. */
#include "bank/bank.h"

#include "bank/order/api.h"
#include "bank/seal/jwe.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT_S = 900, MAX_LIMIT_S = 86400 };

enum option_id {
    API = 1,
    CA,
    TOKEN,
    SERVICE,
    FLAVOR,
    ICCID,
    EID,
    SEID,
    MSISDN,
    CARD,
    DEADLINE,
    CLIENT_REF,
    LIMIT,
    JWK
};

struct options {
    const char *api, *ca, *token;
    const char *service, *flavor, *se_kind, *se_value, *card, *client_ref, *jwk;
    unsigned long deadline_s, limit_s;
};

static const struct option long_options[] = {
    {"api", required_argument, NULL, API},
    {"ca", required_argument, NULL, CA},
    {"token", required_argument, NULL, TOKEN},
    {"service", required_argument, NULL, SERVICE},
    {"flavor", required_argument, NULL, FLAVOR},
    {"iccid", required_argument, NULL, ICCID},
    {"eid", required_argument, NULL, EID},
    {"seid", required_argument, NULL, SEID},
    {"msisdn", required_argument, NULL, MSISDN},
    {"card", required_argument, NULL, CARD},
    {"deadline", required_argument, NULL, DEADLINE},
    {"client-ref", required_argument, NULL, CLIENT_REF},
    {"limit", required_argument, NULL, LIMIT},
    {"jwk", required_argument, NULL, JWK},
    {0},
};

static const char server_usage[] = "--api URL --ca FILE --token fd:N|@FILE|env:NAME";

static bool take_se(struct options *o, const char *kind, const char *value)
{
    bool first = !o->se_kind;
    o->se_kind = kind;
    o->se_value = value;
    return first;
}

static bool take_option(int id, const char *arg, struct options *o)
{
    const char **text[] = {
        [API] = &o->api,       [CA] = &o->ca,     [TOKEN] = &o->token, [SERVICE] = &o->service,
        [FLAVOR] = &o->flavor, [CARD] = &o->card, [JWK] = &o->jwk,     [CLIENT_REF] = &o->client_ref};
    static const char *const kinds[] = {
        [ICCID] = "iccid", [EID] = "eid", [SEID] = "seid", [MSISDN] = "msisdn"};
    if (id == DEADLINE)
        return bank_read_number(arg, MAX_LIMIT_S, &o->deadline_s);
    if (id == LIMIT)
        return bank_read_number(arg, MAX_LIMIT_S, &o->limit_s);
    if (id >= ICCID && id <= MSISDN)
        return take_se(o, kinds[id], arg);
    if (id < API || id > JWK)
        return false;
    *text[id] = arg;
    return true;
}

/* Options in any place; the one argument left is *word, or none where word is NULL. */
static bool read_options(int argc, char **argv, struct options *o, const char **word)
{
    *o = (struct options){.limit_s = DEFAULT_LIMIT_S};
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; (id = getopt_long(argc, argv, "", long_options, NULL)) != -1;)
        if (!take_option(id, optarg, o))
            return false;
    if (word && optind < argc)
        *word = argv[optind++];
    return optind == argc;
}

static int usage(const char *line)
{
    fprintf(stderr, "usage: tsm-lab bank %s\n", line);
    return BANK_USAGE;
}

static bool open_api(struct bank_api *a, const struct options *o)
{
    char token[BANK_MAX_TOKEN];
    bool opened = bank_read_secret(o->token, token, sizeof token) && bank_api_open(a, o->api, o->ca, token);
    explicit_bzero(token, sizeof token);
    return opened;
}

static void print_json(const json_t *root)
{
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
}

int bank_encrypt_main(int argc, char **argv)
{
    struct options o;
    const char *why = NULL;
    if (!read_options(argc, argv, &o, NULL) || !o.jwk || !o.card ||
        (strcmp(o.jwk, "-") == 0 && strcmp(o.card, "-") == 0))
        return usage("encrypt --jwk FILE|- --card FILE|-");
    json_t *jwk = bank_read_json(o.jwk), *card = jwk ? bank_read_json(o.card) : NULL;
    char *plain = card ? json_dumps(card, JSON_COMPACT) : NULL;
    char *sealed = plain ? bank_jwe_encrypt(jwk, plain, strlen(plain), &why) : NULL;
    if (sealed)
        puts(sealed);
    else if (why)
        fprintf(stderr, "bank: %s\n", why);
    if (plain)
        explicit_bzero(plain, strlen(plain));
    free(plain);
    json_decref(card);
    json_decref(jwk);
    int status = sealed ? BANK_RIGHT : BANK_WRONG;
    free(sealed);
    return status;
}

static json_t *order_body(struct bank_api *a, const struct options *o, const char *operation)
{
    json_t *body = json_pack("{s:s,s:s,s:s*,s:{s:s},s:s*}", "operation", operation, "service", o->service,
                             "flavor", o->flavor, "se", o->se_kind, o->se_value, "client_ref", o->client_ref);
    if (body && o->deadline_s)
        json_object_set_new(body, "deadline_s", json_integer((json_int_t)o->deadline_s));
    if (!body || !o->card)
        return body;
    json_t *card = bank_read_json(o->card);
    char *sealed = card ? bank_api_seal(a, card) : NULL;
    json_decref(card);
    if (sealed) {
        json_object_set_new(body, "data", json_string(sealed));
        free(sealed);
        return body;
    }
    json_decref(body);
    return NULL;
}

int bank_order_main(int argc, char **argv)
{
    struct options o;
    struct bank_api api;
    const char *operation = NULL;
    long status = 0;
    if (!read_options(argc, argv, &o, &operation) || !operation || !o.api || !o.token || !o.service ||
        !o.se_kind) {
        usage("order deploy|suspend|resume|terminate|update|exchange --service S\n"
              "  --iccid D | --eid D | --seid HEX | --msisdn N  [--card FILE|-] [--flavor F] [--deadline S]\n"
              "  [--client-ref TEXT] and");
        fprintf(stderr, "  %s\n", server_usage);
        return BANK_USAGE;
    }
    if (!open_api(&api, &o))
        return BANK_WRONG;
    json_t *body = order_body(&api, &o, operation);
    json_t *answer = body ? bank_api_call(&api, "/api/v1/orders", body, &status) : NULL;
    if (answer)
        print_json(answer);
    json_decref(answer);
    json_decref(body);
    bank_api_close(&api);
    return status == API_STATUS_OK || status == API_STATUS_ACCEPTED ? BANK_RIGHT : BANK_WRONG;
}

int bank_show_main(int argc, char **argv)
{
    struct options o;
    struct bank_api api;
    const char *order = NULL;
    long status = 0;
    if (!read_options(argc, argv, &o, &order) || !order || !bank_is_id(order) || !o.api || !o.token)
        return usage("show ORDER --api URL --ca FILE --token fd:N|@FILE|env:NAME");
    if (!open_api(&api, &o))
        return BANK_WRONG;
    json_t *answer = bank_api_order(&api, order, 0, &status);
    if (answer)
        print_json(answer);
    json_decref(answer);
    bank_api_close(&api);
    return status == API_STATUS_OK ? BANK_RIGHT : BANK_WRONG;
}

static void print_step(void *user, const json_t *step)
{
    (void)user;
    printf("%s %2d %-7s %s\n", bank_text(step, "at"),
           (int)json_integer_value(json_object_get(step, "station")), bank_text(step, "role"),
           bank_text(step, "text"));
    fflush(stdout);
}

static bool go_on(void *user)
{
    (void)user;
    return true;
}

int bank_wait_main(int argc, char **argv)
{
    struct options o;
    struct bank_api api;
    const char *order = NULL;
    if (!read_options(argc, argv, &o, &order) || !order || !bank_is_id(order) || !o.api || !o.token)
        return usage("wait ORDER [--limit SECONDS] --api URL --ca FILE --token fd:N|@FILE|env:NAME");
    if (!open_api(&api, &o))
        return BANK_WRONG;
    const struct bank_watcher watcher = {print_step, go_on, NULL, (unsigned)o.limit_s};
    json_t *seen = bank_api_follow(&api, order, &watcher);
    const char *state = bank_text(seen, "state");
    const char *reason = bank_text(json_object_get(seen, "failure"), "reason");
    printf("%s%s%s\n", *state ? state : "no such order", *reason ? ": " : "", reason);
    int status = strcmp(state, "DONE") == 0 ? BANK_RIGHT : BANK_WRONG;
    json_decref(seen);
    bank_api_close(&api);
    return status;
}
