/* SPDX-License-Identifier: Apache-2.0 */
/* The bare limit of data preparation: one key agreement, one opening, the card's keys and values, one
 * encryption; the same primitives with keys in memory. Bench only; includes nothing of src/. */
#ifndef TSM_BENCH_BARE_CRYPTO_PREP_H
#define TSM_BENCH_BARE_CRYPTO_PREP_H

#include <stdbool.h>
#include <stddef.h>

struct bare_prep;
/* Owned by the caller: bare_prep_end. NULL when the library refuses. `record` octets are opened each time. */
struct bare_prep *bare_prep_new(size_t record);
void bare_prep_end(struct bare_prep *p);
bool bare_prep_one(struct bare_prep *p);

#endif
