/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets that are gone: the sealed keys and the counter of what was sent under them. Station 12. Edge. */
#ifndef TSM_ENGINE_ELEMENT_KEYSET_H
#define TSM_ENGINE_ELEMENT_KEYSET_H

#include "store/store.h"

struct keyset_name {
    int64_t domain, party, protocol, kvn;
};
/* Nothing to do where there is none. */
enum tsm_err keyset_forget(struct tx *tx, const struct keyset_name *name);
/* All that a party holds of a domain. */
enum tsm_err keyset_forget_all(struct tx *tx, int64_t domain, int64_t party);

#endif
