/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: a type that wipes itself when its name goes out of scope and that no formatter takes. Stations 5,
 * 7, 10. Pure. */
#ifndef TSM_BASE_SECRET_H
#define TSM_BASE_SECRET_H

#include <string.h>

#include "base/bytes.h"

enum { SECRET_MAX = 64 };

struct secret {
    uint8_t at[SECRET_MAX];
    size_t len;
};

static inline void secret_wipe(struct secret *s)
{
    explicit_bzero(s, sizeof *s);
}

/* Declares a secret that is wiped on every path out of its block: SECRET key = {0}; */
#define SECRET __attribute__((cleanup(secret_wipe))) struct secret

static inline struct bytes secret_bytes(const struct secret *s)
{
    return (struct bytes){s->at, s->len};
}

/* TOO_LONG when the bytes exceed SECRET_MAX; the secret is untouched then. */
static inline enum tsm_err secret_set(struct secret *s, struct bytes b)
{
    return bytes_keep(b, s->at, SECRET_MAX, &s->len);
}

#endif
