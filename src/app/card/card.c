/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card`: a secure element in a PC/SC reader, managed by hand with the codecs, profiles and vault of the
 * server. The frame: command line, verb, card, channel, report. App. [GPCS 11] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/card/card.h"
#include "app/card/catalogue.h"
#include "gp/delegated/receipt.h"
#include "app/tsm.h"

static const char options_text[] =
    "  --reader NAME|INDEX   the reader, by a part of its name or its number (tsm card readers)\n"
    "  --domain AID          the security domain, default the issuer's\n"
    "  --scp NAME            scp02, scp02-i55, scp03, scp03-i70, scp03-i70-s16, scp11a, scp11b, scp11c-s16; "
    "default:\n"
    "                        what the card says\n"
    "  --oce-key KEY         SCP11a, c: fd:N, @FILE (PEM) or a name in the vault; --oce-chain FILE its "
    "certificates\n"
    "  --card-ca FILE        SCP11: who certifies the card's keys, a certificate or public key\n"
    "  --host-id HEX         SCP11: identifiers go into the keys; --bits 128|192|256; --chaining "
    "p1|class|both|\n"
    "                        extended; --ca-kvn HH, --ca-kid HH the number of our authority's key in the "
    "card\n"
    "  --key KEY             fd:N, @FILE, a name in the vault, or hex (laboratory keys only); or --enc, "
    "--mac,\n"
    "                        --dek KEY each\n"
    "  --keyset NAME         key set or master in the vault; --vault pkcs11:.., --pin fd:N|@FILE\n"
    "  --kdf none|emv|visa2|kdf3   how the card's keys come from the key; --kdd HEX without a card\n"
    "  --kvn HH              key version in hex, default: the card's choice\n"
    "  --level WORD          mac, mac+enc, mac+rmac, mac+enc+rmac, mac+enc+rmac+renc\n"
    "  --profiles FILE       element profiles (JSON); --profile NAME takes one instead of recognising\n"
    "  --dry-run             prints the commands and the keys' check values and changes nothing\n"
    "  --json, -v            one JSON document; each command on standard error\n";

static void print_verb(FILE *to, const struct card_verb *v)
{
    fprintf(to, "  %-11s %s%s%s\n", v->name, v->operands, v->operands[0] ? "\n              " : "", v->help);
}

static int usage(FILE *to, const struct card_verb *only)
{
    fprintf(to, "usage: tsm card --reader NAME|INDEX [OPTION]... VERB [OPERAND]...\n");
    for (const struct card_verb *v = card_verbs; v->name; v++)
        if (!only || only == v)
            print_verb(to, v);
    fputs(options_text, to);
    return to == stdout ? TSM_EXIT_OK : TSM_EXIT_USAGE;
}

static const struct card_verb *find_verb(const struct card_args *a)
{
    const char *name = a->operands ? a->operand[0] : "";
    for (const struct card_verb *v = card_verbs; v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v;
    return NULL;
}

static bool fits(const struct card_verb *v, const struct card_args *a)
{
    int n = a->operands - 1;
    return n >= v->least && (v->most < 0 || n <= v->most);
}

static enum tsm_err run(struct card *c)
{
    unsigned needs = c->verb->needs;
    if (c->args->profiles || getenv("TSM_PROFILES"))
        TRY(catalogue_read(c->args->profiles ? c->args->profiles : getenv("TSM_PROFILES"), c->catalogue,
                           CARD_CATALOGUE_MAX, &c->profiles));
    TRY(keyring_open(c->args, &c->ring));
    if (needs & NEED_READER) {
        if (!c->args->reader && !c->args->dry_run)
            return FAIL(MISSING_FIELD, "--reader NAME|INDEX says where the card is (tsm card readers)");
        card_watch_signals();
        TRY(card_connect(c));
    }
    if (needs & NEED_CHANNEL || (needs & MAY_CHANNEL && card_keyed(c->args)))
        TRY(card_authenticate(c));
    return c->verb->run(c);
}

static int run_and_tell(const struct card_args *a, const struct card_verb *verb)
{
    struct card *c = calloc(1, sizeof *c);
    enum tsm_err e;
    int status;
    if (!c)
        return tsm_failed(FAIL(NO_MEMORY, "no memory for a card"));
    c->args = a;
    c->verb = verb;
    c->last_seen = RECEIPT_NONE_YET;
    c->doc = json_object();
    c->plan = json_array();
    c->done = json_array();
    e = c->doc && c->plan && c->done ? run(c) : TSM_NO_MEMORY;
    status = card_report(c, e);
    pcsc_close(c->reader, c->opening);
    keyring_close(&c->ring);
    json_decref(c->doc);
    json_decref(c->plan);
    json_decref(c->done);
    explicit_bzero(c, sizeof *c);
    free(c);
    return status;
}

static int card_main(int argc, char **argv)
{
    CARD_ARGS a = {.reader = NULL};
    enum tsm_err e = card_args_read(argc, argv, &a);
    const struct card_verb *verb = e == TSM_OK ? find_verb(&a) : NULL;
    if (e != TSM_OK) {
        (void)tsm_failed(e);
        return TSM_EXIT_USAGE;
    }
    if (a.help)
        return usage(stdout, verb);
    if (!verb || !fits(verb, &a))
        return usage(stderr, verb);
    return run_and_tell(&a, verb);
}

const struct tsm_command tsm_card_commands[] = {
    {"card", NULL, card_main, "a card in a PC/SC reader: info, list, load, install, keys, life cycle"},
    {NULL, NULL, NULL, NULL},
};
