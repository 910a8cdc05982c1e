/* SPDX-License-Identifier: Apache-2.0 */
/* A group of tests put together at run time: the written ones and one for each row of a table of published
 * values, so that each row is reported by its own name. Test code. */
#ifndef TSM_TESTS_UNIT_ROWS_H
#define TSM_TESTS_UNIT_ROWS_H

#include <stdio.h>
#include <unistd.h>

#include "vectors.h"

enum { ROWS_MAX = 512, ROW_NAME_ROOM = 128 };

struct row_tests {
    size_t count;
    struct CMUnitTest at[ROWS_MAX];
    char name[ROWS_MAX][ROW_NAME_ROOM];
};

/* One test: `what` and `which` make its name, `row` is its initial state. */
static inline void rows_add(struct row_tests *rows, const char *what, const char *which,
                            CMUnitTestFunction run, const void *row)
{
    size_t i = rows->count++;
    if (i >= ROWS_MAX) {
        fprintf(stderr, "more than %d rows\n", ROWS_MAX);
        _exit(1);
    }
    snprintf(rows->name[i], ROW_NAME_ROOM, "%s%s", what, which);
    rows->at[i] = (struct CMUnitTest){rows->name[i], run, NULL, NULL, (void *)(uintptr_t)row};
}

static inline void rows_add_tests(struct row_tests *rows, const struct CMUnitTest *tests, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rows_add(rows, tests[i].name, "", tests[i].test_func, NULL);
}

/* The exit status of the executable. */
static inline int rows_run(const struct row_tests *rows, const char *group, CMFixtureFunction setup,
                           CMFixtureFunction teardown)
{
    return _cmocka_run_group_tests(group, rows->at, rows->count, setup, teardown);
}

#endif
