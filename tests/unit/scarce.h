/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out where a test says: one allocation after the other fails until a deed succeeds. Test
 * code. */
#ifndef TSM_TEST_SCARCE_H
#define TSM_TEST_SCARCE_H

#include <stdbool.h>
#include <stddef.h>

/* Before the first use of libcrypto and jansson: their memory is scarce, too. False when it is too late. */
bool scarce_set_up(void);
/* Before the first database is opened: SQLite's, too (scarce_sqlite.c). */
bool scarce_sqlite(void);

/* What SQLite and others are given by hooks of their own. Freed by free. */
void *scarce_malloc(size_t n);
void *scarce_realloc(void *at, size_t n);

/*
 * A sweep: the n-th allocation of any thread fails, n from 1 on, until nothing failed; then once more with
 * all allocations failing from the n-th on. `stride` (0: 1) leaves some out of a long deed.
 *     struct scarce_sweep s = {0};
 *     while (scarce_next(&s)) {
 *         e = deed();
 *         scarce_end(&s);
 *         ... s.failed: did an allocation fail?
 */
struct scarce_sweep {
    unsigned stride, n;
    bool lasting, failed;
};
bool scarce_next(struct scarce_sweep *s);
void scarce_end(struct scarce_sweep *s); /* memory is plenty again */

#endif
