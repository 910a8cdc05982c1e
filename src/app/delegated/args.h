/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `tsm gp token | receipt | dap`, converted: one set of options for all three. Edge. */
#ifndef TSM_APP_DELEGATED_ARGS_H
#define TSM_APP_DELEGATED_ARGS_H

#include <stdio.h>

#include "base/secret.h"
#include "gp/delegated/receipt.h"

enum { ARG_OCTETS_MAX = 1024 };
struct arg_octets {
    uint8_t at[ARG_OCTETS_MAX];
    size_t len;
};
static inline struct bytes arg_bytes(const struct arg_octets *o)
{
    return (struct bytes){o->at, o->len};
}

/* What the verbs may be told. The secret is wiped by args_drop. */
struct dm_args {
    bool signs; /* `sign`, else `verify` */
    struct secret key;
    enum cipher_alg alg;
    const char *pem, *cap;
    struct arg_octets load_file, application, domain, new_domain, privileges, parameters;
    struct arg_octets unique, token_id, hash;
    enum receipt_for receipt_for;
    enum hash_alg hash_alg;
    bool has_for, has_counter;
    uint16_t counter;
    int32_t last;
    size_t block_max; /* of the pieces of a long command */
    bool raw;
    char **operand;
    int operands;
};
/* Reads what stands behind `token`, `receipt` or `dap`: sign or verify, options, operands. -1 when all is
 * well, else the exit status: `usage` was shown. */
int args_read(int argc, char **argv, const char *usage, struct dm_args *out);
void args_drop(struct dm_args *a);
#define DM_ARGS __attribute__((cleanup(args_drop))) struct dm_args

/* The signer of --key or --pem. What it stands on is in the struct, which wipes itself. */
struct arg_signer {
    struct gp_signer signer;
    struct crypto *crypto;
    struct cipher_key secret;
    struct sign_key pair;
};
enum tsm_err arg_signer_open(struct dm_args *a, struct arg_signer *out);
void arg_signer_drop(struct arg_signer *s);
#define ARG_SIGNER __attribute__((cleanup(arg_signer_drop))) struct arg_signer

/* Operand n as octets; MISSING_FIELD when there is none. */
enum tsm_err arg_operand(const struct dm_args *a, int n, struct arg_octets *out);
/* One line: a name in a column, and octets in hex. */
void print_octets(const char *name, struct bytes b);

#endif
