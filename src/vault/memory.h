/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for keys: pages that are locked, left out of core dumps and wiped when given back; and the hardening
 * of the whole process. Every station that touches a key. Edge. [mlock(2), madvise(2), prctl(2), core(5)]
 */
#ifndef TSM_VAULT_MEMORY_H
#define TSM_VAULT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Zeroed pages of at least `size` bytes. NO_MEMORY when there are none or the lock limit (RLIMIT_MEMLOCK) is
 * reached. Owned by the caller: locked_free with the same size wipes and unmaps; NULL is legal there. */
enum tsm_err locked_new(size_t size, void **out);
void locked_free(void *at, size_t size);

/*
 * For every process that opens keys, once, before the first: JSON memory is wiped when it is freed, and heaps
 * and stacks, which hold card data for the moments of personalisation, are left out of core dumps (core(5),
 * coredump_filter; gcore heeds it, too). False where the system does not let us say so.
 */
bool vault_guard(void);

/*
 * For a production process, besides: no core dumps, no ptrace by others of the same user, all present and
 * future pages locked. IO when the first two cannot be had; *all_locked tells whether the third could (it
 * needs RLIMIT_MEMLOCK to be infinite; the keys' own pages are locked in any case).
 */
enum tsm_err vault_harden(bool *all_locked);

#endif
