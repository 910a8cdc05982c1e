/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab bank`: a card issuer as service provider: orders, callbacks, cryptograms, and the story of the
 * demo. Edge. */
#include "bank/bank.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int, char **);
    const char *text;
} verbs[] = {
    {"encrypt", bank_encrypt_main, "card data to the server's intake key, as a compact JWE"},
    {"order", bank_order_main, "post an order: deploy, suspend, resume, terminate, update, exchange"},
    {"show", bank_show_main, "print an order as the server tells it"},
    {"wait", bank_wait_main, "follow an order until it is final"},
    {"verify", bank_verify_main, "check the ARQC of a terminal's transaction, answer with an ARPC"},
    {"listen", bank_listen_main, "receive callbacks and count duplicates"},
    {"spos", bank_spos_main, "receive process results over mutual TLS, each kept once"},
    {"story", bank_story_main, "two customers from order to payment to removal, with every check"},
};

static void usage(FILE *to)
{
    fprintf(to, "usage: tsm-lab bank VERB [options]; VERB --help tells them\n");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        fprintf(to, "  %-8s %s\n", verbs[i].name, verbs[i].text);
}

int bank_main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    bool asked = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    usage(asked ? stdout : stderr);
    return asked ? BANK_RIGHT : BANK_USAGE;
}
