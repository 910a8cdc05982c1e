/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm sems certify | build | check | commands`: offline scripts, made and judged without a server. Edge.
 * [GPCS Amendment I] */
#ifndef TSM_APP_SEMS_SEMS_H
#define TSM_APP_SEMS_SEMS_H

#include "gp/sems/sems.h"

enum { SEMS_OCTETS_MAX = 512, SEMS_TEXT_MAX = 512 * 1024, SEMS_BLOCK = 255 };

struct sems_octets {
    uint8_t at[SEMS_OCTETS_MAX];
    size_t len;
};

/* The command line; the key wipes itself (sems_args_drop). */
struct sems_args {
    struct sign_key key;
    struct sems_octets serial, issuer, issuer_key, holder, domain, point, usage, certificate;
    int64_t number, block;
    bool json;
    const char *file; /* operand; NULL: none */
};
/* -1 when all is well, else the exit status: usage was shown. */
int sems_args_read(int argc, char **argv, struct sems_args *out);
void sems_args_drop(struct sems_args *a);
#define SEMS_ARGS __attribute__((cleanup(sems_args_drop))) struct sems_args

/* The lines of a text file of hexadecimal octets, joined or one by one; empty ones and those that begin with
 * # are passed over. `room` holds all octets, `line` has SEMS_COMMANDS_MAX places. IO, BAD_FORM with the line
 * named, TOO_LONG. */
struct sems_lines {
    uint8_t *room; /* owned: free */
    struct bytes line[SEMS_COMMANDS_MAX];
    size_t lines, octets;
};
enum tsm_err sems_lines_read(const char *path, struct sems_lines *out);
void sems_print(struct bytes b);

int sems_usage(int status);

#endif
