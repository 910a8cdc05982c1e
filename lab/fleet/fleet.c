/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab fleet`: a hundred thousand secure elements in one process: options, life and end. Edge (stations 9
 * and 10, many cards' side). */
#include "fleet/fleet.h"

#include "fleet/reach/air.h"
#include "fleet/commands.h"
#include "fleet/inventory.h"
#include "fleet/measure.h"

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

enum { EXIT_USAGE = 2, EXIT_ASKED = -1, DEFAULT_PHONES = 4, MAX_IDLE_MS = 3600000 };

static const char usage_head[] = "usage: tsm-lab fleet --cards N [options]\n"
                                 "Many secure elements, UICCs on the air and embedded ones behind a door, in "
                                 "one process. Cards that nobody speaks\n"
                                 "to are kept as the difference from their factory state. Prints `ready "
                                 "cards=N door=127.0.0.1:PORT`, then `bound\n"
                                 "RANGE` each time it has reached the message centre.\n"
                                 "  --cards N          how many, numbered from 0\n"
                                 "  --profile MIX      NAME[:WEIGHT],.. (default lab-uicc); of each cycle "
                                 "the first WEIGHT cards have that profile\n";
static const char usage_tail[] =
    "  --seed S           0..999: numbers and keys of all cards follow from it (default 0)\n"
    "  --inventory FILE   write the owner's import lines, with laboratory keys in clear\n"
    "  --smsc HOST:PORT   SMPP message centre: one session for all UICCs (the laboratory's centre knows "
    "this)\n"
    "  --listen PORT      the door (0: any port): a reader says `card N` on a line, then vpcd framing\n"
    "  --ca FILE          of the server that built-in handsets speak to\n"
    "  --phones N         built-in handsets at the same time (4)\n"
    "  --idle-ms N        a quiet card is put back after this (2000)\n"
    "  --measure          take every card out once, print bytes for each idle card and cards a second, and "
    "end\n"
    "  -v                 log to standard error\n"
    "  --commands FILE    a named pipe for commands, made when it is not there (default: standard input)\n"
    "Commands, one a line: stats | rest | phone PLACE URL SESSION (a handset runs that GP SERAM session) "
    "| quit\n";

struct fleet {
    struct fleet_plan plan;
    struct loop *loop;
    struct watch signals;
    struct drawer drawer;
    struct air air;
    struct door door;
    struct commands commands;
    struct phones *phones;
    const char *smsc, *inventory, *ca_file, *pipe;
    uint16_t port;
    unsigned phone_count;
    bool measures;
};

enum option_id {
    CARDS = 1,
    PROFILE,
    SEED,
    INVENTORY,
    SMSC,
    LISTEN,
    CA,
    PHONES,
    IDLE,
    MEASURE,
    COMMANDS,
    HELP
};

static const struct option options[] = {
    {"cards", required_argument, NULL, CARDS},
    {"profile", required_argument, NULL, PROFILE},
    {"seed", required_argument, NULL, SEED},
    {"inventory", required_argument, NULL, INVENTORY},
    {"smsc", required_argument, NULL, SMSC},
    {"listen", required_argument, NULL, LISTEN},
    {"ca", required_argument, NULL, CA},
    {"phones", required_argument, NULL, PHONES},
    {"idle-ms", required_argument, NULL, IDLE},
    {"measure", no_argument, NULL, MEASURE},
    {"commands", required_argument, NULL, COMMANDS},
    {"help", no_argument, NULL, HELP},
    {0},
};

/* ---- options ---- */

static bool number(const char *text, unsigned long max, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *out <= max;
}

static bool take_number(struct fleet *f, int id)
{
    unsigned long n = 0;
    switch (id) {
    case CARDS:
        f->plan.cards = number(optarg, FLEET_MAX_CARDS, &n) ? (uint32_t)n : 0;
        return f->plan.cards > 0;
    case SEED:
        f->plan.seed = number(optarg, FLEET_MAX_SEED, &n) ? (unsigned)n : FLEET_MAX_SEED + 1;
        return f->plan.seed <= FLEET_MAX_SEED;
    case LISTEN:
        f->port = number(optarg, UINT16_MAX, &n) ? (uint16_t)n : 0;
        return n <= UINT16_MAX && *optarg >= '0' && *optarg <= '9';
    case IDLE:
        f->drawer.idle_ms = number(optarg, MAX_IDLE_MS, &n) ? (int64_t)n : -1;
        return f->drawer.idle_ms >= 0;
    default:
        f->phone_count = number(optarg, PHONES_MAX, &n) ? (unsigned)n : 0;
        return f->phone_count > 0;
    }
}

static bool take_option(struct fleet *f, int id)
{
    switch (id) {
    case PROFILE:
        return fleet_mix_read(optarg, &f->plan.mix);
    case INVENTORY:
        f->inventory = optarg;
        return true;
    case SMSC:
        f->smsc = optarg;
        return true;
    case CA:
        f->ca_file = optarg;
        return true;
    case COMMANDS:
        f->pipe = optarg;
        return true;
    case MEASURE:
        f->measures = true;
        return true;
    case 'v':
        f->drawer.verbose = true;
        return true;
    case '?':
        return false;
    default:
        return take_number(f, id);
    }
}

static int parse(struct fleet *f, int argc, char **argv)
{
    optind = 0;
    for (int id; (id = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
        if (id == HELP) {
            printf("%s%s%s", usage_head, fleet_kind_names(), usage_tail);
            return EXIT_ASKED;
        }
        if (!take_option(f, id)) {
            fprintf(stderr, "tsm-lab fleet: unusable value, see tsm-lab fleet --help\n");
            return EXIT_USAGE;
        }
    }
    if (optind == argc && f->plan.cards > 0)
        return 0;
    fprintf(stderr, "tsm-lab fleet: see tsm-lab fleet --help\n");
    return EXIT_USAGE;
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
        limit.rlim_cur = limit.rlim_max; /* a descriptor for each reader at the door */
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    f->loop = loop_new();
    f->signals = (struct watch){.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), .owner = f->loop};
    f->signals.ready = on_signal;
    f->drawer.plan = &f->plan;
    f->drawer.loop = f->air.loop = f->door.loop = f->commands.loop = f->loop;
    f->drawer.joined = air_join;
    f->drawer.owner = &f->air;
    f->air.drawer = f->door.drawer = f->commands.drawer = &f->drawer;
    f->air.smsc = f->smsc;
    f->commands.door = &f->door;
    return f->loop && f->signals.fd >= 0 && loop_watch(f->loop, &f->signals, EPOLLIN) &&
           drawer_open(&f->drawer);
}

static bool open_doors(struct fleet *f)
{
    if (!door_open(&f->door, &f->port)) {
        fprintf(stderr, "tsm-lab fleet: cannot listen: %s\n", strerror(errno));
        return false;
    }
    f->phones = phones_new(f->phone_count, f->ca_file, f->port);
    f->commands.phones = f->phones;
    if (!commands_open(&f->commands, f->pipe) && f->pipe) {
        fprintf(stderr, "tsm-lab fleet: %s: %s\n", f->pipe, strerror(errno));
        return false;
    }
    printf("ready cards=%u door=127.0.0.1:%u\n", f->plan.cards, f->port);
    fflush(stdout);
    if (f->smsc)
        air_start(&f->air);
    return f->phones != NULL;
}

static int serve(struct fleet *f)
{
    if (f->inventory && !fleet_inventory(&f->plan, f->inventory))
        return EXIT_FAILURE;
    if (!prepare(f)) {
        perror("tsm-lab fleet: cannot start");
        return EXIT_FAILURE;
    }
    if (f->measures)
        return fleet_measure(&f->drawer) ? EXIT_SUCCESS : EXIT_FAILURE;
    return open_doors(f) && loop_run(f->loop) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void dismantle(struct fleet *f)
{
    if (!f->loop)
        return;
    if (f->smsc && !f->measures)
        air_stop(&f->air);
    commands_close(&f->commands);
    door_close(&f->door);
    phones_free(f->phones);
    if (f->drawer.slots)
        drawer_close(&f->drawer);
    if (f->signals.fd >= 0)
        close(f->signals.fd);
    loop_free(f->loop);
}

int fleet_main(int argc, char **argv)
{
    struct fleet f = {.signals = {.fd = -1}, .phone_count = DEFAULT_PHONES};
    f.drawer.idle_ms = DRAWER_IDLE_MS;
    fleet_mix_read("lab-uicc", &f.plan.mix);
    int status = parse(&f, argc, argv);
    if (status == EXIT_ASKED)
        return EXIT_SUCCESS;
    if (status == 0 && !fleet_plan_master(&f.plan))
        status = EXIT_FAILURE;
    if (status == 0) {
        status = serve(&f);
        dismantle(&f);
    }
    lab_wipe(&f.plan, sizeof f.plan);
    return status;
}
