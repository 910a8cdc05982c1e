/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: a bearer token becomes a party and a role. Station 2. Edge. [RFC 6750] */
#ifndef TSM_ENGINE_ACCESS_H
#define TSM_ENGINE_ACCESS_H

#include "store/store.h"

/* ACCESS_ADMINISTRATOR: long-term tokens of the TR-03165 administration interface, good for its sign-in alone
 * [TR-03165 4.1.6.1.1]. ACCESS_APP: of an app on a handset, good for the device interface alone [4.2]. */
enum access_role { ACCESS_PROVIDER, ACCESS_OPERATOR, ACCESS_ADMINISTRATOR, ACCESS_APP, ACCESS_ROLES };
enum { ACCESS_APP_TEXT = 2 * 32 + 1 };
struct caller {
    int64_t party;
    enum access_role role;
    char app[ACCESS_APP_TEXT]; /* of an app's token: the one callerId that it is good for; "": any */
};

/* The role of a word ("provider", "operator", "administrator", "app"); BAD_VALUE for another. */
enum tsm_err access_role_of(const char *word, enum access_role *out);
/* NOT_SIGNED_IN for an unknown token; NOT_ALLOWED when the token's role is another. */
enum tsm_err access_of(struct store *s, const char *token, enum access_role needed, struct caller *out);
/* Stores the SHA-256 of a token for `who`; the token itself is nowhere. BAD_VALUE for an `app` that is no
 * SHA-256 in lower-case hex, or with another role. */
enum tsm_err access_grant(struct tx *tx, const char *token, const struct caller *who);

#endif
