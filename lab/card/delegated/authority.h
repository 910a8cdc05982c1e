/* SPDX-License-Identifier: Apache-2.0 */
/* Who may change card content and on whose word: the owner of a managing domain, or anybody with a token of
 * the domain that verifies tokens (station 6, the card's side); pure; GPCS 2.3.1 9.1.3, 9.2.3, C.4. */
#ifndef LAB_CARD_DELEGATED_AUTHORITY_H
#define LAB_CARD_DELEGATED_AUTHORITY_H

#include "card/content/install.h"

/* What a command brings to be allowed. */
struct authorization {
    struct field token; /* len 0 = none */
    size_t covered;     /* bytes of the data field in front of the token's tag or length */
    struct field crt;   /* contents of B6: the token's control reference template; len 0 = none */
};

/* The domain with `privilege` that serves `asking`: in the same sub-hierarchy below Authorized Management,
 * able to work (9.1.3.1, 9.1.3.6). NULL when there is none. */
struct sd *authority_holder(const struct card *c, const struct app *asking, uint32_t privilege);
/* The authorization of an INSTALL with `count` fields, of which the last is the token. */
struct authorization authority_of_install(const struct job *j, const struct field *f, size_t count,
                                          const struct install_parameters *p);
/* Allows or refuses; notes in `j` when the answer shall be a receipt. Returns a status word. */
uint16_t authority_check(struct job *j, const struct authorization *a);
/* True when no token came, or the load file data block hash is there and strong enough for it (C.2). */
bool authority_takes_hash(const struct job *j, const struct authorization *a, size_t hash_len);

#endif
