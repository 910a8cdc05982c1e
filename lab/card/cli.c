/* SPDX-License-Identifier: Apache-2.0 */
/* "tsm-lab card": one software secure element on a TCP port or in a virtual reader (stations 9 and 10, the
 * card's side); edge. */
#include "card/card.h"
#include "card/tcp.h"
#include "common/bytes.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PORT      65535
#define MAX_HOST      256
#define EXIT_USAGE    2
#define EXIT_CONTINUE (-1)

struct arguments {
    struct card_config cfg;
    const char *vpcd;
    bool listens;
    uint16_t port;
};

static int usage(FILE *to)
{
    fprintf(to, "usage: tsm-lab card --listen PORT | --vpcd HOST:PORT [options]\n"
                "  --listen PORT     serve on 127.0.0.1 (0 = a free port), vpcd framing\n"
                "  --vpcd HOST:PORT  be the card in pcscd's virtual reader\n"
                "  --scp NAME        secure channel protocol, default scp03-i70 (\"help\" lists them)\n"
                "  --key HEX         keys of the issuer security domain, default 404142..4F\n"
                "  --kvn N           their version in hex, default FF\n"
                "  --seid HEX        identification of the secure element (10 bytes: CUID)\n"
                "  --oce-ca FILE     PEM: authority of off-card certificates, for SCP11a and SCP11c\n"
                "  --card-ca FILE    write the authority of the card's certificates (PEM) there\n"
                "  --group NAME      Card Group ID of SCP11c; cards of a group share its key\n"
                "  --casd            with a Controlling Authority's domain (confidential key set-up)\n"
                "  --owner HEX       subject identifier of the domain's owner (SCP11a, SCP11c)\n"
                "  --with NAME,..    applications from the factory (\"help\" lists them)\n"
                "  --script-root FILE  PEM: who certifies writers of signed scripts (--with sems)\n"
                "  --memory BYTES    non-volatile memory, default 262144\n"
                "  --quirk NAME,..   a peculiarity of real cards (\"help\" lists them)\n"
                "  --fault NAME,..   a misbehaviour for tests (\"help\" lists them)\n"
                "  -v                a line on stderr for each command\n");
    return to == stdout ? EXIT_SUCCESS : EXIT_USAGE;
}

static bool number(const char *text, int base, unsigned long max, unsigned long *to)
{
    char *end;

    *to = strtoul(text, &end, base);
    return *text >= '0' && *text != '\0' && *end == '\0' && *to <= max;
}

static bool hex_argument(char *text, uint8_t *to, size_t cap, size_t *len)
{
    bool ok = lab_hex_read(text, to, cap, len) && *len > 0;

    /* A key should not stay in the process list. */
    memset(text, 'x', strlen(text));
    return ok;
}

/* Options whose value is a number. */
static bool take_number(struct arguments *a, int option, const char *value)
{
    unsigned long n = 0;

    switch (option) {
    case 'p':
        a->listens = number(value, 10, MAX_PORT, &n);
        a->port = (uint16_t)n;
        return a->listens;
    case 'n':
        a->cfg.kvn = number(value, 16, 0xFF, &n) ? (uint8_t)n : 0;
        return a->cfg.kvn != 0;
    default:
        a->cfg.memory = number(value, 10, UINT32_MAX, &n) ? (uint32_t)n : 0;
        return a->cfg.memory != 0;
    }
}

/* Options whose value is a name: "help" lists the names instead. */
static int take_name(const char **to, const char *value, const char *names)
{
    *to = value;
    if (strcmp(value, "help") != 0)
        return EXIT_CONTINUE;
    fputs(names, stdout);
    return EXIT_SUCCESS;
}

/* Options of SCP11, of the Controlling Authority's domain and of signed scripts. */
static bool take_asymmetric(struct arguments *a, int option, const char *value)
{
    switch (option) {
    case 'o':
        a->cfg.oce_ca = value;
        return true;
    case 'c':
        a->cfg.card_ca = value;
        return true;
    case 'g':
        a->cfg.group = value;
        return true;
    case 't':
        a->cfg.script_root = value;
        return true;
    case 'z':
        a->cfg.casd = 1;
        return true;
    default:
        return lab_hex_read(value, a->cfg.owner, sizeof a->cfg.owner, &a->cfg.owner_len);
    }
}

/* Takes one option; EXIT_CONTINUE = go on, else the exit status. */
static int take(struct arguments *a, int option, char *value)
{
    bool ok = true;

    switch (option) {
    case 'p':
    case 'n':
    case 'm':
        ok = take_number(a, option, value);
        break;
    case 'r':
        a->vpcd = value;
        break;
    case 's':
        return take_name(&a->cfg.scp, value, card_scp_names());
    case 'q':
        return take_name(&a->cfg.quirk, value, card_quirk_names());
    case 'f':
        return take_name(&a->cfg.fault, value, card_fault_names());
    case 'a':
        return take_name(&a->cfg.with, value, card_applet_names());
    case 'k':
        ok = hex_argument(value, a->cfg.key, sizeof a->cfg.key, &a->cfg.key_len);
        break;
    case 'i':
        ok = lab_hex_read(value, a->cfg.seid, sizeof a->cfg.seid, &a->cfg.seid_len);
        break;
    case 'v':
        a->cfg.verbose = 1;
        break;
    case 'h':
    case '?':
        return usage(option == 'h' ? stdout : stderr);
    default:
        ok = take_asymmetric(a, option, value);
    }
    if (!ok)
        fprintf(stderr, "card: this value of an option is not understood\n");
    return ok ? EXIT_CONTINUE : EXIT_USAGE;
}

static int run(const struct arguments *a)
{
    char host[MAX_HOST];
    const char *colon = a->vpcd == NULL ? NULL : strrchr(a->vpcd, ':');
    struct card *c;
    int status;

    if (a->listens == (a->vpcd != NULL))
        return usage(stderr);
    if (a->vpcd != NULL && (colon == NULL || (size_t)(colon - a->vpcd) >= sizeof host))
        return usage(stderr);
    c = card_new(&a->cfg);
    if (c == NULL)
        return EXIT_USAGE;
    if (a->listens) {
        status = tcp_listen(c, a->port);
    } else {
        memcpy(host, a->vpcd, (size_t)(colon - a->vpcd));
        host[colon - a->vpcd] = '\0';
        status = tcp_vpcd(c, host, colon + 1);
    }
    card_free(c);
    return status;
}

int card_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"listen", required_argument, NULL, 'p'},
        {"vpcd", required_argument, NULL, 'r'},
        {"scp", required_argument, NULL, 's'},
        {"key", required_argument, NULL, 'k'},
        {"kvn", required_argument, NULL, 'n'},
        {"seid", required_argument, NULL, 'i'},
        {"oce-ca", required_argument, NULL, 'o'},
        {"card-ca", required_argument, NULL, 'c'},
        {"casd", no_argument, NULL, 'z'},
        {"group", required_argument, NULL, 'g'},
        {"owner", required_argument, NULL, 'w'},
        {"with", required_argument, NULL, 'a'},
        {"script-root", required_argument, NULL, 't'},
        {"memory", required_argument, NULL, 'm'},
        {"quirk", required_argument, NULL, 'q'},
        {"fault", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct arguments a = {0};
    int status = EXIT_CONTINUE;
    int option;

    optind = 1;
    while (status == EXIT_CONTINUE && (option = getopt_long(argc, argv, "vh", options, NULL)) != -1)
        status = take(&a, option, optarg);
    if (status == EXIT_CONTINUE)
        status = optind == argc ? run(&a) : usage(stderr);
    lab_wipe(&a, sizeof a);
    return status;
}
