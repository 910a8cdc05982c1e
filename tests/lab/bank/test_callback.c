/* SPDX-License-Identifier: Apache-2.0 */
/* The bank's callback receiver: what it refuses, what it notes, and that it counts duplicates. */
#include "bank/bank.h"
#include "bank/listen/callback.h"

#include "handset/https.h"
#include "quiet.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define HEAD(line, fields) line "\r\nHost: a\r\n" fields "\r\n"
#define JSON_TYPE          "Content-Type: application/json\r\n"
#define KEY                "Idempotency-Key: k-1\r\n"
#define POST               "POST /cb HTTP/1.1"

static int judge(const char *text, struct callback_head *head)
{
    char copy[CALLBACK_MAX_HEAD];
    size_t len = strlen(text);
    memcpy(copy, text, len);
    assert_int_equal(callback_head_end(copy, len), len);
    return callback_read_head(copy, len, head);
}

static void a_good_head_is_read(void **state)
{
    struct callback_head head;
    (void)state;
    assert_int_equal(
        judge(HEAD("POST /cb?x=1 HTTP/1.1", "content-length: 17\r\n" JSON_TYPE "IDEMPOTENCY-KEY:  k-1 \r\n"),
              &head),
        0);
    assert_string_equal(head.target, "/cb?x=1");
    assert_string_equal(head.key, "k-1");
    assert_int_equal(head.body_len, 17);
}

static void heads_that_are_no_callback_are_refused(void **state)
{
    static const struct {
        const char *head;
        int status;
    } cases[] = {
        {HEAD("GET /cb HTTP/1.1", "Content-Length: 0\r\n" JSON_TYPE KEY), 405},
        {HEAD("POST /cb HTTP/1.0", "Content-Length: 0\r\n" JSON_TYPE KEY), 400},
        {HEAD("POST  /cb HTTP/1.1", "Content-Length: 0\r\n" JSON_TYPE KEY), 400},
        {HEAD("POST http://a/cb HTTP/1.1", "Content-Length: 0\r\n" JSON_TYPE KEY), 400},
        {HEAD(POST, JSON_TYPE KEY), 411},
        {HEAD(POST, "Transfer-Encoding: chunked\r\n" JSON_TYPE KEY), 501},
        {HEAD(POST, "Content-Length: 1\r\nContent-Length: 1\r\n" JSON_TYPE KEY), 400},
        {HEAD(POST, "Content-Length: +1\r\n" JSON_TYPE KEY), 400},
        {HEAD(POST, "Content-Length: 65537\r\n" JSON_TYPE KEY), 413},
        {HEAD(POST, "Content-Length: 1\r\nContent-Type: text/plain\r\n" KEY), 415},
        {HEAD(POST, "Content-Length: 1\r\n" JSON_TYPE), 400},
        {HEAD(POST, "Content-Length: 1\r\n" JSON_TYPE KEY KEY), 400},
        {HEAD(POST, "Content-Length: 1\r\n" JSON_TYPE "Idempotency-Key: a b\r\n"), 400},
        {HEAD(POST, "Content-Length: 1\r\n" JSON_TYPE "Idempotency-Key : k\r\n"), 400},
        {HEAD(POST, "Content-Length: 1\r\n" JSON_TYPE KEY " folded\r\n"), 400},
        {HEAD(POST, "Content-Length: 1\r\nHost: b\r\n" JSON_TYPE KEY), 400},
        {HEAD(POST, "Content-Length: 1\nX: y\r\n" JSON_TYPE KEY), 400},
    };
    struct callback_head head;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(judge(cases[i].head, &head), cases[i].status);
}

static void no_prefix_of_a_head_is_taken_for_the_whole(void **state)
{
    static const char whole[] = HEAD(POST, "Content-Length: 1\r\n" JSON_TYPE KEY);
    (void)state;
    for (size_t n = 0; n < sizeof whole - 1; n++)
        assert_int_equal(callback_head_end(whole, n), 0);
    assert_int_equal(callback_head_end(whole, sizeof whole - 1), sizeof whole - 1);
}

static void deliveries_with_a_known_key_are_duplicates(void **state)
{
    struct callback_log log = {0};
    (void)state;
    assert_false(callback_count(&log, "a"));
    assert_false(callback_count(&log, "b"));
    assert_true(callback_count(&log, "a"));
    assert_true(callback_count(&log, "a"));
    assert_int_equal(log.deliveries, 4);
    assert_int_equal(log.duplicates, 2);
    json_decref(log.seen);
}

/* ---- the whole program ---- */

struct receiver {
    pid_t pid;
    FILE *output;
    char url[64], log[32];
};

static void start(struct receiver *r)
{
    int ends[2];
    char line[64];
    unsigned port;
    strcpy(r->log, "/tmp/callbacks-XXXXXX");
    close(mkstemp(r->log));
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    r->pid = fork();
    if (r->pid == 0) {
        char *argv[] = {"listen", "--port", "0", "--log", r->log, "--refuse-first", "1", NULL};
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        int status = bank_listen_main(7, argv);
        fflush(NULL);
        _exit(status);
    }
    close(ends[1]);
    r->output = fdopen(ends[0], "r");
    assert_non_null(fgets(line, sizeof line, r->output));
    assert_int_equal(sscanf(line, "listening 127.0.0.1:%u", &port), 1);
    snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/cb", port);
}

static void deliver(struct receiver *r, const char *key, const char *body, long expected)
{
    struct https_answer answer = {0};
    struct https *h = https_new(NULL);
    const struct https_request q = {.url = r->url, .json = body, .idempotency_key = key};
    assert_true(https_send(h, &q, &answer));
    assert_int_equal(answer.status, expected);
    https_answer_clear(&answer);
    https_free(h);
}

static void the_receiver_logs_deliveries_and_counts_duplicates(void **state)
{
    struct receiver r;
    char line[512];
    int status;
    (void)state;
    start(&r);
    deliver(&r, "k-1", "{\"order\":\"1\"}", 503);
    deliver(&r, "k-1", "{\"order\":\"1\"}", 204);
    deliver(&r, "k-1", "{\"order\":\"1\"}", 204);
    deliver(&r, "k-2", "{\"order\":\"2\"}", 204);
    deliver(&r, "k-3", "no json", 400);
    deliver(&r, NULL, "{}", 400);
    kill(r.pid, SIGTERM);
    assert_non_null(fgets(line, sizeof line, r.output));
    assert_string_equal(line, "3 deliveries, 1 duplicates\n");
    assert_int_equal(waitpid(r.pid, &status, 0), r.pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    fclose(r.output);
    FILE *log = fopen(r.log, "r");
    size_t lines = 0;
    for (; fgets(line, sizeof line, log); lines++) {
        json_t *entry = json_loads(line, 0, NULL);
        assert_int_equal(json_is_true(json_object_get(entry, "duplicate")), lines == 1);
        json_decref(entry);
    }
    assert_int_equal(lines, 3);
    fclose(log);
    unlink(r.log);
}

static void a_wrong_command_line_is_refused(void **state)
{
    (void)state;
    assert_int_equal(quietly(bank_main, (char *[]){"bank", "listen", NULL}, NULL, 0), BANK_USAGE);
    assert_int_equal(
        quietly(bank_main, (char *[]){"bank", "listen", "--port", "65536", "--log", "x", NULL}, NULL, 0),
        BANK_USAGE);
    assert_int_equal(quietly(bank_main, (char *[]){"bank", NULL}, NULL, 0), BANK_USAGE);
    assert_int_equal(quietly(bank_main, (char *[]){"bank", "--help", NULL}, NULL, 0), BANK_RIGHT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_head_is_read),
        cmocka_unit_test(heads_that_are_no_callback_are_refused),
        cmocka_unit_test(no_prefix_of_a_head_is_taken_for_the_whole),
        cmocka_unit_test(deliveries_with_a_known_key_are_duplicates),
        cmocka_unit_test(the_receiver_logs_deliveries_and_counts_duplicates),
        cmocka_unit_test(a_wrong_command_line_is_refused),
    };
    return cmocka_run_group_tests_name("lab bank callbacks", tests, NULL, NULL);
}
