/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs of the owner's care for elements: acts on one of them, campaigns over many; one table says
 * which address each verb asks and what it may say. Stations 1 and 12, seen from outside. Edge. [capabilities
 * S10 to S15] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/care/bulk.h"
#include "app/client/care/wish.h"
#include "app/client/client.h"
#include "app/client/verbs.h"

/* The path: before REF after, or for an operand REF/ID: before REF after ID tail. */
struct care_verb {
    const char *word, *method, *before, *after, *tail, *about;
    bool operand, two; /* two: the operand is REF/ID */
};
#define SE   "/api/v1/secure-elements/"
#define CAMP "/api/v1/campaigns"
static const struct care_verb care_rows[] = {
    {"audit", "POST", SE, "/audits", "", "compare an element with the registry", true, false},
    {"repair", "POST", SE, "/audits/", "/repair",
     "carry out repairs of an audit: REF/AUDIT, --with repairs=0:delete", true, true},
    {"lock", "POST", SE, "/lock", "", "close an element, or with aid= a part of it; reason= is needed", true,
     false},
    {"unlock", "POST", SE, "/unlock", "", "open it again", true, false},
    {"terminate", "POST", SE, "/terminate", "", "end it for ever; reason= and confirm= are needed", true,
     false},
    {"rotate", "POST", SE, "/rotations", "", "replace its key set: kvn=, same_kvn=true, domain=", true,
     false},
    {"upgrade", "POST", SE, "/upgrades", "",
     "a new version under applications that keep their data: cap=FILE or hash=, domain=", true, false},
    {"install", "POST", SE, "/installations", "",
     "in an own domain: cap=FILE or hash=, domain=, applications=INSTANCE:MODULE,..", true, false},
    {"remove", "POST", SE, "/removals", "", "from an own domain: package=, domain=, applications=INSTANCE,..",
     true, false},
    {"rules", "POST", SE, "/access-rules", "",
     "op=store, delete or audit with aid=, app_hash=, filters=", true, false},
    {"contactless", "POST", SE, "/contactless", "", "who answers a reader: aid=, active=, priority=", true,
     false},
    {"list", "GET", SE, "/acts", "", "the acts on an element, newest first: --limit, --before", true, false},
    {"show", "GET", SE, "/acts/", "", "one act: REF/ACT", true, true},
    {NULL, NULL, NULL, NULL, NULL, NULL, false, false},
};
static const struct care_verb campaign_rows[] = {
    {"create", "POST", CAMP, "", "",
     "a provider's: operation=, service=, version=, select by state= profile= from_version= instances=A,B; "
     "rate_per_s=, canary= then=, from= to= zone=, stop_at_failure_percent=",
     false, false},
    {"start", "POST", CAMP, "", "",
     "an owner's: kind=rotate, audit, upgrade, install or remove, elements=A,B or profile= or all=true",
     false, false},
    {"list", "GET", CAMP, "", "", "the campaigns, newest first: --limit, --before", false, false},
    {"show", "GET", CAMP "/", "", "", "one campaign", true, false},
    {"members", "GET", CAMP "/", "/members", "", "its elements", true, false},
    {"pause", "POST", CAMP "/", "/pause", "", "let it stand", true, false},
    {"resume", "POST", CAMP "/", "/resume", "", "go on; what failed is tried again", true, false},
    {"stop", "POST", CAMP "/", "/stop", "", "end it", true, false},
    {NULL, NULL, NULL, NULL, NULL, NULL, false, false},
};

static bool path_of(const struct care_verb *v, const char *operand, char path[CLIENT_PATH_MAX])
{
    char ref[CLIENT_PATH_MAX / 4];
    const char *slash = operand ? strchr(operand, '/') : NULL;
    snprintf(ref, sizeof ref, "%.*s", slash ? (int)(slash - operand) : (int)sizeof ref - 1,
             operand ? operand : "");
    if (v->operand && (!client_is_plain(ref) || (v->two && (!slash || !client_is_plain(slash + 1)))))
        return false;
    snprintf(path, CLIENT_PATH_MAX, "%s%s%s%s%s", v->before, ref, v->after, v->two ? slash + 1 : "", v->tail);
    return true;
}

static void print_drift(const json_t *d)
{
    const json_t *repairs = json_object_get(d, "repairs");
    printf("  %lld %s %s%s: expected %s, found %s;", (long long)client_number(d, "drift"),
           client_text(d, "what"), client_text(d, "aid"), client_text(d, "kvn"), client_text(d, "expected"),
           client_text(d, "found"));
    for (size_t i = 0; i < json_array_size(repairs); i++)
        printf(" %s", json_string_value(json_array_get(repairs, i)));
    putchar('\n');
}

static void print_one(const json_t *o)
{
    const json_t *result = json_object_get(o, "result"), *failure = json_object_get(o, "failure"),
                 *seram = json_object_get(o, "seram"), *drift;
    size_t i;
    if (json_object_get(o, "operation")) {
        bulk_print(o, false);
        return;
    }
    printf("%s%s%s %s %s", client_text(o, "act"), client_text(o, "work"), client_text(o, "campaign"),
           client_text(o, "kind"), client_text(o, "state"));
    if (json_object_get(o, "total"))
        printf(" %lld of %lld, %lld failed %s", (long long)client_number(o, "done"),
               (long long)client_number(o, "total"), (long long)client_number(o, "failed"),
               client_text(o, "note"));
    putchar('\n');
    json_array_foreach(json_object_get(result, "drift"), i, drift) print_drift(drift);
    if (failure)
        printf("  %s: %s; %s\n", client_text(failure, "owner"), client_text(failure, "reason"),
               client_text(failure, "next_action"));
    if (seram)
        printf("  device session %s at %s\n", client_text(seram, "session_id"), client_text(seram, "url"));
}

static void print_answer(const json_t *o)
{
    static const char *const lists[] = {"acts", "campaigns", "members", NULL};
    const json_t *one;
    size_t i, k;
    for (k = 0; lists[k] && !json_object_get(o, lists[k]); k++)
        ;
    if (!lists[k])
        print_one(o);
    else
        json_array_foreach(json_object_get(o, lists[k]), i, one) print_one(one);
}

/* A provider's campaign; the other verbs are for both. */
static bool is_creation(const struct care_verb *v)
{
    return !strcmp(v->word, "create");
}

static enum client_exit ask(struct client *c, const struct care_verb *v, bool campaign)
{
    char path[CLIENT_PATH_MAX], *text = NULL;
    struct client_request r = {.method = v->method, .path = path};
    bool takes_body = !strcmp(v->method, "POST") && (!campaign || !v->operand);
    json_t *answer = NULL, *body;
    enum client_exit status;
    if (!path_of(v, c->args.operand, path)) {
        fprintf(stderr, "tsm: %s is named by %s\n", v->word, v->two ? "REF/ID" : "one plain word");
        return CLIENT_USAGE;
    }
    if (!strcmp(v->word, "list"))
        client_add_page(&c->args, path);
    if (takes_body) {
        body = is_creation(v) ? bulk_body(&c->args) : care_wish(&c->args, campaign);
        if (!body)
            return CLIENT_USAGE;
        text = json_text(body);
        json_decref(body);
        r.content_type = "application/json";
        r.body = bytes_of_text(text ? text : "{}");
    }
    status = client_ask(c, &r, &answer);
    free(text);
    if (status == CLIENT_FINE && !takes_body && json_object_get(answer, "operation"))
        status = bulk_follow(c, &r, &answer);
    if (status == CLIENT_FINE && c->args.json)
        client_print_json(answer);
    else if (status == CLIENT_FINE)
        print_answer(answer);
    json_decref(answer);
    return status;
}

static const struct care_verb *verb_in(const struct care_verb *rows, const char *word)
{
    for (; rows->word; rows++)
        if (!strcmp(rows->word, word))
            return rows;
    return NULL;
}

static const struct care_verb *running; /* of the one command line that this process runs */

static enum client_exit run_care(struct client *c)
{
    return ask(c, running, false);
}

static enum client_exit run_campaign(struct client *c)
{
    return ask(c, running, true);
}

static void usage(FILE *to, const char *group, const struct care_verb *rows)
{
    fprintf(to, "usage: tsm %s VERB [REF] [--with NAME=VALUE ...] [--json]\n", group);
    for (; rows->word; rows++)
        fprintf(to, "  %-12s %s\n", rows->word, rows->about);
}

static int dispatch(const char *group, const struct care_verb *rows, int argc, char **argv)
{
    bool campaign = rows == campaign_rows, list = argc > 1 && !strcmp(argv[1], "list");
    struct client_verb verb = {.token_name = "TSM_TOKEN_OPERATOR",
                               .options = OPTION_WITH | (campaign ? OPTION_TIMEOUT : 0) |
                                          (list ? OPTION_LIMIT | OPTION_BEFORE : 0),
                               .run = campaign ? run_campaign : run_care};
    char synopsis[64];
    running = argc > 1 ? verb_in(rows, argv[1]) : NULL;
    if (!running) {
        bool asked = argc > 1 && !strcmp(argv[1], "--help");
        usage(asked ? stdout : stderr, group, rows);
        return asked ? CLIENT_FINE : CLIENT_USAGE;
    }
    snprintf(synopsis, sizeof synopsis, "%s %s%s [--with NAME=VALUE ...]", group, running->word,
             running->two       ? " REF/ID"
             : running->operand ? campaign ? " ID" : " REF"
                                : "");
    if (is_creation(running))
        verb.token_name = "TSM_TOKEN_BANK";
    verb.synopsis = synopsis;
    verb.about = running->about;
    verb.operand = running->operand;
    return client_main(&verb, argc - 1, argv + 1);
}

int client_care(int argc, char **argv)
{
    return dispatch("care", care_rows, argc, argv);
}

int client_campaign(int argc, char **argv)
{
    return dispatch("campaign", campaign_rows, argc, argv);
}
