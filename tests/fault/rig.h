/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a directory of its own, and rows to try it with. Test code. */
#ifndef TSM_TESTS_FAULT_RIG_H
#define TSM_TESTS_FAULT_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "store/store.h"

enum { RIG_PATH = 64 };

struct rig {
    char dir[RIG_PATH], url[RIG_PATH + 24];
    struct clock clock; /* stands until a test moves it */
    struct store *store;
};

/* Fixtures of each test: a new store; removed with all that it left. */
int rig_up(void **state);
int rig_down(void **state);
/* Closes and opens again, as after an orderly end. */
void rig_reopen(struct rig *r);

/* A row with this name; `size` octets of content. The unit that adds it may be told to fail afterwards. */
struct row {
    const char *name;
    size_t size;
    enum tsm_err then;
};
enum tsm_err rig_add(struct tx *tx, void *row);
/* Is the row stored? Asked on a read connection: durable or not at all. */
bool rig_has(struct rig *r, const char *name);

#endif
