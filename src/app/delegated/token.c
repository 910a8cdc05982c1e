/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm gp token sign | verify`: tokens over plain commands, offline. Edge. [GPCS C.4] */
#include <string.h>

#include "app/delegated/args.h"
#include "app/delegated/verbs.h"
#include "app/tsm.h"
#include "base/hex.h"
#include "gp/command/describe.h"
#include "gp/delegated/chain.h"
#include "gp/delegated/token.h"

enum { WHOLE_ROOM = GP_TOKEN_INPUT_MAX + GP_TOKEN_MAX + 16 };

static const char usage[] =
    "usage: tsm gp token sign   --key KEY [--alg aes|tdes] | --pem FILE  [--block N] [--raw] COMMAND [LAST]\n"
    "       tsm gp token verify --key KEY [--alg aes|tdes] | --pem FILE  COMMAND [LAST]\n"
    "  COMMAND is a plain INSTALL or DELETE in hex: without its token to sign, with it to verify. With LAST "
    "it\n"
    "  is the first of a combined load, install and make selectable. What is too long for one command is\n"
    "  printed as a chain of pieces of N octets, which may stand in its place. --raw prints the token "
    "alone.\n"
    "  KEY is fd:N, @FILE or hex (laboratory keys only); FILE holds a private or, to verify, public key\n";

/* The command to send, in pieces where it is longer than N octets of data. */
static enum tsm_err print_command(struct bytes whole, size_t block_max)
{
    struct command_chain chain;
    char line[GP_DESCRIBE_MAX];
    TRY(command_chain_make(whole, block_max, &chain));
    for (size_t n = 0; n < chain.blocks; n++) {
        uint8_t room[APDU_SHORT_MAX];
        struct writer w = WRITER(room);
        TRY(command_chain_block(&chain, n, &w));
        if (n == 0) {
            gp_describe(written(&w), line, sizeof line);
            printf("%-10s %s%s\n", "command", line, chain.blocks > 1 ? ", a chain" : "");
        }
        print_octets("send", written(&w));
    }
    return TSM_OK;
}

/* One command out of operand `n` on: alone, or the pieces of a chain joined. `n` is left behind it. */
static enum tsm_err read_command(const struct dm_args *a, int *n, struct arg_octets *out)
{
    struct arg_octets piece, joined;
    TRY(arg_operand(a, (*n)++, out));
    while (command_chain_goes_on(arg_bytes(out))) {
        struct writer w = WRITER(joined.at);
        TRY(arg_operand(a, (*n)++, &piece));
        TRY(command_chain_join(arg_bytes(out), arg_bytes(&piece), &w));
        joined.len = w.len;
        *out = joined;
    }
    return TSM_OK;
}

/* One command, or the first and the last of a combined process. */
static enum tsm_err read_commands(const struct dm_args *a, struct arg_octets command[2], bool *both)
{
    int n = 0;
    TRY(read_command(a, &n, &command[0]));
    *both = n < a->operands;
    if (*both)
        TRY(read_command(a, &n, &command[1]));
    if (n < a->operands)
        return FAIL(BAD_FORM, "\"%.40s\" is one command too many", a->operand[n]);
    return TSM_OK;
}

static enum tsm_err sign(struct dm_args *a, const struct gp_signer *s)
{
    struct arg_octets command[2] = {0};
    uint8_t made[GP_TOKEN_MAX], whole[WHOLE_ROOM];
    struct writer token = WRITER(made), with = WRITER(whole);
    bool both;
    TRY(read_commands(a, command, &both));
    TRY(both ? gp_token_make_combined(
                   s, (struct gp_token_pair){arg_bytes(&command[0]), arg_bytes(&command[1])}, &token)
             : gp_token_make(s, arg_bytes(&command[0]), &token));
    if (a->raw) {
        char text[2 * GP_TOKEN_MAX + 1];
        puts(hex_text(written(&token), text));
        return TSM_OK;
    }
    TRY(gp_token_put(arg_bytes(&command[both]), written(&token), &with));
    printf("%-10s %s\n", "scheme", gp_scheme_text(s->scheme));
    print_octets("token", written(&token));
    return print_command(written(&with), a->block_max);
}

static enum tsm_err verify(struct dm_args *a, const struct gp_signer *s)
{
    struct arg_octets command[2] = {0};
    bool both;
    TRY(read_commands(a, command, &both));
    if (both) {
        TRY(gp_token_check_combined(s,
                                    (struct gp_token_pair){arg_bytes(&command[0]), arg_bytes(&command[1])}));
    } else {
        TRY(gp_token_check(s, arg_bytes(&command[0])));
    }
    printf("%-10s right (%s)\n", "token", gp_scheme_text(s->scheme));
    return TSM_OK;
}

static enum tsm_err run(struct dm_args *a)
{
    ARG_SIGNER s = {0};
    TRY(arg_signer_open(a, &s));
    return a->signs ? sign(a, &s.signer) : verify(a, &s.signer);
}

int gp_token_verb(int argc, char **argv)
{
    DM_ARGS a = {0};
    int status = args_read(argc, argv, usage, &a);
    enum tsm_err e;
    if (status >= 0)
        return status;
    if (a.operands < 1) {
        fputs(usage, stderr);
        return TSM_EXIT_USAGE;
    }
    e = run(&a);
    return e == TSM_OK ? TSM_EXIT_OK : tsm_failed(e);
}
