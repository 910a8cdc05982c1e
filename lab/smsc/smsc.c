/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab smsc`: the command line, the listening socket and the end of the laboratory's SMSC. Edge (station
 * 9). */
#include "smsc/smsc.h"
#include "smsc/smsc_main.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const char usage[] =
    "usage: tsm-lab smsc --port N [options]\n"
    "An SMPP 3.4 message centre on loopback. ESMEs bind to it; handsets bind with system_type \"handset\" "
    "and their\n"
    "MSISDN as address_range. Prints `listening 127.0.0.1:PORT`.\n"
    "  --port N             port to listen on, 0 for any\n"
    "  --system-id ID       the only ESME allowed (default: any)\n"
    "  --password WORD      the ESME's password (default: any)\n"
    "  --throttle N         submit_sm per second and ESME; more are answered ESME_RTHROTTLED\n"
    "  --retry MS           first pause after a temporary failure (default 1000)\n"
    "  --fault LIST         lose-receipts, dup-receipts, lose-por, reorder, decimal-receipts, slow-MS, "
    "drop-N, full-N,\n"
    "                       down-after-N; comma separated\n"
    "  -v                   log to standard error\n";

void smsc_log(const struct smsc *s, const char *format, ...)
{
    va_list args;
    if (!s->config.verbose)
        return;
    va_start(args, format);
    fputs("smsc: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

static bool number(const char *text, unsigned long max, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && *out <= max;
}

enum option_id { OPT_PORT = 1, OPT_SYSTEM_ID, OPT_PASSWORD, OPT_THROTTLE, OPT_RETRY, OPT_FAULT, OPT_HELP };

static const struct option options[] = {
    {"port", required_argument, NULL, OPT_PORT},
    {"system-id", required_argument, NULL, OPT_SYSTEM_ID},
    {"password", required_argument, NULL, OPT_PASSWORD},
    {"throttle", required_argument, NULL, OPT_THROTTLE},
    {"retry", required_argument, NULL, OPT_RETRY},
    {"fault", required_argument, NULL, OPT_FAULT},
    {"help", no_argument, NULL, OPT_HELP},
    {0},
};

static bool take_option(int id, struct smsc_config *c)
{
    unsigned long n = 0;
    bool ok = true;
    switch (id) {
    case OPT_PORT:
        ok = number(optarg, UINT16_MAX, &n);
        c->port = (uint16_t)n;
        break;
    case OPT_SYSTEM_ID:
        c->system_id = optarg;
        break;
    case OPT_PASSWORD:
        c->password = optarg;
        break;
    case OPT_THROTTLE:
        ok = number(optarg, 1000000, &n);
        c->throttle = (unsigned)n;
        break;
    case OPT_RETRY:
        ok = number(optarg, SMSC_MAX_RETRY_MS, &n);
        c->retry_ms = (int64_t)n;
        break;
    case OPT_FAULT:
        ok = smsc_faults_parse(optarg, &c->faults);
        break;
    case 'v':
        c->verbose = true;
        break;
    default:
        ok = false;
    }
    if (!ok && id != '?')
        fprintf(stderr, "tsm-lab smsc: unusable value %s\n", optarg ? optarg : "");
    return ok;
}

static void on_listener(struct watch *w, uint32_t events)
{
    (void)events;
    for (int fd; (fd = socket_accept(w->fd)) >= 0;)
        session_accept(w->owner, fd);
}

static void on_signal(struct watch *w, uint32_t events)
{
    (void)events;
    loop_stop(((struct smsc *)w->owner)->loop);
}

static int signal_descriptor(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static void dismantle(struct smsc *s)
{
    for (struct session *at = s->sessions, *next; at; at = next) {
        next = at->next;
        session_cut(at);
        timer_clear(s->loop, &at->link.reaper);
        at->link.reaper.fire(&at->link.reaper);
    }
    endpoints_free(s);
    if (s->listener.fd >= 0)
        close(s->listener.fd);
    if (s->signals.fd >= 0)
        close(s->signals.fd);
    loop_free(s->loop);
}

static int serve(struct smsc *s)
{
    s->loop = loop_new();
    s->signals = (struct watch){.fd = signal_descriptor(), .owner = s, .ready = on_signal};
    s->listener = (struct watch){.fd = socket_listen(&s->config.port), .owner = s, .ready = on_listener};
    if (!s->loop || s->listener.fd < 0 || s->signals.fd < 0 || !loop_watch(s->loop, &s->listener, EPOLLIN) ||
        !loop_watch(s->loop, &s->signals, EPOLLIN)) {
        fprintf(stderr, "tsm-lab smsc: cannot listen: %s\n", strerror(errno));
        return 1;
    }
    printf("listening 127.0.0.1:%u\n", s->config.port);
    fflush(stdout);
    return loop_run(s->loop) == 0 ? 0 : 1;
}

static int misused(void)
{
    fputs("tsm-lab smsc: see tsm-lab smsc --help\n", stderr);
    return 2;
}

int smsc_main(int argc, char **argv)
{
    struct smsc s = {.config = {.retry_ms = SMSC_RETRY_MS}};
    bool have_port = false;
    for (int id; (id = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
        if (id == OPT_HELP) {
            fputs(usage, stdout);
            return 0;
        }
        have_port = have_port || id == OPT_PORT;
        if (!take_option(id, &s.config))
            return misused();
    }
    if (!have_port || optind != argc)
        return misused();
    raise_descriptor_limit();
    int status = serve(&s);
    dismantle(&s);
    return status;
}
