/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a directory of its own. Test code. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const time_us start_of_time = SECONDS(1800000000);

static void open_store(struct rig *r)
{
    struct store_config c = {.url = r->url, .clock = &r->clock, .node = 1, .readers = 2};
    assert_int_equal(store_open(&c, &r->store), TSM_OK);
}

int rig_up(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    snprintf(r->dir, sizeof r->dir, "%s", "/tmp/opentsm-fault-XXXXXX");
    assert_non_null(mkdtemp(r->dir));
    snprintf(r->url, sizeof r->url, "sqlite:%s/tsm.db", r->dir);
    r->clock = clock_virtual(start_of_time);
    open_store(r);
    *state = r;
    return 0;
}

int rig_down(void **state)
{
    static const char *const files[] = {"tsm.db", "tsm.db-wal", "tsm.db-shm"};
    struct rig *r = *state;
    char path[RIG_PATH + 16];
    store_close(r->store);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", r->dir, files[i]);
        unlink(path);
    }
    rmdir(r->dir);
    free(r);
    return 0;
}

void rig_reopen(struct rig *r)
{
    store_close(r->store);
    open_store(r);
}

enum tsm_err rig_add(struct tx *tx, void *arg)
{
    const struct row *row = arg;
    char *content = malloc(row->size + 1);
    enum tsm_err e;
    NEED(content != NULL, NO_MEMORY);
    memset(content, 'x', row->size);
    content[row->size] = 0;
    e = db_exec(tx, SQL_PERSO_SCRIPT_ADD, store_id(tx_store(tx)), (int64_t)1, row->name, content);
    free(content);
    TRY(e);
    return row->then == TSM_OK ? TSM_OK
                               : err_fail(row->then, ERR_HERE, "the unit of %s was told to fail", row->name);
}

struct question {
    const char *name;
    bool there;
};

static enum tsm_err ask(struct tx *tx, void *arg)
{
    struct question *q = arg;
    ROWS r = {0};
    enum tsm_err e = db_first(tx, &r, SQL_PERSO_SCRIPT_BY_NAME, (int64_t)1, q->name);
    q->there = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

bool rig_has(struct rig *r, const char *name)
{
    struct question q = {.name = name};
    assert_int_equal(store_read(r->store, ask, &q), TSM_OK);
    return q.there;
}
