/* SPDX-License-Identifier: Apache-2.0 */
/* tsmd, the server: `tsmd [run]`, `tsmd init`, `tsmd token`, `tsmd config`. App. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/file/standard.h"
#include "app/tsmd/config.h"
#include "app/tsmd/init/init.h"
#include "app/tsmd/log.h"
#include "app/tsmd/serve/serve.h"
#include "vault/memory.h"

enum { EXIT_USAGE = 2 };

static void usage(void)
{
    puts("usage: tsmd [run|init|token|config] [--config FILE] [--SETTING VALUE ...]\n"
         "  run     serve until SIGTERM (default)\n"
         "  init    create tokens and database; --fixture FILE adds parties, profiles and services; "
         "--cap-dir DIR\n"
         "  token   print a new bearer token: --party NAME --role provider|operator|administrator|app\n"
         "          with role app, --app HEX: good for the app of this certificate alone (its SHA-256)\n"
         "  config  print the settings in force\n"
         "settings, in the file as 'name = value' and here as options:");
    config_help();
}

struct command_line {
    struct config config;
    struct init_options init;
    struct token_options token;
    const char *verb;
};

static enum tsm_err take_option(struct command_line *l, const char *name, const char *value)
{
    if (!strcmp(name, "config"))
        return config_file(&l->config, value);
    if (!strcmp(name, "fixture"))
        return (l->init.fixture = value, TSM_OK);
    if (!strcmp(name, "cap-dir"))
        return (l->init.cap_dir = value, TSM_OK);
    if (!strcmp(name, "party"))
        return (l->token.party = value, TSM_OK);
    if (!strcmp(name, "app"))
        return (l->token.app = value, TSM_OK);
    if (!strcmp(name, "role"))
        return (l->token.role = value, TSM_OK);
    return config_set(&l->config, name, value);
}

static enum tsm_err read_line(int argc, char **argv, struct command_line *l)
{
    int i = 1;
    config_defaults(&l->config);
    l->verb = "run";
    l->token.role = "provider";
    if (argc > 1 && argv[1][0] != '-')
        l->verb = argv[i++];
    for (; i < argc; i += 2) {
        if (strncmp(argv[i], "--", 2) != 0 || i + 1 == argc)
            return FAIL(BAD_FORM, "'%.60s' is no option with a value", argv[i]);
        TRY(take_option(l, argv[i] + 2, argv[i + 1]));
    }
    return TSM_OK;
}

static enum tsm_err run(struct command_line *l)
{
    if (!strcmp(l->verb, "run"))
        return tsmd_serve(&l->config);
    if (!strcmp(l->verb, "init"))
        return tsmd_init(&l->config, &l->init);
    if (!strcmp(l->verb, "token") && l->token.party)
        return tsmd_token(&l->config, &l->token);
    if (!strcmp(l->verb, "config")) {
#define X(name, fallback, help) printf("%s = %s\n", #name, l->config.name);
        TSMD_SETTINGS(X)
#undef X
        return TSM_OK;
    }
    return FAIL(BAD_FORM, "'%.40s' is no command, or an option of it is missing", l->verb);
}

static enum tsm_err act(int argc, char **argv)
{
    static struct command_line line;
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
        usage();
        return standard_flush();
    }
    if (argc > 1 && !strcmp(argv[1], "--version")) {
        puts("tsmd " TSM_VERSION);
        return standard_flush();
    }
    if (!vault_guard())
        log_event("memory.in-dumps", "s", "next", "let the process write /proc/self/coredump_filter");
    TRY(read_line(argc, argv, &line));
    TRY(run(&line));
    return strcmp(line.verb, "run") ? standard_flush() : TSM_OK; /* a server is judged by its service */
}

int main(int argc, char **argv)
{
    enum tsm_err e = standard_hold();
    if (e == TSM_OK)
        e = act(argc, argv);
    if (e == TSM_OK)
        return EXIT_SUCCESS;
    fprintf(stderr, "tsmd: %s: %s\n", err_text(e), err_cause());
    return e == TSM_BAD_FORM || e == TSM_UNKNOWN_FIELD ? EXIT_USAGE : EXIT_FAILURE;
}
