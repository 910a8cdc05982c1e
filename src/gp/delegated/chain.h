/* SPDX-License-Identifier: Apache-2.0 */
/* A command that is longer than one short command, cut into a chain: DELETE and INSTALL with a token of
 * 2048 bits, PUT KEY of such a key. Stations 5 and 8. Pure. [GPCS 11.1.5.1] */
#ifndef TSM_GP_DELEGATED_CHAIN_H
#define TSM_GP_DELEGATED_CHAIN_H

#include "gp/apdu/apdu.h"

/* Each piece but the last has b8 of P1 set. The bytes are borrowed. Secure messaging is put on before the
 * cut, over the whole command in its extended form, and the pieces are then sent as they are; answers but the
 * last are bare 9000. */
struct command_chain {
    struct apdu whole;
    size_t block_max, blocks;
};
/* `block_max`: data octets of one piece, 1 to 255. BAD_VALUE for a command that knows no chain or is a piece
 * of one already. A command that fits is a chain of one. */
enum tsm_err command_chain_make(struct bytes capdu, size_t block_max, struct command_chain *out);
/* Appends piece n, 0 to blocks-1; NOT_FOUND else. */
enum tsm_err command_chain_block(const struct command_chain *c, size_t n, struct writer *capdu);

/* Whether the command is a piece that another one follows. */
bool command_chain_goes_on(struct bytes capdu);
/* The whole command of which `more` is the piece that comes next: its data behind those of `whole`, its
 * header. BAD_VALUE when it does not belong to the pieces before, which `whole` has joined. */
enum tsm_err command_chain_join(struct bytes whole, struct bytes more, struct writer *capdu);

#endif
