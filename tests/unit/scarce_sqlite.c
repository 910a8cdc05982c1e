/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite takes its memory from a test's scarce allocator. Test code. [SQLite: malloc.html] */
#include "scarce.h"

#include <malloc.h>
#include <sqlite3.h>
#include <stdlib.h>

static void *lite_take(int n)
{
    return scarce_malloc((size_t)n);
}

static void *lite_more(void *at, int n)
{
    return scarce_realloc(at, (size_t)n);
}

static int lite_size(void *at)
{
    return (int)malloc_usable_size(at);
}

static int lite_round(int n)
{
    return (n + 7) & ~7;
}

static int lite_begin(void *arg)
{
    (void)arg;
    return SQLITE_OK;
}

static void lite_over(void *arg)
{
    (void)arg;
}

bool scarce_sqlite(void)
{
    static const sqlite3_mem_methods memory = {lite_take,  free,       lite_more, lite_size,
                                               lite_round, lite_begin, lite_over, NULL};
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK;
}
