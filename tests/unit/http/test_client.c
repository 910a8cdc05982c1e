/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP client against our own server, and against peers that misbehave. Station 12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <unistd.h>

#include <cmocka.h>

#include "certs.h"
#include "handlers.h"
#include "http/client.h"
#include "rig.h"

static struct certs certs;
static const struct http_routes routes = {handler_table, NULL};

static int make_certs(void **state)
{
    (void)state;
    certs_make(&certs);
    return 0;
}

static int remove_certs(void **state)
{
    (void)state;
    certs_remove(&certs);
    return 0;
}

static struct rig start(enum http_client_cert client_cert)
{
    struct http_tls tls = {certs.server, certs.server_key, client_cert ? certs.ca : NULL, client_cert};
    return rig_start(&routes, &tls, (struct http_limits){.workers = 4});
}

static struct http_client *client(struct http_client_config config)
{
    struct http_client *c;
    if (!config.ca_file)
        config.ca_file = certs.ca;
    assert_int_equal(http_client_new(&config, &c), TSM_OK);
    return c;
}

static enum tsm_err get(struct http_client *c, uint16_t port, const char *path, struct http_answer *out)
{
    char url[128];
    snprintf(url, sizeof url, "https://127.0.0.1:%u%s", port, path);
    return http_client_call(c, &(struct http_call){.method = "GET", .url = url}, out);
}

static void a_post_brings_back_status_type_and_body(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){0});
    struct http_answer a;
    char url[64];
    (void)state;
    snprintf(url, sizeof url, "https://localhost:%u/json", rig.port);
    assert_int_equal(http_client_call(c,
                                      &(struct http_call){.method = "POST",
                                                          .url = url,
                                                          .content_type = "application/json",
                                                          .body = bytes_of_text("{\"a\": [1, 2]}")},
                                      &a),
                     TSM_OK);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.content_type, "application/json");
    assert_string_equal(a.body, "{\"a\":[1,2]}");
    assert_int_equal(a.size, strlen(a.body));
    http_answer_drop(&a);
    http_client_free(c);
    rig_stop(&rig);
}

static void the_bearer_token_and_fields_are_sent(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){.bearer = "token-1"});
    struct http_answer a;
    (void)state;
    assert_int_equal(get(c, rig.port, "/token", &a), TSM_OK);
    assert_int_equal(a.status, 200);
    assert_string_equal(a.body, "token-1");
    http_answer_drop(&a);
    http_client_free(c);
    rig_stop(&rig);
}

static void a_connection_is_used_again(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){0});
    struct http_counts counts;
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct http_answer a;
        assert_int_equal(get(c, rig.port, "/orders/1", &a), TSM_OK);
        http_answer_drop(&a);
    }
    http_server_counts(rig.server, &counts);
    assert_int_equal(counts.by_class[2], 5);
    assert_int_equal(counts.connections_now, 1);
    http_client_free(c);
    rig_stop(&rig);
}

static void a_client_certificate_is_shown(void **state)
{
    struct rig rig = start(HTTP_CERT_REQUIRED);
    struct http_client *c =
        client((struct http_client_config){.cert_file = certs.client, .key_file = certs.client_key});
    struct http_answer a;
    (void)state;
    assert_int_equal(get(c, rig.port, "/who", &a), TSM_OK);
    assert_non_null(strstr(a.body, "\"name\":\"bank-a\""));
    http_answer_drop(&a);
    http_client_free(c);
    rig_stop(&rig);
}

static void a_missing_client_certificate_is_no_answer(void **state)
{
    struct rig rig = start(HTTP_CERT_REQUIRED);
    struct http_client *c = client((struct http_client_config){0});
    struct http_answer a;
    enum tsm_err e = get(c, rig.port, "/who", &a);
    (void)state;
    /* With TLS 1.3 the refusal comes after our side of the handshake, as a broken connection. */
    assert_true(e == TSM_PEER_REFUSED || e == TSM_PEER_DOWN);
    http_client_free(c);
    rig_stop(&rig);
}

enum { PEM_MAX = 4096 };

/* One call that trusts what stands in a PEM file, and nothing else. */
static enum tsm_err trusting(struct http_client *c, uint16_t port, const char *pem_file)
{
    char url[64], pem[PEM_MAX];
    struct http_call call = {.method = "GET", .url = url};
    struct http_answer a;
    FILE *f = fopen(pem_file, "r");
    enum tsm_err e;
    assert_non_null(f);
    call.trust = BYTES_OF((const uint8_t *)pem, fread(pem, 1, sizeof pem, f));
    fclose(f);
    snprintf(url, sizeof url, "https://127.0.0.1:%u/who", port);
    e = http_client_call(c, &call, &a);
    if (e == TSM_OK)
        http_answer_drop(&a);
    return e;
}

static void a_call_may_trust_one_certificate_alone(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){.allow_plain = true});
    (void)state;
    assert_int_equal(trusting(c, rig.port, certs.server), TSM_OK); /* the server's own */
    assert_int_equal(trusting(c, rig.port, certs.ca), TSM_OK);     /* or whoever issued it */
    /* The client's CA does not stand beside it, nor does a connection that was trusted before. */
    assert_int_equal(trusting(c, rig.port, certs.client), TSM_PEER_REFUSED);
    assert_int_equal(trusting(c, rig.port, certs.stranger), TSM_PEER_REFUSED);
    assert_int_equal(trusting(c, rig.port, certs.server), TSM_OK);
    http_client_free(c);
    rig_stop(&rig);
}

static void a_call_with_its_own_trust_is_tls_only(void **state)
{
    struct http_client *c = client((struct http_client_config){.allow_plain = true});
    struct http_call call = {.method = "GET", .url = "http://127.0.0.1:9/", .trust = bytes_of_text("-")};
    struct http_answer a;
    (void)state;
    assert_int_equal(http_client_call(c, &call, &a), TSM_BAD_VALUE);
    http_client_free(c);
}

static void a_server_that_our_ca_did_not_sign_is_refused(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){.ca_file = certs.stranger});
    struct http_answer a;
    (void)state;
    assert_int_equal(get(c, rig.port, "/who", &a), TSM_PEER_REFUSED);
    http_client_free(c);
    rig_stop(&rig);
}

static void a_closed_port_is_a_peer_that_is_down(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){0});
    struct http_answer a;
    uint16_t port = rig.port;
    (void)state;
    rig_stop(&rig);
    assert_int_equal(get(c, port, "/who", &a), TSM_PEER_DOWN);
    http_client_free(c);
}

/* A port that takes connections and never says a word. */
static int mute_port(uint16_t *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(fd, 4), 0);
    getsockname(fd, (struct sockaddr *)&a, &n);
    *port = ntohs(a.sin_port);
    return fd;
}

static void a_mute_peer_runs_into_the_deadline(void **state)
{
    struct http_client *c = client((struct http_client_config){.call_ms = 150});
    struct http_answer a;
    uint16_t port;
    int fd = mute_port(&port);
    (void)state;
    assert_int_equal(get(c, port, "/", &a), TSM_TIMED_OUT);
    close(fd);
    http_client_free(c);
}

static void an_answer_above_the_limit_is_dropped(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    struct http_client *c = client((struct http_client_config){.answer_max = 1 << 20});
    struct http_answer a;
    (void)state;
    assert_int_equal(get(c, rig.port, "/big", &a), TSM_TOO_LONG);
    http_client_free(c);
    rig_stop(&rig);
}

static void plain_http_goes_to_loopback_alone_and_only_when_allowed(void **state)
{
    struct rig rig = rig_start(&routes, NULL, (struct http_limits){.workers = 2});
    struct http_client *strict = client((struct http_client_config){0});
    struct http_client *lax = client((struct http_client_config){.allow_plain = true});
    struct http_call call = {.method = "GET"};
    struct http_answer a;
    char url[64];
    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u/orders/1", rig.port);
    call.url = url;
    assert_int_equal(http_client_call(strict, &call, &a), TSM_BAD_VALUE);
    assert_int_equal(http_client_call(lax, &call, &a), TSM_OK);
    http_answer_drop(&a);
    call.url = "http://127.0.0.1.example.org/";
    assert_int_equal(http_client_call(lax, &call, &a), TSM_NOT_ALLOWED);
    call.url = "http://192.0.2.1/";
    assert_int_equal(http_client_call(lax, &call, &a), TSM_NOT_ALLOWED);
    call.url = "file:///etc/passwd";
    assert_int_equal(http_client_call(lax, &call, &a), TSM_BAD_VALUE);
    http_client_free(strict);
    http_client_free(lax);
    rig_stop(&rig);
}

static void a_field_cannot_smuggle_a_line(void **state)
{
    struct http_client *c = client((struct http_client_config){0});
    struct http_call call = {.method = "GET",
                             .url = "https://127.0.0.1:1/",
                             .n_fields = 1,
                             .fields = {{"Idempotency-Key", "a\r\nX-B: c"}}};
    struct http_answer a;
    (void)state;
    assert_int_equal(http_client_call(c, &call, &a), TSM_BAD_VALUE);
    http_client_free(c);
}

static void statuses_say_whether_to_come_again(void **state)
{
    (void)state;
    assert_int_equal(http_answer_class(200), TSM_OK);
    assert_int_equal(http_answer_class(299), TSM_OK);
    assert_int_equal(http_answer_class(302), TSM_PEER_REFUSED);
    assert_int_equal(http_answer_class(404), TSM_PEER_REFUSED);
    assert_int_equal(http_answer_class(408), TSM_BUSY);
    assert_int_equal(http_answer_class(429), TSM_BUSY);
    assert_int_equal(http_answer_class(503), TSM_BUSY);
    assert_int_equal(http_answer_class(500), TSM_PEER_DOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_post_brings_back_status_type_and_body),
        cmocka_unit_test(the_bearer_token_and_fields_are_sent),
        cmocka_unit_test(a_connection_is_used_again),
        cmocka_unit_test(a_client_certificate_is_shown),
        cmocka_unit_test(a_missing_client_certificate_is_no_answer),
        cmocka_unit_test(a_call_may_trust_one_certificate_alone),
        cmocka_unit_test(a_call_with_its_own_trust_is_tls_only),
        cmocka_unit_test(a_server_that_our_ca_did_not_sign_is_refused),
        cmocka_unit_test(a_closed_port_is_a_peer_that_is_down),
        cmocka_unit_test(a_mute_peer_runs_into_the_deadline),
        cmocka_unit_test(an_answer_above_the_limit_is_dropped),
        cmocka_unit_test(plain_http_goes_to_loopback_alone_and_only_when_allowed),
        cmocka_unit_test(a_field_cannot_smuggle_a_line),
        cmocka_unit_test(statuses_say_whether_to_come_again),
    };
    return cmocka_run_group_tests_name("http client", tests, make_certs, remove_certs);
}
