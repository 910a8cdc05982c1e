/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens: the owner's signature over one command of card content management, which the provider then sends.
 * Stations 5 and 6. Pure. [GPCS 9.2.3, C.4] Whole plain commands go in and come out, so that who signs sees
 * all that he permits. INSTALL [for personalization] and DELETE [key] have no token.
 */
#ifndef TSM_GP_DELEGATED_TOKEN_H
#define TSM_GP_DELEGATED_TOKEN_H

#include "gp/apdu/ins.h"
#include "gp/command/delete.h"
#include "gp/command/install.h"
#include "gp/delegated/scheme.h"

/* Octets of the data field before the token. */
enum { GP_TOKEN_INPUT_MAX = 2048, GP_TOKEN_MAX = SIGNATURE_MAX };

/* What a token is made over: P1, P2, length in 1 octet or, above 255, in 3 (00 hh ll), data without the token
 * and its length [Tables C-4 to C-9]. P1 and P2 are those of the last command of a chain. */
enum tsm_err gp_token_input(uint8_t p1, uint8_t p2, struct bytes data, struct writer *w);

/* A command of content management with or without its token, read. Spans are borrowed. */
struct gp_token_command {
    uint8_t ins; /* INS_INSTALL or INS_DELETE */
    union {
        struct gp_install install;
        struct gp_delete deletion;
    };
};
/* Reads a plain command, short or extended. BAD_VALUE for a command that takes no token, and for one whose
 * lengths are not in the shortest form: it would be signed in another coding than it is sent. */
enum tsm_err gp_token_command_read(struct bytes capdu, struct gp_token_command *out);
/* Appends the command, extended when it is longer than a short one: see gp/delegated/chain.h. */
enum tsm_err gp_token_command_write(const struct gp_token_command *c, struct writer *capdu);
static inline struct bytes *gp_token_of(struct gp_token_command *c)
{
    return c->ins == INS_INSTALL ? &c->install.token : &c->deletion.token;
}
/* gp_token_input of a command that was read; its token does not count. */
enum tsm_err gp_token_command_input(const struct gp_token_command *c, struct writer *w);

/*
 * Appends the token of a plain command. CONFLICT when the command has one already, KEY_REFUSED as
 * gp_signature_write, MISSING_FIELD for INSTALL [for load] without the hash that the token is to bind [C.2],
 * BAD_LENGTH when it is none, KEY_REFUSED when it is weaker than the scheme [Table C-3].
 */
enum tsm_err gp_token_make(const struct gp_signer *s, struct bytes capdu, struct writer *token);
/* Appends the same command with the token in its field. */
enum tsm_err gp_token_put(struct bytes capdu, struct bytes token, struct writer *with);
/* MISSING_FIELD when the command bears no token, MAC_WRONG when it is the token of another command or key. */
enum tsm_err gp_token_check(const struct gp_signer *s, struct bytes capdu);

/* One token for INSTALL [for load] and INSTALL [for load, install and make selectable], which it comes in
 * [C.4.7, Table C-10]: both plain commands, `last` with P2 03 and without token. */
struct gp_token_pair {
    struct bytes first, last;
};
enum tsm_err gp_token_make_combined(const struct gp_signer *s, struct gp_token_pair commands,
                                    struct writer *token);
enum tsm_err gp_token_check_combined(const struct gp_signer *s, struct gp_token_pair commands);

#endif
