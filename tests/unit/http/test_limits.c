/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of the HTTP server: deadlines on whole requests, doors that are full, overload, farewell.
 * Station 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <poll.h>
#include <unistd.h>

#include <cmocka.h>

#include "handlers.h"
#include "rig.h"

#define HOST "Host: x\r\n"

enum { SHORT_MS = 150, DRIP_MS = 10, LONG_DRIPS = 500, FOREVER_DRIPS = 2000, PART = 128 * 1024, PARTS = 4 };

static struct rig start_with(struct gate *g, struct http_limits limits)
{
    static struct http_routes routes;
    routes = (struct http_routes){handler_table, g};
    return rig_start(&routes, NULL, limits);
}

/* Sends the text again and again, one octet every DRIP_MS, until the peer closes: how many octets it took. */
static int drip_until_cut(int fd, const char *text)
{
    int sent = 0;
    for (; sent < FOREVER_DRIPS; sent++) {
        struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
        if (poll(&p, 1, DRIP_MS) > 0)
            break;
        if (send(fd, &text[(size_t)sent % strlen(text)], 1, MSG_NOSIGNAL) != 1)
            break;
    }
    return sent;
}

static struct http_counts counts(const struct rig *r)
{
    struct http_counts c;
    http_server_counts(r->server, &c);
    return c;
}

static void a_slowly_dripped_head_is_cut_at_the_deadline_of_the_whole_head(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .head_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "GET / HTTP/1.1\r\nX-Drip: ");
    assert_true(drip_until_cut(fd, "a") < FOREVER_DRIPS);
    assert_true(rig_is_closed(fd));
    assert_int_equal(counts(&rig).cut, 1);
    close(fd);
    rig_stop(&rig);
}

static void a_slowly_dripped_body_is_cut_at_the_deadline_of_the_whole_body(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .body_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n");
    assert_true(drip_until_cut(fd, "a") < FOREVER_DRIPS);
    assert_int_equal(counts(&rig).cut, 1);
    close(fd);
    rig_stop(&rig);
}

static void slowly_dripped_chunks_are_cut_too(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .body_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    assert_true(drip_until_cut(fd, "1\r\na\r\n") < FOREVER_DRIPS);
    close(fd);
    rig_stop(&rig);
}

/* The head, then the parts between `before` and `after`, SHORT_MS apart, so that they take longer than the
 * limit, then the end: the status of the reply. */
static int status_of_a_long_body(const char *head, const char *before, const char *after, const char *end)
{
    static char part[PART + 1];
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .body_ms = SHORT_MS});
    int fd = rig_connect(&rig), status;
    char *reply;
    memset(part, 'a', PART);
    rig_say(fd, head);
    for (int i = 0; i < PARTS; i++) {
        rig_say(fd, before);
        rig_say(fd, part);
        rig_say(fd, after);
        poll(NULL, 0, SHORT_MS);
    }
    rig_say(fd, end);
    reply = rig_hear_reply(fd);
    status = rig_status(reply);
    free(reply);
    close(fd);
    rig_stop(&rig);
    return status;
}

static void a_long_body_has_time_for_its_length(void **state)
{
    (void)state;
    assert_int_equal(
        status_of_a_long_body("POST /taken HTTP/1.1\r\n" HOST "Content-Length: 524288\r\n\r\n", "", "", ""),
        200);
    assert_int_equal(status_of_a_long_body("POST /taken HTTP/1.1\r\n" HOST
                                           "Transfer-Encoding: chunked\r\n\r\n",
                                           "20000\r\n", "\r\n", "0\r\n\r\n"),
                     200);
}

static void an_announced_length_alone_earns_no_time(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .body_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "POST /taken HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n");
    assert_true(drip_until_cut(fd, "a") < LONG_DRIPS);
    assert_int_equal(counts(&rig).cut, 1);
    close(fd);
    rig_stop(&rig);
}

static void a_connection_that_says_nothing_is_cut(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .head_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    assert_true(rig_is_closed(fd));
    close(fd);
    rig_stop(&rig);
}

static void a_connection_that_falls_silent_is_cut(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .idle_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "GET /orders/1 HTTP/1.1\r\n" HOST "\r\n");
    free(rig_hear_reply(fd));
    assert_true(rig_is_closed(fd));
    close(fd);
    rig_stop(&rig);
}

static void a_peer_that_does_not_take_its_reply_is_cut(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 1, .write_ms = SHORT_MS});
    int fd = rig_connect(&rig), small = 4096, other;
    struct pollfd gone = {.fd = fd, .events = POLLRDHUP};
    char *reply;
    (void)state;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    rig_say(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    /* The only worker is free for others meanwhile. */
    other = rig_connect(&rig);
    rig_say(other, "GET /orders/1 HTTP/1.1\r\n" HOST "\r\n");
    reply = rig_hear_reply(other);
    assert_int_equal(rig_status(reply), 200);
    free(reply);
    close(other);
    assert_int_equal(poll(&gone, 1, RIG_PATIENCE_S * 1000), 1);
    assert_int_equal(counts(&rig).cut, 1);
    close(fd);
    rig_stop(&rig);
}

static void a_long_reply_arrives_whole(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 1});
    int fd = rig_connect(&rig);
    size_t got = 0;
    char room[65536];
    ssize_t n;
    (void)state;
    rig_say(fd, "GET /big HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    while ((n = recv(fd, room, sizeof room, 0)) > 0)
        got += (size_t)n;
    assert_int_equal(n, 0);
    assert_true(got > (size_t)8 << 20);
    close(fd);
    rig_stop(&rig);
}

static void one_connection_too_many_is_closed_at_the_door(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .connections = 2});
    int one = rig_connect(&rig), two, three;
    char *reply;
    (void)state;
    two = rig_connect(&rig);
    three = rig_connect(&rig);
    assert_true(rig_is_closed(three));
    assert_int_equal(counts(&rig).turned_away, 1);
    rig_say(one, "GET /orders/1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    reply = rig_hear_all(one);
    assert_int_equal(rig_status(reply), 200);
    free(reply);
    close(one);
    close(two);
    close(three);
    rig_stop(&rig);
}

static void one_address_gets_its_share_and_no_more(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .per_peer = 1});
    int one = rig_connect(&rig), two = rig_connect(&rig);
    char *reply;
    (void)state;
    assert_true(rig_is_closed(two));
    close(two);
    rig_say(one, "GET /orders/1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    reply = rig_hear_all(one);
    assert_int_equal(rig_status(reply), 200);
    free(reply);
    close(one);
    rig_stop(&rig);
}

static void one_request_too_many_is_told_to_come_again(void **state)
{
    struct gate gate = GATE_CLOSED;
    struct rig rig = start_with(&gate, (struct http_limits){.workers = 2, .in_flight = 1});
    int waiting = rig_connect(&rig);
    char *reply, again[16];
    (void)state;
    rig_say(waiting, "GET /wait HTTP/1.1\r\n" HOST "\r\n");
    gate_await(&gate, 1);
    reply = rig_ask(&rig, "GET /orders/1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    assert_int_equal(rig_status(reply), 503);
    assert_true(rig_field(reply, "Retry-After", again, sizeof again));
    assert_true(atoi(again) > 0);
    free(reply);
    assert_int_equal(counts(&rig).in_flight_now, 1);
    gate_open(&gate);
    reply = rig_hear_reply(waiting);
    assert_int_equal(rig_status(reply), 200);
    free(reply);
    close(waiting);
    rig_stop(&rig);
}

static void when_every_worker_is_stuck_the_guard_answers_503(void **state)
{
    struct gate gate = GATE_CLOSED;
    struct rig rig = start_with(&gate, (struct http_limits){.workers = 2, .shed_ms = SHORT_MS});
    int stuck[2];
    char *reply;
    (void)state;
    for (int i = 0; i < 2; i++) {
        stuck[i] = rig_connect(&rig);
        rig_say(stuck[i], "GET /wait HTTP/1.1\r\n" HOST "\r\n");
    }
    gate_await(&gate, 2);
    reply = rig_ask(&rig, "GET /orders/1 HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(rig_status(reply), 503);
    free(reply);
    assert_true(counts(&rig).shed >= 1);
    gate_open(&gate);
    for (int i = 0; i < 2; i++) {
        reply = rig_hear_reply(stuck[i]);
        assert_int_equal(rig_status(reply), 200);
        free(reply);
        close(stuck[i]);
    }
    rig_stop(&rig);
}

static void bodies_together_may_not_take_all_memory(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .body_bytes = 100000});
    int one = rig_connect(&rig);
    char *reply;
    (void)state;
    rig_say(one, "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 90000\r\n\r\n");
    reply = rig_hear_reply(one);
    assert_int_equal(rig_status(reply), 100);
    free(reply);
    reply = rig_ask(&rig, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 90000\r\n\r\n");
    assert_int_equal(rig_status(reply), 503);
    free(reply);
    close(one);
    rig_stop(&rig);
}

static void *stop_in_background(void *rig)
{
    rig_stop(rig);
    return NULL;
}

static void a_stop_lets_requests_in_hand_finish(void **state)
{
    struct gate gate = GATE_CLOSED;
    struct rig rig = start_with(&gate, (struct http_limits){.workers = 2});
    int idle = rig_connect(&rig), busy = rig_connect(&rig);
    pthread_t stopper;
    char *reply, connection[16];
    (void)state;
    rig_say(idle, "GET /orders/1 HTTP/1.1\r\n" HOST "\r\n");
    free(rig_hear_reply(idle));
    rig_say(busy, "GET /wait HTTP/1.1\r\n" HOST "\r\n");
    gate_await(&gate, 1);
    assert_int_equal(pthread_create(&stopper, NULL, stop_in_background, &rig), 0);
    assert_true(rig_is_closed(idle));
    gate_open(&gate);
    reply = rig_hear_all(busy);
    assert_int_equal(rig_status(reply), 200);
    assert_true(rig_field(reply, "Connection", connection, sizeof connection));
    assert_string_equal(connection, "close");
    free(reply);
    close(busy);
    close(idle);
    pthread_join(stopper, NULL);
}

static void a_stop_does_not_wait_for_a_request_that_never_ends(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 2, .drain_ms = SHORT_MS});
    int fd = rig_connect(&rig);
    (void)state;
    rig_say(fd, "GET / HTTP/1.1\r\nX-Never: ");
    rig_stop(&rig);
    assert_true(rig_is_closed(fd));
    close(fd);
}

static void a_taken_port_is_an_error_with_its_number(void **state)
{
    struct rig rig = start_with(NULL, (struct http_limits){.workers = 1});
    struct http_routes routes = {handler_table, NULL};
    struct http_config config = {.address = "127.0.0.1", .port = rig.port, .routes = &routes, .n_routes = 1};
    struct http_server *s;
    (void)state;
    assert_int_equal(http_server_new(&config, &s), TSM_IO);
    assert_non_null(strstr(err_cause(), "127.0.0.1"));
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slowly_dripped_head_is_cut_at_the_deadline_of_the_whole_head),
        cmocka_unit_test(a_slowly_dripped_body_is_cut_at_the_deadline_of_the_whole_body),
        cmocka_unit_test(slowly_dripped_chunks_are_cut_too),
        cmocka_unit_test(a_long_body_has_time_for_its_length),
        cmocka_unit_test(an_announced_length_alone_earns_no_time),
        cmocka_unit_test(a_connection_that_says_nothing_is_cut),
        cmocka_unit_test(a_connection_that_falls_silent_is_cut),
        cmocka_unit_test(a_peer_that_does_not_take_its_reply_is_cut),
        cmocka_unit_test(a_long_reply_arrives_whole),
        cmocka_unit_test(one_connection_too_many_is_closed_at_the_door),
        cmocka_unit_test(one_address_gets_its_share_and_no_more),
        cmocka_unit_test(one_request_too_many_is_told_to_come_again),
        cmocka_unit_test(when_every_worker_is_stuck_the_guard_answers_503),
        cmocka_unit_test(bodies_together_may_not_take_all_memory),
        cmocka_unit_test(a_stop_lets_requests_in_hand_finish),
        cmocka_unit_test(a_stop_does_not_wait_for_a_request_that_never_ends),
        cmocka_unit_test(a_taken_port_is_an_error_with_its_number),
    };
    return cmocka_run_group_tests_name("http limits", tests, NULL, NULL);
}
