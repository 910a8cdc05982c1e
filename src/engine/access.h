/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: a bearer token becomes a party and a role. Station 2. Edge. [RFC 6750] */
#ifndef TSM_ENGINE_ACCESS_H
#define TSM_ENGINE_ACCESS_H

#include "store/store.h"

enum access_role { ACCESS_PROVIDER, ACCESS_OPERATOR };
struct caller {
    int64_t party;
    enum access_role role;
};

/* NOT_SIGNED_IN for an unknown token; NOT_ALLOWED when the token's role is another. */
enum tsm_err access_of(struct store *s, const char *token, enum access_role needed, struct caller *out);
/* Stores the SHA-256 of a token; the token itself is nowhere. */
enum tsm_err access_grant(struct tx *tx, const char *token, int64_t party, enum access_role role);

#endif
