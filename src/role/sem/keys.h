/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's key set that opens a domain now: after a rotation it has another version than the profile says.
 * Station 5. Role. */
#ifndef TSM_ROLE_SEM_KEYS_H
#define TSM_ROLE_SEM_KEYS_H

#include "engine/element/element.h"
#include "link/talk/talk.h"

struct held_keys {
    int64_t id, state;
    uint8_t kvn; /* 0: there are none */
    uint8_t blob[SEALED_KEYSET_MAX];
    size_t len;
};
static inline struct talk_key held_talk_key(const struct held_keys *k)
{
    return (struct talk_key){
        .sealed = {(uint64_t)k->id, BYTES_OF(k->blob, k->len)}, .id = k->id, .kvn = k->kvn};
}
/* Of el->id (the issuer's domain) or a supplementary domain's row. KEY_MISSING where the inventory has none.
 */
enum tsm_err keys_now(struct tx *tx, const struct element *el, int64_t domain, struct held_keys *out);

#endif
