/* SPDX-License-Identifier: Apache-2.0 */
/* The story where it goes wrong: it must say so, end with 1, and never tell a card number. (Where it goes
 * right, the journeys play it against the real server.) */
#include "bank/bank.h"
#include "bank/story/story.h"

#include "peer.h"
#include "quiet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define INTAKE                                                                                            \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ\","            \
    "\"y\":\"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck\",\"kid\":\"k\",\"use\":\"enc\",\"alg\":\"ECDH-" \
    "ES\"}"

static const char *const no_ppse[] = {"6A82"};

static struct http_peer server, device;
static struct element_peer element;
static char printed[8192];

struct place {
    char folder[32], env[64], evidence[64];
};

static void make_place(struct place *p)
{
    strcpy(p->folder, "/tmp/story-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->env, sizeof p->env, "%s/env", p->folder);
    snprintf(p->evidence, sizeof p->evidence, "%s/demo/evidence.json", p->folder);
    FILE *f = fopen(p->env, "w");
    fprintf(f, "TSM_API=%s\nTSM_TOKEN_BANK=t-1\n", server.url);
    fclose(f);
}

static void remove_place(const struct place *p)
{
    char path[128];
    unlink(p->env);
    unlink(p->evidence);
    snprintf(path, sizeof path, "%s.handset.log", p->evidence);
    unlink(path);
    snprintf(path, sizeof path, "%s/demo", p->folder);
    rmdir(path);
    assert_int_equal(rmdir(p->folder), 0);
}

static int play(const struct place *p)
{
    return quietly(bank_main,
                   (char *[]){"bank", "story", "--env", (char *)p->env, "--ese", element.address, "--ese-id",
                              "A1B2", "--evidence", (char *)p->evidence, NULL},
                   printed, sizeof printed);
}

static json_t *read_evidence(const struct place *p)
{
    json_t *all = json_load_file(p->evidence, 0, NULL);
    assert_non_null(all);
    char *text = json_dumps(all, 0);
    assert_false(story_tells_pan(text));
    assert_false(story_tells_pan(printed));
    free(text);
    return all;
}

static void a_refused_order_ends_the_story_with_1(void **state)
{
    static const struct peer_answer script[] = {{200, INTAKE},
                                                {403, "{\"title\":\"not allowed\",\"code\":\"X\"}"}};
    struct place p;
    (void)state;
    http_peer_start(&server, script, 2, NULL);
    element_peer_start(&element, no_ppse, 1);
    make_place(&p);
    assert_int_equal(play(&p), BANK_WRONG);
    http_peer_stop(&server);
    element_peer_stop(&element);
    json_t *all = read_evidence(&p);
    assert_int_equal(json_integer_value(json_object_get(all, "failed")), 1);
    assert_int_equal(json_integer_value(json_object_get(all, "passed")), 2);
    assert_non_null(strstr(printed, "the server answers 403 X not allowed"));
    assert_null(strchr(printed, '\033'));
    assert_null(strstr(server.requests[1], "5413330089020011"));
    json_decref(all);
    remove_place(&p);
}

static void a_handset_that_finds_no_session_ends_the_wait(void **state)
{
    static const struct peer_answer no_session[] = {{404, "{}"}};
    static const char running[] =
        "{\"order\":\"7\",\"trace\":\"ab\",\"state\":\"RUNNING\",\"timeline\":[{\"at\":"
        "\"2026-11-22T10:00:01.250000Z\",\"station\":9,\"role\":\"device\",\"text\":"
        "\"waits\\u001b[2J\"}]}";
    char accepted[256];
    struct peer_answer script[6] = {{200, INTAKE}, {202, accepted}};
    struct place p;
    (void)state;
    for (size_t i = 2; i < 6; i++)
        script[i] = (struct peer_answer){200, running};
    http_peer_start(&device, no_session, 1, NULL);
    snprintf(accepted, sizeof accepted,
             "{\"order\":\"7\",\"trace\":\"ab\",\"instance\":\"i\",\"seram\":{\"url\":\"%s\",\"session_id\":"
             "\"s\"}}",
             device.url);
    http_peer_start(&server, script, 6, NULL);
    element_peer_start(&element, no_ppse, 1);
    make_place(&p);
    assert_int_equal(play(&p), BANK_WRONG);
    http_peer_stop(&server);
    http_peer_stop(&device);
    element_peer_stop(&element);
    json_t *all = read_evidence(&p);
    const json_t *order = json_array_get(json_object_get(all, "orders"), 0);
    assert_string_equal(json_string_value(json_object_get(order, "state")), "RUNNING");
    assert_int_equal(device.count, 1);
    assert_non_null(strstr(printed, "  9 device  10:00:01.250  waits?[2J\n"));
    json_decref(all);
    remove_place(&p);
}

static unsigned failed_callbacks(const char *lines)
{
    char path[] = "/tmp/story-callbacks-XXXXXX";
    int fd = mkstemp(path), out = dup(STDOUT_FILENO);
    struct story s = {.callbacks = path, .checks = json_array(), .orders = json_array()};
    assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
    close(fd);
    json_array_append_new(s.orders,
                          json_pack("{s:s,s:s,s:s}", "order", "7", "customer", "A", "operation", "deploy"));
    fflush(NULL);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    json_t *log = story_callbacks(&s);
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    close(out);
    json_decref(log);
    json_decref(s.checks);
    json_decref(s.orders);
    unlink(path);
    assert_int_equal(s.passed + s.failed, 1);
    return s.failed;
}

#define LINE(key, order, state) \
    "{\"idempotency_key\":\"" key "\",\"body\":{\"order\":\"" order "\",\"state\":\"" state "\"}}\n"

static void a_repeated_callback_counts_once_and_a_second_one_fails(void **state)
{
    (void)state;
    assert_int_equal(failed_callbacks(LINE("a", "7", "DONE")), 0);
    assert_int_equal(failed_callbacks(LINE("a", "7", "DONE") LINE("a", "7", "DONE")), 0);
    assert_int_equal(
        failed_callbacks(LINE("x", "7", "RUNNING") LINE("b", "8", "DONE") LINE("a", "7", "FAILED")), 0);
    assert_int_equal(failed_callbacks(LINE("a", "7", "DONE") LINE("b", "7", "DONE")), 1);
}

static void a_story_without_customers_or_settings_is_not_played(void **state)
{
    (void)state;
    assert_int_equal(quietly(bank_main, (char *[]){"bank", "story", NULL}, NULL, 0), BANK_USAGE);
    assert_int_equal(quietly(bank_main, (char *[]){"bank", "story", "--ese", "127.0.0.1:1", NULL}, NULL, 0),
                     BANK_USAGE);
    assert_int_equal(quietly(bank_main,
                             (char *[]){"bank", "story", "--ese", "127.0.0.1:1", "--ese-id", "A1", "--env",
                                        "/nonexistent", "--evidence", "/tmp/story-none.json", NULL},
                             NULL, 0),
                     BANK_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refused_order_ends_the_story_with_1),
        cmocka_unit_test(a_handset_that_finds_no_session_ends_the_wait),
        cmocka_unit_test(a_repeated_callback_counts_once_and_a_second_one_fails),
        cmocka_unit_test(a_story_without_customers_or_settings_is_not_played),
    };
    return cmocka_run_group_tests_name("lab bank story", tests, NULL, NULL);
}
