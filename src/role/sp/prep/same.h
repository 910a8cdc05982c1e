/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same credential twice: a card record that an issuer's file brings again, for the same product on the
 * same element, is the order that it was, and no second card. Station 2. Role. [DESIGN 5]
 */
#ifndef TSM_ROLE_SP_PREP_SAME_H
#define TSM_ROLE_SP_PREP_SAME_H

#include "role/sp/internal.h"

/* A deploy order that could not be accepted because its instance is there or in work. */
struct same_asked {
    int64_t party, instance;
    const char *service;
    struct bytes data; /* compact JWE */
};
/*
 * *order is the running or done order that deployed this very card there, 0 when the card is another. Both
 * records are opened in the vault and compared by their HMAC; nothing of them is told. A record that cannot
 * be read is another card; a vault or database that cannot judge is an error (TOKEN_FAILED, DATABASE, ..):
 * the caller asks again. Called outside of transactions.
 */
enum tsm_err same_order(struct sp *sp, const struct same_asked *asked, int64_t *order);

#endif
