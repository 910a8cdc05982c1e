/* SPDX-License-Identifier: Apache-2.0 */
/* Another module than SoftHSM: NSS softoken, which wants a text at its start, computes everything and guards
 * little. The self-test must tell. Unit test of vault/token on a private NSS database. [PKCS#11 v2.40] */
#include "vault/token/selftest/selftest.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig.h"

#define SOFTOKEN "/usr/lib/x86_64-linux-gnu/libsoftokn3.so"
#define CERTUTIL "/usr/bin/certutil"

enum { PATH_ROOM = 256, COMMAND_ROOM = 1024, URI_ROOM = 1024 };

static char folder[PATH_ROOM];

static int drop(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s;
    (void)type;
    (void)at;
    return remove(path);
}

static int make_database(void **state)
{
    char command[COMMAND_ROOM];
    const char *tmp = getenv("TMPDIR");
    (void)state;
    if (access(SOFTOKEN, R_OK) != 0 || access(CERTUTIL, X_OK) != 0)
        return 0;
    snprintf(folder, sizeof folder, "%s/tsm-nss-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return -1;
    snprintf(command, sizeof command,
             "umask 077; printf %%s " RIG_PIN " >%s/pin && " CERTUTIL " -N -d sql:%s -f %s/pin", folder,
             folder, folder);
    return system(command) == 0 ? 0 : -1;
}

static int drop_database(void **state)
{
    (void)state;
    return folder[0] ? nftw(folder, drop, 16, FTW_DEPTH | FTW_PHYS) : 0;
}

static struct token *open_token(void)
{
    struct secret pin = secret_of(RIG_PIN);
    struct token_where where;
    struct token *t = NULL;
    char uri[URI_ROOM];
    if (!folder[0])
        skip();
    snprintf(uri, sizeof uri,
             "pkcs11:token=second?module-path=" SOFTOKEN "&x-init-reserved=configdir%%3D%%27sql%%3A%s%%27%%20"
             "certPrefix%%3D%%27%%27%%20keyPrefix%%3D%%27%%27%%20secmod%%3D%%27%%27%%20"
             "dbTokenDescription%%3D%%27second%%27%%20flags%%3D",
             folder);
    assert_ok(token_where_read(uri, &where));
    assert_non_null(strstr(where.start, "dbTokenDescription='second'"));
    assert_ok(token_open(&where, &pin, &t));
    return t;
}

static const char *result_of(const json_t *report, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(report, "rows"), i, row)
    {
        if (!strcmp(json_string_value(json_object_get(row, "name")), name))
            return json_string_value(json_object_get(row, "result"));
    }
    fail_msg("no row %s", name);
    return NULL;
}

static void the_self_test_finds_right_answers_and_missing_guards(void **state)
{
    static const char *const right[] = {
        "AES-ECB",     "AES-CBC",    "AES-CMAC", "AES key wrap (RFC 3394)",
        "3DES-ECB",    "3DES-CBC",   "DES-ECB",  "HMAC-SHA-256",
        "ECDSA P-256", "ECDH P-256", "random",   "sensitive values stay unreadable"};
    struct token *t = open_token();
    json_t *report = NULL;
    (void)state;
    assert_ok(token_selftest(t, &report));
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_string_equal(result_of(report, right[i]), "works");
    assert_string_not_equal(result_of(report, "allowed mechanisms are enforced"), "works");
    assert_true(json_is_false(json_object_get(report, "ready")));
    json_decref(report);
    token_close(t);
}

static void a_token_that_cannot_bind_a_key_to_its_use_gets_none(void **state)
{
    struct token *t = open_token();
    bool there = true;
    (void)state;
    assert_err(token_generate(t, "kek", TOKEN_KEK, 32), TSM_TOKEN_FAILED);
    assert_ok(token_has(t, "kek", &there));
    assert_false(there);
    token_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_self_test_finds_right_answers_and_missing_guards),
        cmocka_unit_test(a_token_that_cannot_bind_a_key_to_its_use_gets_none),
    };
    return cmocka_run_group_tests_name("second module", tests, make_database, drop_database);
}
