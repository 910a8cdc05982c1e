/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `tsm card`, converted. App. */
#ifndef TSM_APP_CARD_ARGS_H
#define TSM_APP_CARD_ARGS_H

#include "base/secret.h"
#include "gp/content/diversify.h"

enum { CARD_HEX_MAX = 255, CARD_KEYS = 3 };

struct card_hex {
    uint8_t at[CARD_HEX_MAX];
    size_t len;
    bool given;
};
struct card_octet {
    uint8_t value;
    bool given;
};

/* `scp02`, `scp03-i70`, `scp03-i70-s16`; protocol 0: not said. */
struct scp_choice {
    uint8_t protocol, i;
    bool has_i, s16;
};

/* One key set as the command line names it: clear keys, or a name in the vault: of a kept set, of a master,
 * or of three masters separated by commas. */
struct key_source {
    struct secret part[CARD_KEYS];
    bool given[CARD_KEYS];
    const char *name;
    enum gp_kdf kdf;
};

/* Texts are borrowed from argv. */
struct card_args {
    const char *reader, *vault, *pin, *profiles, *profile, *form;
    struct scp_choice scp;
    struct key_source key, fresh; /* of the channel; new ones for the card */
    struct card_octet kvn, level, new_kvn, replace, block;
    struct card_hex kdd, domain, package, module, instance, privileges, params, to;
    bool dry_run, json, verbose, related, whole_card, hash, install, help;
    char **operand;
    int operands;
};
static inline void card_args_wipe(struct card_args *a)
{
    explicit_bzero(a, sizeof *a);
}
#define CARD_ARGS __attribute__((cleanup(card_args_wipe))) struct card_args

/* Takes the options of argv; what is left are operands. Keys in hex are overwritten in argv. BAD_FORM names
 * the option; and what key_arg_read says. */
enum tsm_err card_args_read(int argc, char **argv, struct card_args *a);
/* Whether a key set was named at all; whether its keys are in clear. */
bool key_source_given(const struct key_source *s);
bool key_source_clear(const struct key_source *s);

#endif
