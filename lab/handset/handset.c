/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab handset`: a phone whose GP SERAM Local Agent carries APDUs between a server and its element. Edge.
 */
#include "handset/handset.h"

#include "handset/agent.h"
#include "handset/hex.h"
#include "handset/https.h"
#include "handset/local/enforcer.h"
#include "handset/local/script.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 2, EXIT_DENIED = 6, MAX_AID = 16, MAX_NUMBER = 1000000 };

enum option_id {
    URL = 1,
    SESSION,
    CA,
    SE,
    SE_TYPE,
    SE_ID,
    DROP,
    KILL,
    KEEP,
    MAX_POLL,
    RETRY,
    ROUND_TRIP,
    CUT,
    APP_HASH,
    ACCESS,
    SCRIPT
};

static const struct option long_options[] = {
    {"seram", required_argument, NULL, URL},
    {"session", required_argument, NULL, SESSION},
    {"ca", required_argument, NULL, CA},
    {"se", required_argument, NULL, SE},
    {"se-type", required_argument, NULL, SE_TYPE},
    {"se-id", required_argument, NULL, SE_ID},
    {"drop-after", required_argument, NULL, DROP},
    {"kill-after", required_argument, NULL, KILL},
    {"keep-channel", no_argument, NULL, KEEP},
    {"max-poll-s", required_argument, NULL, MAX_POLL},
    {"retry-s", required_argument, NULL, RETRY},
    {"round-trip-ms", required_argument, NULL, ROUND_TRIP},
    {"cut-after-ms", required_argument, NULL, CUT},
    {"app-hash", required_argument, NULL, APP_HASH},
    {"access", required_argument, NULL, ACCESS},
    {"script", required_argument, NULL, SCRIPT},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static const char usage_text[] =
    "usage: tsm-lab handset --seram URL --session ID --ca FILE --se HOST:PORT[#CARD] [options]\n"
    "(or --tsm-api URL: an app with the TSM-API; see tsm-lab handset --tsm-api --help)\n"
    "  --se-type eSE|iSE|uicc|euicc|ieuicc   kind of the element (eSE)\n"
    "  --se-id ID         identity to announce (read from the element: CPLC data or ICCID)\n"
    "  --drop-after K     after K APDUs the server's answer is lost once; the Report is repeated\n"
    "  --kill-after K     after K APDUs the channel to the element is lost once\n"
    "  --keep-channel     that fault, or the end of the session, leaves the element powered\n"
    "  --max-poll-s N     end after N seconds without a command (600)\n"
    "  --retry-s N        go on N seconds without an answer of the server (300)\n"
    "  --round-trip-ms N  each call of the server takes N ms longer\n"
    "  --cut-after-ms N   the platform ends the session after N ms without an APDU\n"
    "  --app-hash HEX     hash of the application's certificate: the element's access rules (ARA-M) are "
    "enforced\n"
    "without a server, with --se:\n"
    "  --access AID       say whether the application of --app-hash may speak to this applet: 0 allowed, 6 "
    "denied\n"
    "  --script FILE      run a signed script (GPCS Amendment I) on the element: 0 run, 7 refused\n"
    "  -v                 say what happens, on standard error\n"
    "exit: 0 Stop received, 1 no element, 2 usage, 3 no such session, 4 server lost, 5 no command,\n"
    "      8 the platform ended the session\n";

static int usage(const char *why)
{
    if (why)
        fprintf(stderr, "handset: %s\n", why);
    fputs(usage_text, why ? stderr : stdout);
    return why ? EXIT_USAGE : 0;
}

static bool number(const char *text, unsigned *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || n > MAX_NUMBER)
        return false;
    *out = (unsigned)n;
    return true;
}

/* What the command line asks for. */
struct request {
    struct agent_options agent;
    const char *app_hash, *access, *script;
};

static bool take_option(int id, char *arg, struct request *r)
{
    struct agent_options *o = &r->agent;
    const struct {
        int id;
        const char **text;
        unsigned *number;
        bool *flag;
    } rows[] = {
        {URL, &o->url, NULL, NULL},           {SESSION, &o->session, NULL, NULL},
        {CA, &o->ca_file, NULL, NULL},        {SE, &o->element, NULL, NULL},
        {SE_TYPE, &o->se_type, NULL, NULL},   {SE_ID, &o->se_id, NULL, NULL},
        {APP_HASH, &r->app_hash, NULL, NULL}, {ACCESS, &r->access, NULL, NULL},
        {SCRIPT, &r->script, NULL, NULL},     {DROP, NULL, &o->drop_after, NULL},
        {KILL, NULL, &o->kill_after, NULL},   {MAX_POLL, NULL, &o->max_poll_s, NULL},
        {RETRY, NULL, &o->retry_s, NULL},     {ROUND_TRIP, NULL, &o->round_trip_ms, NULL},
        {CUT, NULL, &o->cut_after_ms, NULL},  {KEEP, NULL, NULL, &o->keep_channel},
        {'v', NULL, NULL, &o->verbose},
    };
    size_t i = 0, n = sizeof rows / sizeof rows[0];
    while (i < n && rows[i].id != id)
        i++;
    if (i < n && rows[i].text)
        *rows[i].text = arg;
    if (i < n && rows[i].flag)
        *rows[i].flag = true;
    return i < n && (!rows[i].number || number(arg, rows[i].number));
}

/* The sessionId goes into a query without escaping, so it must need none [RFC 3986 2.3]. */
static bool is_unreserved(const char *text)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    return *text != '\0' && strlen(text) < AGENT_MAX_ID && text[strspn(text, set)] == '\0';
}

static bool is_se_type(const char *text)
{
    static const char *const types[] = {"eSE", "iSE", "uicc", "euicc", "ieuicc", "undefined"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(text, types[i]) == 0)
            return true;
    return false;
}

static const char *complaint(const struct agent_options *o)
{
    if (!o->url || !o->session || !o->element)
        return "--seram, --session and --se are needed";
    if (!https_url_allowed(o->url) || strlen(o->url) > AGENT_MAX_URL / 2)
        return "--seram takes an https address (http on loopback alone)";
    if (!is_unreserved(o->session))
        return "--session is no session identifier";
    if (!is_se_type(o->se_type))
        return "--se-type is none of the known kinds";
    if (o->se_id && !is_unreserved(o->se_id))
        return "--se-id is no identifier";
    if (o->drop_after > 0 && o->kill_after > 0)
        return "--drop-after and --kill-after exclude each other";
    return NULL;
}

/* --access: what the element's rules say about one applet. */
static int show_access(const struct request *r, struct enforcer *app)
{
    struct element e;
    uint8_t aid[MAX_AID];
    ssize_t n = hs_hex_read(r->access, aid, sizeof aid);
    if (!r->agent.element || !r->app_hash || n < 0)
        return usage("--access takes an AID and needs --se and --app-hash");
    if (!element_open(&e, r->agent.element)) {
        fprintf(stderr, "handset: no secure element at %s\n", r->agent.element);
        return AGENT_NO_ELEMENT;
    }
    enforcer_refresh(app, &e);
    element_close(&e);
    struct tlv applet = {.value = aid, .len = (size_t)n};
    struct access a = rules_decide(app->rules, app->rules_len, &applet, &app->app);
    printf("%s\n", !a.allowed ? "denied" : a.filters > 0 ? "allowed for some commands" : "allowed");
    return a.allowed ? 0 : EXIT_DENIED;
}

static int run(struct request *r)
{
    struct enforcer *app = calloc(1, sizeof *app);
    const char *why = NULL;
    int status;
    if (!app)
        return AGENT_NO_ELEMENT;
    if (r->app_hash && !enforcer_begin(app, r->app_hash))
        why = "--app-hash is no SHA-1 or SHA-256 in hex";
    else if (!r->access && !r->script)
        why = complaint(&r->agent);
    else if (r->script && !r->agent.element)
        why = "--script needs --se";
    r->agent.app = r->app_hash ? app : NULL;
    if (why)
        status = usage(why);
    else if (r->access)
        status = show_access(r, app);
    else
        status = r->script ? script_run_file(r->agent.element, r->script) : (int)agent_run(&r->agent);
    free(app);
    return status;
}

int handset_main(int argc, char **argv)
{
    struct request r = {
        .agent = {.se_type = "eSE", .retry_s = AGENT_RETRY_S, .max_poll_s = AGENT_MAX_POLL_S}};
    optind = 0; /* other verbs of the same process may have read options before */
    for (int id; (id = getopt_long(argc, argv, "vh", long_options, NULL)) != -1;) {
        if (id == 'h')
            return usage(NULL);
        if (!take_option(id, optarg, &r))
            return usage("unknown option or bad value");
    }
    if (optind < argc)
        return usage("unexpected argument");
    return run(&r);
}
