/* SPDX-License-Identifier: Apache-2.0 */
/* PUT KEY: adds or replaces keys. The answer is compared by putkey_check_answer. Stations 5 and 10. Pure.
 * [GPCS 11.8] */
#ifndef TSM_GP_COMMAND_PUT_KEY_H
#define TSM_GP_COMMAND_PUT_KEY_H

#include "gp/keys/putkey.h"

/* `replaces`: the key version on the card that gives way, 0 adds. `first_kid`: identifier of the first key; a
 * set for a secure channel begins at 1. A set of the same version and one of another are both legal; some
 * cards refuse the second. */
struct put_key {
    uint8_t replaces, first_kid;
    const struct gp_new_keys *keys;
};
/*
 * Appends the whole command with the keys under `dek`; *answer (room for PUTKEY_ANSWER_MAX) is what the card
 * must answer. TOO_LONG when the keys do not fit one command: put them one by one.
 */
enum tsm_err put_key_write(const struct put_key *p, const struct cipher_key *dek, struct writer *capdu,
                           struct writer *answer);
/* The frame around a data field that was made elsewhere: by putkey_write, putkey_write_ecc_public,
 * putkey_write_rsa_public. `kid` is the identifier of the first key, with PUT_KEY_SEVERAL when the field
 * holds several. Extended for a public key of RSA above 1024 bits: it goes as a chain (gp/delegated/chain.h).
 */
enum { PUT_KEY_SEVERAL = 0x80 };
enum tsm_err put_key_write_field(uint8_t replaces, uint8_t kid, struct bytes field, struct writer *capdu);

#endif
