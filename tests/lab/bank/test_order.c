/* SPDX-License-Identifier: Apache-2.0 */
/* The bank's back office and the story's parts against a scripted server: orders, following, secrets. */
#include "bank/order/api.h"
#include "bank/bank.h"
#include "bank/input.h"

#include "peer.h"
#include "quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* The key of RFC 7518 Appendix C stands in for the intake key. */
#define INTAKE                                                                                            \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ\","            \
    "\"y\":\"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck\",\"kid\":\"k\",\"use\":\"enc\",\"alg\":\"ECDH-" \
    "ES\"}"
#define STEP(n)                                                                                           \
    "{\"at\":\"2026-11-22T10:00:0" #n ".000000Z\",\"station\":" #n ",\"role\":\"sp\",\"text\":\"step " #n \
    "\"}"
#define ORDER(state, steps) "{\"order\":\"7\",\"state\":\"" state "\",\"timeline\":[" steps "]}"

static struct http_peer server;
static char printed[8192];

static int bank(char **argv)
{
    return quietly(bank_main, argv, printed, sizeof printed);
}

static char *file_with(char *path, const char *text)
{
    strcpy(path, "/tmp/bank-test-XXXXXX");
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

static void an_order_is_posted_with_sealed_card_data(void **state)
{
    static const struct peer_answer script[] = {{200, INTAKE},
                                                {202, "{\"order\":\"7\",\"state\":\"ACCEPTED\"}"}};
    char card[32];
    (void)state;
    setenv("BANK_TEST_TOKEN", "t-1", 1);
    http_peer_start(&server, script, 2, NULL);
    assert_int_equal(
        bank((char *[]){"bank", "order", "deploy", "--api", server.url, "--token", "env:BANK_TEST_TOKEN",
                        "--service", "demo-payment", "--iccid", "8949017500000000001", "--card",
                        file_with(card, "{\"pan\":\"5413330089010434\"}"), "--deadline", "60", NULL}),
        BANK_RIGHT);
    http_peer_stop(&server);
    unlink(card);
    assert_string_equal(server.requests[0], "GET /api/v1/intake-key ");
    const char *post = server.requests[1];
    assert_non_null(strstr(post,
                           "POST /api/v1/orders {\"operation\":\"deploy\",\"service\":\"demo-payment\","
                           "\"se\":{\"iccid\":\"8949017500000000001\"},\"deadline_s\":60,\"data\":\"ey"));
    assert_null(strstr(post, "5413330089010434"));
    assert_non_null(strstr(printed, "\"order\": \"7\""));
}

static void a_refused_order_is_told_and_ends_with_1(void **state)
{
    static const struct peer_answer script[] = {{422, "{\"title\":\"not fit\"}"}};
    (void)state;
    setenv("BANK_TEST_TOKEN", "t-1", 1);
    http_peer_start(&server, script, 1, NULL);
    assert_int_equal(bank((char *[]){"bank", "order", "--seid", "AA", "suspend", "--api", server.url,
                                     "--token", "env:BANK_TEST_TOKEN", "--service", "s", NULL}),
                     BANK_WRONG);
    http_peer_stop(&server);
    assert_non_null(strstr(printed, "not fit"));
}

static void an_order_is_followed_and_each_step_told_once(void **state)
{
    static const struct peer_answer script[] = {{200, ORDER("RUNNING", "")},
                                                {200, ORDER("RUNNING", STEP(1))},
                                                {200, ORDER("RUNNING", STEP(1) "," STEP(2))},
                                                {200, ORDER("DONE", STEP(1) "," STEP(2) "," STEP(3))}};
    (void)state;
    setenv("BANK_TEST_TOKEN", "t-1", 1);
    http_peer_start(&server, script, 4, NULL);
    assert_int_equal(
        bank((char *[]){"bank", "wait", "7", "--api", server.url, "--token", "env:BANK_TEST_TOKEN", NULL}),
        BANK_RIGHT);
    http_peer_stop(&server);
    assert_int_equal(server.count, 4);
    assert_string_equal(printed, "2026-11-22T10:00:01.000000Z  1 sp      step 1\n"
                                 "2026-11-22T10:00:02.000000Z  2 sp      step 2\n"
                                 "2026-11-22T10:00:03.000000Z  3 sp      step 3\nDONE\n");
}

static void an_order_that_failed_or_is_unknown_ends_with_1(void **state)
{
    static const struct peer_answer failed[] = {
        {200,
         "{\"order\":\"7\",\"state\":\"FAILED\",\"failure\":{\"owner\":\"SE\",\"reason\":\"no memory\"}}"}};
    static const struct peer_answer unknown[] = {{404, "{}"}};
    char *argv[] = {"bank", "wait", "7", "--api", server.url, "--token", "env:BANK_TEST_TOKEN", NULL};
    (void)state;
    setenv("BANK_TEST_TOKEN", "t-1", 1);
    http_peer_start(&server, failed, 1, NULL);
    assert_int_equal(bank(argv), BANK_WRONG);
    http_peer_stop(&server);
    assert_string_equal(printed, "FAILED: no memory\n");
    http_peer_start(&server, unknown, 1, NULL);
    assert_int_equal(bank(argv), BANK_WRONG);
    http_peer_stop(&server);
    assert_string_equal(printed, "no such order\n");
}

static void ids_that_would_change_a_path_are_refused(void **state)
{
    (void)state;
    assert_true(bank_is_id("01HZX-9_a.b"));
    assert_false(bank_is_id(""));
    assert_false(bank_is_id("7/../x"));
    assert_false(bank_is_id("7?wait=1"));
    assert_int_equal(
        bank((char *[]){"bank", "show", "7/x", "--api", "http://127.0.0.1:1", "--token", "env:X", NULL}),
        BANK_USAGE);
}

static void secrets_come_from_files_descriptors_and_the_environment(void **state)
{
    char path[32], spec[64], token[16];
    int ends[2];
    (void)state;
    snprintf(spec, sizeof spec, "@%s", file_with(path, "from-file\n"));
    assert_true(bank_read_secret(spec, token, sizeof token));
    assert_string_equal(token, "from-file");
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "from-fd", 7), 7);
    close(ends[1]);
    snprintf(spec, sizeof spec, "fd:%d", ends[0]);
    assert_true(bank_read_secret(spec, token, sizeof token));
    assert_string_equal(token, "from-fd");
    close(ends[0]);
    setenv("BANK_TEST_TOKEN", "from-env", 1);
    assert_true(bank_read_secret("env:BANK_TEST_TOKEN", token, sizeof token));
    assert_string_equal(token, "from-env");
    unlink(path);
}

static void settings_are_read_by_their_whole_name(void **state)
{
    char path[32], value[16];
    (void)state;
    file_with(path, "TSM_API_X=no\nTSM_API=https://a\nTSM_LONG=0123456789012345\n");
    assert_true(bank_read_setting(path, "TSM_API", value, sizeof value));
    assert_string_equal(value, "https://a");
    assert_false(bank_read_setting(path, "TSM", value, sizeof value));
    assert_false(bank_read_setting(path, "TSM_LONG", value, sizeof value));
    assert_false(bank_read_setting("/nonexistent", "TSM_API", value, sizeof value));
    unlink(path);
}

/* CVN 18 of pyemv (tests/test_ac_hsm.py), with its issuer master key. */
static void a_transaction_is_verified_from_a_file(void **state)
{
    static const char right[] =
        "{\"issuer\":{\"5A\":\"1234567890123456\",\"5F34\":\"00\",\"9F02\":\"000000004000\",\"9F03\":"
        "\"000000000000\","
        "\"9F1A\":\"0124\",\"95\":\"8000048000\",\"5F2A\":\"0124\",\"9A\":\"191105\",\"9C\":\"01\","
        "\"9F37\":\"52BF4585\",\"82\":\"1800\",\"9F36\":\"001C\",\"9F10\":\"06011203A0B800\","
        "\"9F26\":\"7A788EA6B8A3E733\"}}";
    char path[32], key[] = "0123456789ABCDEFFEDCBA9876543210";
    (void)state;
    file_with(path, right);
    assert_int_equal(bank((char *[]){"bank", "verify", "--imk-ac", key, "--transaction", path, NULL}),
                     BANK_RIGHT);
    assert_non_null(strstr(printed, "\"right\":true"));
    assert_null(strstr(printed, "1234567890123456"));
    assert_string_equal(key, "********************************");
    assert_int_equal(bank((char *[]){"bank", "verify", "--transaction", path, NULL}), BANK_WRONG);
    assert_non_null(strstr(printed, "the ARQC is wrong"));
    assert_int_equal(bank((char *[]){"bank", "verify", NULL}), BANK_USAGE);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_posted_with_sealed_card_data),
        cmocka_unit_test(a_refused_order_is_told_and_ends_with_1),
        cmocka_unit_test(an_order_is_followed_and_each_step_told_once),
        cmocka_unit_test(an_order_that_failed_or_is_unknown_ends_with_1),
        cmocka_unit_test(ids_that_would_change_a_path_are_refused),
        cmocka_unit_test(secrets_come_from_files_descriptors_and_the_environment),
        cmocka_unit_test(settings_are_read_by_their_whole_name),
        cmocka_unit_test(a_transaction_is_verified_from_a_file),
    };
    return cmocka_run_group_tests_name("lab bank orders", tests, NULL, NULL);
}
