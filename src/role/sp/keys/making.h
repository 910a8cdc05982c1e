/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key comes to be in two places, the token and its row. The row is written first, as begun, and is the
 * name's own when the token has the key; what a crash leaves between the two is settled at the next use of
 * the provider's keys: the name is listed, or free again. Stations 1 and 2. Role. [DESIGN 4]
 */
#ifndef TSM_ROLE_SP_KEYS_MAKING_H
#define TSM_ROLE_SP_KEYS_MAKING_H

#include "role/sp/internal.h"
#include "vault/block/block.h"

enum { KEY_NAME_MAX = 48 };

/* Whose keys. */
struct key_owner {
    struct sp *sp;
    int64_t party;
    struct vault_party *vault;
};

/* One that is made; facts and bits are what will be told of it. */
struct making {
    const struct key_owner *owner;
    const char *name;
    struct block_facts facts; /* of a pair: all empty */
    int64_t bits;
    bool begun;
};

/* Before the first call of any kind on a provider's keys: settles what is begun. With `wait` it waits for
 * whoever makes a key now, else it lets that be. Every key_enter that returns true needs a key_leave. */
bool key_enter(const struct key_owner *o, bool wait);
void key_leave(const struct key_owner *o);

/* Between enter and leave. UNIQUE (field name) where the token or a row has the name. */
enum tsm_err key_free(const struct making *m);
/* The row, begun; then the key is put into the token. */
enum tsm_err key_begin(struct making *m);
/* The token has it: the name is its own, with an audit leaf. */
enum tsm_err key_made(struct making *m);
/* The token has refused it (`why`), or may have it: as the token says. Returns why, with its cause. */
enum tsm_err key_given_up(const struct making *m, enum tsm_err why);

#endif
