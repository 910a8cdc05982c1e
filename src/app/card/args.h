/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `tsm card`, converted. App. */
#ifndef TSM_APP_CARD_ARGS_H
#define TSM_APP_CARD_ARGS_H

#include "base/secret.h"
#include "gp/keys/diversify.h"

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

/* `scp02`, `scp03-i70`, `scp03-i70-s16`, `scp11a-s16`; protocol 0: not said. `variant`: enum scp11_variant.
 */
struct scp_choice {
    uint8_t protocol, i, variant;
    bool has_i, s16;
};

/* SCP11: our key (fd:N, @FILE in PEM, a name in the vault), the certificates to it, the authority of the
 * card's, and what the session shall be. Texts are borrowed. */
struct scp11_args {
    const char *oce_key, *oce_chain, *card_ca, *chaining, *bits;
    struct card_octet ca_kvn, ca_kid;
    struct card_hex host_id;
};

/* One key set as the command line names it: clear keys, or a name in the vault: of a kept set, of a master,
 * or of three masters separated by commas. */
struct key_source {
    struct secret part[CARD_KEYS];
    bool given[CARD_KEYS];
    const char *name;
    enum gp_kdf kdf;
};

/* A key that signs: hex, or what names it (fd:N, @FILE, in the vault). */
struct signer_arg {
    struct secret key;
    const char *name;
    bool given;
};

/* Texts are borrowed from argv. */
struct card_args {
    const char *reader, *vault, *pin, *profiles, *profile, *form;
    struct scp_choice scp;
    struct scp11_args scp11;
    struct key_source key, fresh; /* of the channel; new ones for the card */
    struct card_octet kvn, level, new_kvn, kid, replace, block;
    struct card_hex kdd, domain, package, module, instance, privileges, params, to;
    const char *token, *dap, *hash_alg, *last, *confirm, *quota, *quota_volatile;
    struct signer_arg token_key, dap_key, receipt_key, single;
    struct card_hex dap_domain;
    bool sign_tdes;
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
/* words.c: the words of --level, for P1 of EXTERNAL AUTHENTICATE [AmdD Table 7-3, GPCS Table E-11], and of
 * --scp. BAD_FORM. */
enum tsm_err level_word(const char *text, struct card_octet *out);
enum tsm_err scp_word(const char *text, struct scp_choice *out);
/* Whether a key set was named at all; whether its keys are in clear. */
bool key_source_given(const struct key_source *s);
bool key_source_clear(const struct key_source *s);

#endif
