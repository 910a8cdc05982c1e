/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab uicc`: the command line, one handset with its UICC or a whole file of them in one loop. Edge
 * (station 9). */
#include "uicc/uicc_main.h"

#include "uicc/config.h"
#include "uicc/face.h"
#include "uicc/handset.h"

#include "common/bytes.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const char usage[] =
    "usage: tsm-lab uicc --smsc HOST:PORT --msisdn N --kic HEX --kid HEX [options]\n"
    "       tsm-lab uicc --smsc HOST:PORT --cards FILE [options]\n"
    "A handset with its UICC: SMS-PP download, SCP80, proof of receipt, and a contactless face. Prints "
    "`bound MSISDN`\n"
    "each time it has reached the message centre, `listening 127.0.0.1:PORT` once for a face.\n"
    "  --smsc HOST:PORT   SMPP message centre (the laboratory's or another one)\n"
    "  --msisdn N         telephone number\n"
    "  --kic/--kid/--kik HEX  SCP80 keys of the issuer security domain; kik defaults to kid\n"
    "  --kvn N            their key version 1..15 (default 1)\n"
    "  --key-type aes|des what they are (default aes)\n"
    "  --key HEX, --isd-kvn HEX, --scp NAME  the issuer security domain's secure channel, see `tsm-lab card "
    "--help`\n"
    "  --with NAME,..     applications from the factory, see `tsm-lab card --with help`\n"
    "  --iccid D          digits of the ICCID\n"
    "  --listen PORT      contactless face for a terminal (vpcd framing), 0 for any port\n"
    "  --por report|submit  DELIVER-REPORT data as SMPP payload (default) or as submit_sm, for other message "
    "centres\n"
    "  --quirk LIST       talkative (default), silent, cpi-first, cpi-any, pad-80, cmac4, por-submit, "
    "counter-jump,\n"
    "                     zero-body, max-segments-N; other names go to the card\n"
    "  --fault LIST       drop-por-N, heal-por-N, dup-por, busy-N, tear-N; other names go to the card\n"
    "  --cards FILE       one JSON object a line with the same names (msisdn, iccid, kic, kid, ...): many "
    "UICCs\n"
    "  -v                 log to standard error\n"
    "Keys on this command line are laboratory keys.\n";

/* One UICC in its handset. */
struct unit {
    struct unit *next;
    struct uicc_config config;
    struct card *card;
    struct face *face;
    struct handset handset;
};

struct fleet {
    struct loop *loop;
    struct watch signals;
    const char *smsc, *cards;
    bool verbose, single;
    struct uicc_config config; /* of the command line, the default of every line in the file */
    struct unit *units;
};

enum option_id { OPT_SMSC = 1, OPT_CARDS, OPT_VALUE };

static const struct option options[] = {
    {"smsc", required_argument, NULL, OPT_SMSC},    {"cards", required_argument, NULL, OPT_CARDS},
    {"msisdn", required_argument, NULL, OPT_VALUE}, {"kic", required_argument, NULL, OPT_VALUE},
    {"kid", required_argument, NULL, OPT_VALUE},    {"kik", required_argument, NULL, OPT_VALUE},
    {"kvn", required_argument, NULL, OPT_VALUE},    {"key-type", required_argument, NULL, OPT_VALUE},
    {"key", required_argument, NULL, OPT_VALUE},    {"isd-kvn", required_argument, NULL, OPT_VALUE},
    {"scp", required_argument, NULL, OPT_VALUE},    {"with", required_argument, NULL, OPT_VALUE},
    {"iccid", required_argument, NULL, OPT_VALUE},  {"listen", required_argument, NULL, OPT_VALUE},
    {"por", required_argument, NULL, OPT_VALUE},    {"quirk", required_argument, NULL, OPT_VALUE},
    {"fault", required_argument, NULL, OPT_VALUE},  {0},
};

/* ---- units ---- */

static void unit_free(struct unit *u)
{
    handset_stop(&u->handset);
    sim_free(u->handset.sim);
    face_free(u->face);
    card_free(u->card);
    uicc_config_wipe(&u->config);
    free(u);
}

static bool open_face(struct fleet *f, struct unit *u)
{
    if (u->config.listen == CONFIG_NO_FACE)
        return true;
    uint16_t port = (uint16_t)u->config.listen;
    u->face = face_new(f->loop, u->card, &port);
    if (!u->face) {
        fprintf(stderr, "tsm-lab uicc: %s: cannot listen: %s\n", u->config.msisdn, strerror(errno));
        return false;
    }
    if (f->single)
        printf("listening 127.0.0.1:%u\n", port);
    else
        printf("listening 127.0.0.1:%u %s\n", port, u->config.msisdn);
    fflush(stdout);
    return true;
}

static bool unit_start(struct fleet *f, const struct uicc_config *config)
{
    struct unit *u = calloc(1, sizeof *u);
    if (!u)
        return false;
    u->config = *config;
    u->next = f->units;
    f->units = u;
    struct card_config card = uicc_config_card(&u->config);
    card.verbose = f->verbose;
    u->card = card_new(&card);
    lab_wipe(&card, sizeof card);
    u->handset.loop = f->loop;
    u->handset.smsc = f->smsc;
    u->handset.verbose = f->verbose;
    u->handset.por_by_submit = u->config.por_by_submit;
    memcpy(u->handset.msisdn, u->config.msisdn, sizeof u->config.msisdn);
    u->handset.sim = u->card ? sim_new(u->card, &u->config.quirks) : NULL;
    if (!u->handset.sim || !open_face(f, u))
        return false;
    handset_start(&u->handset);
    return true;
}

static bool start_file(struct fleet *f)
{
    FILE *file = fopen(f->cards, "re");
    struct uicc_config c = f->config;
    size_t line = 1;
    int got = -1;
    if (!file) {
        fprintf(stderr, "tsm-lab uicc: %s: %s\n", f->cards, strerror(errno));
        return false;
    }
    for (; (got = uicc_config_read_line(file, &c)) > 0; line++) {
        if (!unit_start(f, &c)) {
            got = -1;
            break;
        }
        c = f->config;
    }
    if (got < 0)
        fprintf(stderr, "tsm-lab uicc: %s: card %zu cannot be made\n", f->cards, line);
    fclose(file);
    uicc_config_wipe(&c);
    return got == 0;
}

/* ---- the process ---- */

static void on_signal(struct watch *w, uint32_t events)
{
    (void)events;
    loop_stop(w->owner);
}

static bool prepare(struct fleet *f)
{
    sigset_t set;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max; /* a fleet needs one descriptor per handset */
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    f->loop = loop_new();
    f->signals = (struct watch){.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), .owner = f->loop};
    f->signals.ready = on_signal;
    return f->loop && f->signals.fd >= 0 && loop_watch(f->loop, &f->signals, EPOLLIN);
}

static int serve(struct fleet *f)
{
    bool ready = prepare(f), ok = ready && (f->single ? unit_start(f, &f->config) : start_file(f));
    int status = ok && loop_run(f->loop) == 0 ? 0 : 1;
    if (!ready)
        perror("tsm-lab uicc: cannot start");
    while (f->units) {
        struct unit *u = f->units;
        f->units = u->next;
        unit_free(u);
    }
    if (f->signals.fd > 0)
        close(f->signals.fd);
    loop_free(f->loop);
    return status;
}

/* Takes a value and overwrites it in the command line: it may be a key. */
static bool take_value(struct fleet *f, int index)
{
    bool ok = uicc_config_set(&f->config, options[index].name, optarg);
    if (!ok)
        fprintf(stderr, "tsm-lab uicc: unusable value for --%s\n", options[index].name);
    if (options[index].name[0] == 'k')
        explicit_bzero(optarg, strlen(optarg));
    return ok;
}

static bool parse(struct fleet *f, int argc, char **argv)
{
    int index = 0;
    for (int id; (id = getopt_long(argc, argv, "v", options, &index)) != -1;) {
        if (id == OPT_SMSC)
            f->smsc = optarg;
        else if (id == OPT_CARDS)
            f->cards = optarg;
        else if (id == 'v')
            f->verbose = true;
        else if (id != OPT_VALUE || !take_value(f, index))
            return false;
    }
    f->single = !f->cards;
    const struct uicc_config *c = &f->config;
    bool keys = c->card.kic_len > 0 && c->card.kid_len > 0;
    return optind == argc && f->smsc && (f->cards || (c->msisdn[0] && keys));
}

int uicc_main(int argc, char **argv)
{
    struct fleet f = {.signals.fd = -1};
    uicc_config_init(&f.config);
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (!parse(&f, argc, argv)) {
        fputs("tsm-lab uicc: see tsm-lab uicc --help\n", stderr);
        return 2;
    }
    int status = serve(&f);
    uicc_config_wipe(&f.config);
    return status;
}
