/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab handset` with the TSM-API. Edge (station 9, the handset's side). [TR-03165 4.2] */
#include "handset/app/app.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handset/app/method.h"
#include "handset/app/reader.h"
#include "handset/handset.h"

enum { RING_SHOWN = 40 };

/* The laboratory's app has no certificate; its identifier says so. */
#define LAB_CALLER "0000000000000000000000000000000000000000000000000000000000001ab0"

static const char usage_text[] =
    "usage: tsm-lab handset --tsm-api URL --token-file FILE --ca FILE --se card|HOST:PORT|pcsc:NAME "
    "[options] "
    "METHOD ..\n"
    "An app that uses the TSM-API of TR-03165; URL ends with /tsm-api/1.0. Methods:\n";
static const char options_text[] =
    "options:\n"
    "  --se card|HOST:PORT  a card in this process, or one in vpcd framing: it listens there, or dials in "
    "there;\n"
    "  --se pcsc:NAME       the card in the reader of this machine that has NAME in its name\n"
    "                       more than one: as many elements. These belong to the --se before them:\n"
    "  --reader NAME        the reader's name (eSE1, eSE2, ..)\n"
    "  --state FILE         of a card in this process: where it is kept between two calls\n"
    "  --scp, --key, --kvn, --seid, --with, --memory, --quirk, --fault   as of tsm-lab card\n"
    "  --iccid DIGITS       what the handset knows of the element\n"
    "  --journal DIR        where what is under way is kept, for continue\n"
    "  --caller-id HEX      SHA-256 of the app's certificate\n"
    "  --get-token FILE     setAccessToken: the file is read for each request\n"
    "  --retry-s N          a process goes on N seconds without an answer (300)\n"
    "  --refuse-start       the app does not take onProcessStart\n"
    "  --unsound            the device is not in a state that justifies a token\n"
    "  --cancel-at N        cancel when N percent are done\n"
    "  --kill-at N          SIGKILL to itself at the Nth message about the network\n"
    "  --json               the result as one line of JSON\n"
    "  -v                   log messages on standard error\n"
    "exit: 0, or the error category of TR-03165 4.2.4.4; 64 usage\n";

struct run {
    struct words w;
    atomic_uint network;
};

static void on_log(void *self, const struct tsm_api_log_message *m)
{
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    struct run *r = self;
    if (r->w.verbose)
        fprintf(stderr, "%s: %s\n", levels[m->level], m->text);
    if (m->topic == TSM_API_LOG_NETWORK && r->w.kill_at &&
        atomic_fetch_add(&r->network, 1) + 1 == r->w.kill_at)
        kill(getpid(), SIGKILL);
}

static bool token_from(const char *path, char *token, size_t cap)
{
    FILE *f = path ? fopen(path, "r") : NULL;
    size_t n = f ? fread(token, 1, cap, f) : 0;
    if (f)
        fclose(f);
    token[n] = '\0';
    token[strcspn(token, "\r\n")] = '\0';
    return token[0] != '\0';
}

static bool on_token(void *self, char *token, size_t cap)
{
    return token_from(self, token, cap);
}

static bool on_device(void *self)
{
    const struct run *r = self;
    return !r->w.unsound;
}

static int usage(const char *word, const char *why)
{
    FILE *to = why ? stderr : stdout;
    if (why)
        fprintf(to, "handset: %s %s\n", word, why);
    fputs(usage_text, to);
    fputs(method_help(), to);
    fputs(options_text, to);
    return why ? APP_USAGE : 0;
}

/* Latest when something went wrong, the messages of the time before are at hand [TR 3.5.2]. */
static void show_ring(struct tsm_api *api)
{
    struct tsm_api_log_message *m = calloc(RING_SHOWN, sizeof *m);
    size_t n = m ? tsm_api_log_latest(api, m, RING_SHOWN) : 0;
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "log: %s\n", m[i].text);
    free(m);
}

static struct tsm_api *open_client(struct run *r, struct readers *readers, struct tsm_api_status *why)
{
    char token[TSM_API_MAX_TOKEN + 1] = "";
    bool has = token_from(r->w.token_file, token, TSM_API_MAX_TOKEN);
    const struct tsm_api_config c = {.struct_size = sizeof c,
                                     .base_url = r->w.url,
                                     .ca_file = r->w.ca,
                                     .app_token = has ? token : NULL,
                                     .caller_id = r->w.caller_id ? r->w.caller_id : LAB_CALLER,
                                     .state_dir = r->w.journal,
                                     .retry_s = r->w.retry_s,
                                     .transport = readers_transport(readers),
                                     .log = on_log,
                                     .log_self = r,
                                     .device_is_sound = on_device,
                                     .device_self = r};
    struct tsm_api *api = tsm_api_new(&c, why);
    explicit_bzero(token, sizeof token);
    return api;
}

static int run(struct run *r)
{
    struct tsm_api_status why;
    struct readers *readers = readers_new(r->w.se, r->w.n_se);
    struct tsm_api *api = readers ? open_client(r, readers, &why) : NULL;
    int status = readers ? TSM_API_INVALID_ARGUMENT : APP_USAGE;
    if (api && r->w.get_token)
        tsm_api_set_access_token(api,
                                 &(struct tsm_api_access_token){(void *)(uintptr_t)r->w.get_token, on_token});
    if (api)
        status = method_run(api, &r->w);
    else if (readers)
        fprintf(stderr, "handset: %s\n", why.execution_message);
    if (status == METHOD_USAGE)
        status = usage(r->w.method ? r->w.method : "a method", "is missing, or its arguments are");
    else if (status != TSM_API_SUCCESS && api)
        show_ring(api);
    tsm_api_free(api);
    readers_free(readers);
    return status;
}

int app_main(int argc, char **argv)
{
    const char *at = "";
    if (!words_ask_for_app(argc, argv))
        return handset_main(argc, argv);
    struct run *r = calloc(1, sizeof *r);
    if (!r)
        return TSM_API_INTERNAL_ERROR;
    const char *why = words_read(&r->w, argc, argv, &at);
    int status = why || r->w.help ? usage(at, why) : run(r);
    words_clear(&r->w);
    free(r);
    return status;
}
