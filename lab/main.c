/* SPDX-License-Identifier: Apache-2.0 */
/* tsm-lab: the laboratory's programs behind one name, one verb each. It shares no code with the server it
 * judges. */
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_LAB_CARD
#include "card/card.h"
#endif
#ifdef HAVE_LAB_SMSC
#include "smsc/smsc_main.h"
#endif
#ifdef HAVE_LAB_UICC
#include "uicc/uicc_main.h"
#endif
#ifdef HAVE_LAB_HANDSET
#include "handset/app/app.h"
#endif
#ifdef HAVE_LAB_FLEET
#include "fleet/fleet.h"
#endif
#ifdef HAVE_LAB_TERMINAL
#include "terminal/terminal.h"
#endif
#ifdef HAVE_LAB_BANK
#include "bank/bank.h"
#include "tsp/tsp.h"
#endif

enum { EXIT_WRONG_USE = 2 };

struct verb {
    const char *name, *about;
    int (*run)(int argc, char **argv);
};

static const struct verb verbs[] = {
#ifdef HAVE_LAB_CARD
    {"card", "an embedded secure element", card_main},
#endif
#ifdef HAVE_LAB_UICC
    {"uicc", "handsets with their UICCs on the air", uicc_main},
#endif
#ifdef HAVE_LAB_SMSC
    {"smsc", "a short message service centre (SMPP 3.4)", smsc_main},
#endif
#ifdef HAVE_LAB_HANDSET
    {"handset", "a phone before its secure elements: an app with the TSM-API, or a bare SERAM agent",
     app_main},
#endif
#ifdef HAVE_LAB_FLEET
    {"fleet", "many secure elements in one process", fleet_main},
#endif
#ifdef HAVE_LAB_TERMINAL
    {"terminal", "a payment terminal", terminal_main},
#endif
#ifdef HAVE_LAB_BANK
    {"bank", "a service provider", bank_main},
    {"tsp", "a token service provider", tsp_main},
#endif
    {NULL, NULL, NULL},
};

static void help(FILE *to)
{
    fputs("usage: tsm-lab VERB [options], tsm-lab VERB --help\n"
          "A simulator of everything around a trusted service manager.\n",
          to);
    for (const struct verb *v = verbs; v->name; v++)
        fprintf(to, "  %-10s %s\n", v->name, v->about);
}

/* Who asks how a verb is used gets its usage on standard output and did nothing wrong; verbs without an
 * option for it tell it to those who err. */
static int run(const struct verb *v, int argc, char **argv)
{
    int status;
    if (strcmp(argv[argc - 1], "--help") != 0)
        return v->run(argc, argv);
    opterr = 0;
    if (dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        return EXIT_WRONG_USE;
    status = v->run(argc, argv);
    return status == EXIT_WRONG_USE ? 0 : status;
}

static int choose(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("tsm-lab " LAB_VERSION);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        help(stdout);
        return 0;
    }
    for (const struct verb *v = verbs; argc > 1 && v->name; v++)
        if (strcmp(argv[1], v->name) == 0)
            return run(v, argc - 1, argv + 1);
    help(stderr);
    return EXIT_WRONG_USE;
}

/* Descriptors 0 to 2 that are closed would become a card's or a message centre's socket, and take what is
 * said. */
static bool hold_descriptors(void)
{
    struct stat about;
    bool held = true;
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        held = held && (fstat(fd, &about) == 0 || open("/dev/null", fd ? O_RDONLY : O_WRONLY) == fd);
    return held;
}

/* What a verb found out is of no use where the words are lost. */
int main(int argc, char **argv)
{
    int status;
    if (!hold_descriptors())
        return EXIT_FAILURE;
    status = choose(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("tsm-lab: standard output takes no more\n", stderr);
    return status ? status : EXIT_FAILURE;
}
