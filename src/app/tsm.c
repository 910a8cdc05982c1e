/* SPDX-License-Identifier: Apache-2.0 */
/* The command line `tsm`: finds the verb in the tables and runs it. Exit status 0 done, 1 failed, 2 wrong
 * use; verbs that wait for an order add 3 for an order that failed. Edge. */
#include "app/tsm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/client/verbs.h"
#include "app/file/standard.h"
#include "app/tsm_ota.h"
#include "base/json.h"

static const struct tsm_command server_commands[] = {
    {"order", "post", client_order_post, "give an order to the server"},
    {"order", "show", client_order_show, "one order with its timeline"},
    {"order", "list", client_order_list, "the newest orders"},
    {"order", "exchange", client_order_exchange, "change an issued application: PIN, counter, balance"},
    {"order", "import", client_order_import, "orders from an issuer's file of cards"},
    {"order", "cancel", client_order_cancel, "take an order back before it begins"},
    {"order", "wait", client_order_wait, "wait until an order is done (3: it failed)"},
    {"se", "import", client_se_import, "register secure elements from a file"},
    {"se", "show", client_se_show, "one secure element"},
    {"se", "list", client_se_list, "the newest secure elements"},
    {"se", "identify", client_se_identify, "ask a secure element what it is"},
    {"profile", "list", client_profile_list, "the kinds of secure elements"},
    {"profile", "show", client_profile_show, "one kind, as data"},
    {"profile", "add", client_profile_add, "add or mend a kind from a file"},
    {"profile", "retire", client_profile_retire, "no new secure element gets it"},
    {"key", "import", client_key_import, "the key that import files' keys are encrypted to"},
    {"key", "load", client_key_load, "take a key in from its key block"},
    {"key", "list", client_key_list, "names of keys, and what they are for"},
    {"key", "export", client_key_export, "give a key out in a key block"},
    {"key", "intake", client_key_intake, "the key that order data are encrypted to"},
    {"token", "list", client_token_list, "the token service providers"},
    {"token", "set", client_token_set, "add or mend one"},
    {"token", "remove", client_token_remove, "remove one"},
    {"load-file", "upload", client_load_file_upload, "give a load file to the server's gate"},
    {"load-file", "list", client_load_file_list, "the provider's load files"},
    {"admission", "list", client_admission_list, "rules of admission, and what was admitted for whom"},
    {"admission", "allow", client_admission_allow, "put a hash on the owner's list"},
    {"admission", "withdraw", client_admission_withdraw, "take a rule back"},
    {"script", "key", client_script_key, "the key that signs offline scripts"},
    {"script", "sign", client_script_sign, "have an offline script signed"},
    {"usage", NULL, client_usage, "what was used or done for others, to be billed"},
    {"care", NULL, client_care, "audit, repair, lock, unlock, terminate, rotate, rules, contactless"},
    {"campaign", NULL, client_campaign, "one act of care on many secure elements"},
    {"domain", NULL, client_domain, "security domains: prepare, create, remove, extradite, sign, tokens"},
    {"space", NULL, client_space, "space on elements: reserve, commit, release"},
    {"spos", "list", client_spos_list, "the online systems that process results go to"},
    {"spos", "results", client_spos_results, "a provider's process results"},
    {"spos", "retry", client_spos_retry, "try every online system with results waiting"},
    {"health", NULL, client_health, "is the server up and ready"},
    {NULL, NULL, NULL, NULL},
};
static const struct tsm_command ota_commands[] = {
    {"ota", NULL, tsm_ota_main, "wrap, unwrap, por: secured packets without a server"},
    {NULL, NULL, NULL, NULL},
};

static const struct tsm_command *const tables[] = {
    server_commands,   tsm_gp_commands, tsm_cap_commands,      tsm_card_commands,
    tsm_sems_commands, ota_commands,    tsm_keyblock_commands, tsm_perso_commands,
};
enum { TABLES = sizeof tables / sizeof tables[0] };

int tsm_failed(enum tsm_err err)
{
    fprintf(stderr, "tsm: %s", err_text(err));
    if (err_cause()[0])
        fprintf(stderr, ": %s", err_cause());
    fputc('\n', stderr);
    return TSM_EXIT_FAILED;
}

static void print_row(FILE *to, const struct tsm_command *row)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", row->group, row->verb ? " " : "", row->verb ? row->verb : "");
    fprintf(to, "  tsm %-16s %s\n", name, row->help);
}

/* All verbs, or those of one group. Returns how many there are. */
static int print_rows(FILE *to, const char *group)
{
    int shown = 0;
    for (size_t t = 0; t < TABLES; t++)
        for (const struct tsm_command *row = tables[t]; row->group; row++)
            if (!group || strcmp(row->group, group) == 0) {
                print_row(to, row);
                shown++;
            }
    return shown;
}

static int help(FILE *to, int status)
{
    fputs("usage: tsm GROUP VERB [OPTION]...   (tsm GROUP VERB --help tells the options)\n", to);
    print_rows(to, NULL);
    return status;
}

static const struct tsm_command *find(const char *group, const char *verb)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct tsm_command *row = tables[t]; row->group; row++)
            if (strcmp(row->group, group) == 0 && (!row->verb || (verb && strcmp(row->verb, verb) == 0)))
                return row;
    return NULL;
}

/* A group that is known is helped with its verbs. */
static int unknown(const char *group, const char *verb)
{
    bool asks = verb && strcmp(verb, "--help") == 0;
    FILE *to = asks ? stdout : stderr;
    if (!asks)
        fprintf(to, "tsm: there is no verb \"%s%s%s\"\n", group, verb ? " " : "", verb ? verb : "");
    if (print_rows(to, group) == 0)
        return help(stderr, TSM_EXIT_USAGE);
    return asks ? TSM_EXIT_OK : TSM_EXIT_USAGE;
}

static int run(int argc, char **argv)
{
    const struct tsm_command *row;
    if (argc < 2)
        return help(stderr, TSM_EXIT_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return help(stdout, TSM_EXIT_OK);
    if (strcmp(argv[1], "--version") == 0) {
        puts("tsm " TSM_VERSION);
        return TSM_EXIT_OK;
    }
    row = find(argv[1], argc > 2 ? argv[2] : NULL);
    if (!row)
        return unknown(argv[1], argc > 2 ? argv[2] : NULL);
    return row->verb ? row->run(argc - 2, argv + 2) : row->run(argc - 1, argv + 1);
}

/* What a verb did is of no use where what it said is lost. */
int main(int argc, char **argv)
{
    int status;
    if (standard_hold() != TSM_OK)
        return TSM_EXIT_FAILED;
    json_memory(free);
    status = run(argc, argv);
    if (status == TSM_EXIT_OK && json_lacks())
        return tsm_failed(FAIL(NO_MEMORY, "what is said above lacks something"));
    return standard_flush() != TSM_OK && status == TSM_EXIT_OK ? tsm_failed(TSM_IO) : status;
}
