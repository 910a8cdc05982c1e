/* SPDX-License-Identifier: Apache-2.0 */
/* A flavor's content in parts: order of loading, installing and removing, and its limits. Unit test of
 * role/sp/content/part.h. [TR-03165 4.1.4.7] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "role/sp/content/part.h"

/* "files/applications": each application as a letter for its name and a digit for its file, '!' behind it
 * where the owner keeps it for all. */
static json_t *flavor_of(size_t files, const char *apps)
{
    json_t *list = json_array(), *applications = json_array();
    for (size_t i = 0; i < files; i++)
        json_array_append_new(list, json_pack("{ss}", "load_file", "F04F54534D"));
    for (; *apps; apps += 2) {
        char name[2] = {apps[0], 0};
        json_t *app = json_pack("{ss si}", "instance", name, "file", apps[1] - '0');
        json_array_append_new(applications, app);
        if (apps[2] == '!') {
            json_object_set_new(app, "shared", json_true());
            apps++;
        }
    }
    return json_pack("{so so ss}", "load_files", list, "applications", applications, "load_file",
                     files ? "F04F54534D" : "");
}

/* Parts as text: "0ab 1 0=c": file, applications, '=' where it is loaded already. */
static void shown(const struct parts *p, char *out, size_t cap)
{
    size_t n = 0;
    out[0] = 0;
    for (size_t i = 0; i < p->n; i++) {
        n += (size_t)snprintf(out + n, cap - n, "%s%zu%s", i ? " " : "", p->at[i].file,
                              p->at[i].again ? "=" : "");
        for (size_t k = 0; k < p->at[i].n; k++)
            n += (size_t)snprintf(out + n, cap - n, "%s",
                                  json_string_value(json_object_get(p->at[i].application[k], "instance")));
    }
}

static const struct {
    size_t files;
    const char *apps, *forth, *back;
} rows[] = {
    {1, "a0b0", "0ab", "0ba"},                /* one file, as ever */
    {1, "a0b0!", "0a", "0a"},                 /* what the owner keeps for all is not the order's */
    {1, "", "0", "0"},                        /* a library */
    {0, "", "", ""},                          /* nothing */
    {2, "a1", "0 1a", "1a 0"},                /* a library and who uses it */
    {3, "a0b1c0", "0a 1b 0=c 2", "2 1b 0ca"}, /* by priority, in turns */
    {3, "a2b0c2", "0 1 2a 0=b 2=c", "2ca 1 0b"},
};

static void files_are_loaded_when_their_application_is_due(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *flavor = flavor_of(rows[i].files, rows[i].apps);
        struct parts p;
        char text[80];
        assert_int_equal(parts_of(flavor, false, &p), TSM_OK);
        shown(&p, text, sizeof text);
        assert_string_equal(text, rows[i].forth);
        assert_int_equal(parts_of(flavor, true, &p), TSM_OK);
        shown(&p, text, sizeof text);
        assert_string_equal(text, rows[i].back);
        json_decref(flavor);
    }
}

static void the_most_parts_there_can_be_have_room(void **state)
{
    json_t *flavor = flavor_of(FLAVOR_FILES_MAX, "a7b0c7d0e7f0g7h0");
    struct parts p;
    (void)state;
    assert_int_equal(parts_of(flavor, false, &p), TSM_OK);
    assert_int_equal(p.n, FLAVOR_FILES_MAX + 7);
    assert_true(p.n <= PARTS_MAX);
    json_decref(flavor);
}

static void what_is_too_much_or_without_its_file_is_refused(void **state)
{
    static const struct {
        size_t files;
        const char *apps;
        enum tsm_err e;
    } bad[] = {{FLAVOR_FILES_MAX + 1, "", TSM_TOO_LONG},
               {1, "a0b0c0d0e0f0g0h0i0", TSM_TOO_LONG},
               {2, "a2", TSM_BAD_VALUE},
               {0, "a0", TSM_BAD_VALUE}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        json_t *flavor = flavor_of(bad[i].files, bad[i].apps);
        struct parts p;
        assert_int_equal(parts_of(flavor, false, &p), bad[i].e);
        json_decref(flavor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_loaded_when_their_application_is_due),
        cmocka_unit_test(the_most_parts_there_can_be_have_room),
        cmocka_unit_test(what_is_too_much_or_without_its_file_is_refused),
    };
    return cmocka_run_group_tests_name("sptsm-part", tests, NULL, NULL);
}
