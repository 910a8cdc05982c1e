/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out under the store, at one allocation after the other: what failed left nothing behind, what
 * was read is whole, and what comes after works. Test code; station 12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scarce.h"
#include "store/store.h"

/* A text of more than a page, so that reading it whole takes memory. */
enum { PATH_ROOM = 256, LONG_TEXT = 20000, SE = 7, OPEN_STRIDE = 2503 };

struct scene {
    char path[PATH_ROOM], url[PATH_ROOM + 16];
    char text[LONG_TEXT + 1];
    struct store *store;
    int64_t number; /* of the party that is written */
};

static enum tsm_err open_store(struct scene *s)
{
    return store_open(&(struct store_config){.url = s->url, .clock = &clock_real, .readers = 1}, &s->store);
}

static int open_scene(void **state)
{
    static struct scene s;
    const char *tmp = getenv("TMPDIR");
    int fd;
    s = (struct scene){.number = 1};
    memset(s.text, 'x', LONG_TEXT);
    snprintf(s.path, sizeof s.path, "%s/tsm-scarce-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    fd = mkstemp(s.path);
    if (fd < 0)
        return -1;
    close(fd);
    snprintf(s.url, sizeof s.url, "sqlite:%s", s.path);
    *state = &s;
    return open_store(&s) == TSM_OK ? 0 : -1;
}

static int close_scene(void **state)
{
    struct scene *s = *state;
    store_close(s->store);
    return unlink(s->path);
}

static enum tsm_err find_party(struct tx *tx, void *arg)
{
    ROWS r = {0};
    char name[24];
    snprintf(name, sizeof name, "party %lld", (long long)((struct scene *)arg)->number);
    return db_first(tx, &r, SQL_PARTY_BY_NAME, name);
}

static enum tsm_err add_party(struct tx *tx, void *arg)
{
    struct scene *s = arg;
    char name[24];
    snprintf(name, sizeof name, "party %lld", (long long)s->number);
    TRY(db_exec(tx, SQL_PARTY_ADD, s->number, name, (int64_t)1, (int64_t)0, "", s->text, tx_now(tx)));
    return audit_add(tx, &(struct audit_leaf){s->number, {NULL, 0}, "PARTY", "{}"});
}

static void what_could_not_be_written_is_not_there_and_the_next_is(void **state)
{
    struct scene *s = *state;
    struct scarce_sweep sweep = {0};
    while (scarce_next(&sweep)) {
        enum tsm_err e = store_write(s->store, add_party, s);
        scarce_end(&sweep);
        assert_true(e == TSM_OK || e == TSM_NO_MEMORY);
        assert_int_equal(store_read(s->store, find_party, s), e == TSM_OK ? TSM_OK : TSM_NOT_FOUND);
        s->number += e == TSM_OK;
    }
    assert_int_equal(store_write(s->store, add_party, s), TSM_OK);
}

static enum tsm_err keep_long(struct tx *tx, void *arg)
{
    return db_exec(tx, SQL_STRAY_SET, (int64_t)SE, tx_now(tx), ((struct scene *)arg)->text);
}

/* Null and an empty text look alike to who reads. */
static enum tsm_err read_long(struct tx *tx, void *arg)
{
    struct scene *s = arg;
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_STRAY_GET, (int64_t)SE, (int64_t)0));
    s->number = (int64_t)strlen(db_text(&r, 0));
    return TSM_OK;
}

static void a_text_is_read_whole_or_not_at_all(void **state)
{
    struct scene *s = *state;
    struct scarce_sweep sweep = {0};
    assert_int_equal(store_write(s->store, keep_long, s), TSM_OK);
    while (scarce_next(&sweep)) {
        enum tsm_err e = store_read(s->store, read_long, s);
        scarce_end(&sweep);
        assert_true(e == TSM_NO_MEMORY || (e == TSM_OK && s->number == LONG_TEXT));
    }
    assert_int_equal(store_read(s->store, read_long, s), TSM_OK);
}

static void a_unit_that_read_half_is_undone(void **state)
{
    struct scene *s = *state;
    struct scarce_sweep sweep = {0};
    assert_int_equal(store_write(s->store, keep_long, s), TSM_OK);
    while (scarce_next(&sweep)) {
        enum tsm_err e = store_write_behind(s->store, read_long, s);
        scarce_end(&sweep);
        assert_true(e == TSM_NO_MEMORY || (e == TSM_OK && s->number == LONG_TEXT));
    }
}

/* Its thousands of statements are not failed each. */
static void a_store_that_cannot_be_opened_says_so_and_is_opened_later(void **state)
{
    struct scene *s = *state;
    struct scarce_sweep sweep = {.stride = OPEN_STRIDE};
    store_close(s->store);
    s->store = NULL;
    while (scarce_next(&sweep)) {
        enum tsm_err e = open_store(s);
        scarce_end(&sweep);
        assert_true(e == TSM_OK || e == TSM_NO_MEMORY || e == TSM_DATABASE);
        if (e != TSM_OK)
            assert_null(s->store);
        store_close(s->store);
        s->store = NULL;
    }
    assert_int_equal(open_store(s), TSM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_could_not_be_written_is_not_there_and_the_next_is, open_scene,
                                        close_scene),
        cmocka_unit_test_setup_teardown(a_text_is_read_whole_or_not_at_all, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(a_unit_that_read_half_is_undone, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(a_store_that_cannot_be_opened_says_so_and_is_opened_later, open_scene,
                                        close_scene),
    };
    if (!scarce_set_up() || !scarce_sqlite())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
