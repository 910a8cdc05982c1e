/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server over TLS: versions, ALPN, keep-alive, tickets, client certificates. Stations 1 and 2. [RFC
 * 8446, RFC 7301] */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "certs.h"
#include "handlers.h"
#include "rig.h"

enum { CONNECTIONS = 32, REQUESTS_EACH = 20 };

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

static SSL_CTX *client_context(const char *cert, const char *key)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    assert_non_null(ctx);
    assert_int_equal(SSL_CTX_load_verify_file(ctx, certs.ca), 1);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (cert) {
        assert_int_equal(SSL_CTX_use_certificate_file(ctx, cert, SSL_FILETYPE_PEM), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM), 1);
    }
    return ctx;
}

static SSL *dial(const struct rig *r, SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, rig_connect(r));
    SSL_set1_host(ssl, "localhost");
    return ssl;
}

/* Said goodbye: a session without it would not be resumed. */
static void hang_up(SSL *ssl)
{
    if (SSL_is_init_finished(ssl))
        SSL_shutdown(ssl);
    close(SSL_get_fd(ssl));
    SSL_free(ssl);
}

/* Asks once on an open connection; the reply comes in one record. 0 when the server hung up. */
static int ask(SSL *ssl, const char *request, char *reply, size_t cap)
{
    size_t sent, got = 0;
    if (SSL_write_ex(ssl, request, strlen(request), &sent) != 1)
        return 0;
    if (SSL_read_ex(ssl, reply, cap - 1, &got) != 1)
        return 0;
    reply[got] = 0;
    return rig_status(reply);
}

static void thirty_two_connections_stay_open_and_are_all_served(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    SSL_CTX *ctx = client_context(NULL, NULL);
    SSL *ssl[CONNECTIONS];
    struct http_counts c;
    (void)state;
    for (int i = 0; i < CONNECTIONS; i++) {
        ssl[i] = dial(&rig, ctx);
        assert_int_equal(SSL_connect(ssl[i]), 1);
    }
    for (int n = 0; n < REQUESTS_EACH; n++)
        for (int i = 0; i < CONNECTIONS; i++) {
            char request[128], reply[1024], want[32];
            snprintf(request, sizeof request, "GET /orders/%d-%d HTTP/1.1\r\nHost: x\r\n\r\n", i, n);
            snprintf(want, sizeof want, "\"id\":\"%d-%d\"", i, n);
            assert_int_equal(ask(ssl[i], request, reply, sizeof reply), 200);
            assert_non_null(strstr(reply, want));
        }
    http_server_counts(rig.server, &c);
    assert_int_equal(c.connections_now, CONNECTIONS);
    assert_int_equal(c.by_class[2], CONNECTIONS * REQUESTS_EACH);
    for (int i = 0; i < CONNECTIONS; i++)
        hang_up(ssl[i]);
    SSL_CTX_free(ctx);
    rig_stop(&rig);
}

static void tls_1_2_is_spoken_and_1_1_is_not(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    (void)state;
    for (int version = TLS1_1_VERSION; version <= TLS1_3_VERSION; version++) {
        SSL_CTX *ctx = client_context(NULL, NULL);
        SSL *ssl;
        char reply[1024];
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_min_proto_version(ctx, version);
        SSL_CTX_set_max_proto_version(ctx, version);
        ssl = dial(&rig, ctx);
        if (version == TLS1_1_VERSION)
            assert_int_not_equal(SSL_connect(ssl), 1);
        else if (SSL_connect(ssl) == 1)
            assert_int_equal(ask(ssl, "GET /orders/1 HTTP/1.1\r\nHost: x\r\n\r\n", reply, sizeof reply), 200);
        else
            fail_msg("no handshake with version %x", (unsigned)version);
        hang_up(ssl);
        SSL_CTX_free(ctx);
    }
    rig_stop(&rig);
}

static void alpn_http_1_1_is_chosen_and_others_are_refused(void **state)
{
    static const unsigned char both[] = "\x02h2\x08http/1.1", only_h2[] = "\x02h2";
    struct rig rig = start(HTTP_CERT_NONE);
    SSL_CTX *ctx = client_context(NULL, NULL);
    const unsigned char *chosen;
    unsigned n;
    SSL *ssl;
    (void)state;
    SSL_CTX_set_alpn_protos(ctx, both, sizeof both - 1);
    ssl = dial(&rig, ctx);
    assert_int_equal(SSL_connect(ssl), 1);
    SSL_get0_alpn_selected(ssl, &chosen, &n);
    assert_int_equal(n, 8);
    assert_memory_equal(chosen, "http/1.1", 8);
    hang_up(ssl);
    SSL_CTX_set_alpn_protos(ctx, only_h2, sizeof only_h2 - 1);
    ssl = dial(&rig, ctx);
    assert_int_not_equal(SSL_connect(ssl), 1);
    hang_up(ssl);
    SSL_CTX_free(ctx);
    rig_stop(&rig);
}

/* What /who says to a client with this certificate; "" when it is turned away. */
static void who_am_i(const struct rig *r, const char *cert, const char *key, char out[1024])
{
    SSL_CTX *ctx = client_context(cert, key);
    SSL *ssl = dial(r, ctx);
    char reply[1024];
    out[0] = 0;
    if (SSL_connect(ssl) == 1 && ask(ssl, "GET /who HTTP/1.1\r\nHost: x\r\n\r\n", reply, sizeof reply) == 200)
        snprintf(out, 1024, "%s", rig_body(reply));
    hang_up(ssl);
    SSL_CTX_free(ctx);
}

static void a_client_certificate_is_an_identity(void **state)
{
    struct rig rig = start(HTTP_CERT_REQUIRED);
    char first[1024], again[1024];
    (void)state;
    who_am_i(&rig, certs.client, certs.client_key, first);
    assert_non_null(strstr(first, "\"name\":\"bank-a\""));
    assert_null(strstr(first, "\"fingerprint\":\"\""));
    who_am_i(&rig, certs.client, certs.client_key, again);
    assert_string_equal(first, again);
    rig_stop(&rig);
}

static void a_certificate_without_common_name_goes_by_its_dns_name(void **state)
{
    struct rig rig = start(HTTP_CERT_REQUIRED);
    char text[1024];
    (void)state;
    who_am_i(&rig, certs.nameless, certs.nameless_key, text);
    assert_non_null(strstr(text, "\"name\":\"bank-b.example\""));
    rig_stop(&rig);
}

static void a_client_without_certificate_is_turned_away_where_one_is_needed(void **state)
{
    struct rig rig = start(HTTP_CERT_REQUIRED);
    struct http_counts c = {0};
    char text[1024];
    (void)state;
    who_am_i(&rig, NULL, NULL, text);
    assert_string_equal(text, "");
    /* The client hears of it a moment before the server has counted it. */
    for (int ms = 0; ms < RIG_PATIENCE_S * 1000 && !c.failed_handshakes; ms++) {
        poll(NULL, 0, 1);
        http_server_counts(rig.server, &c);
    }
    assert_int_equal(c.failed_handshakes, 1);
    rig_stop(&rig);
}

static void a_stranger_with_the_same_name_is_turned_away(void **state)
{
    struct rig rig = start(HTTP_CERT_OPTIONAL);
    char text[1024];
    (void)state;
    who_am_i(&rig, certs.stranger, certs.stranger_key, text);
    assert_string_equal(text, "");
    rig_stop(&rig);
}

static void where_a_certificate_is_optional_its_absence_is_no_name(void **state)
{
    struct rig rig = start(HTTP_CERT_OPTIONAL);
    char text[1024];
    (void)state;
    who_am_i(&rig, NULL, NULL, text);
    assert_non_null(strstr(text, "\"name\":\"\",\"fingerprint\":\"\""));
    who_am_i(&rig, certs.client, certs.client_key, text);
    assert_non_null(strstr(text, "\"name\":\"bank-a\""));
    rig_stop(&rig);
}

static SSL_SESSION *kept_session;

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(kept_session);
    kept_session = session;
    return 1;
}

static void a_ticket_resumes_a_session_with_its_identity(void **state)
{
    struct rig rig = start(HTTP_CERT_REQUIRED);
    SSL_CTX *ctx = client_context(certs.client, certs.client_key);
    SSL *ssl;
    char reply[1024];
    (void)state;
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(ctx, keep_session);
    ssl = dial(&rig, ctx);
    assert_int_equal(SSL_connect(ssl), 1);
    assert_int_equal(ask(ssl, "GET /who HTTP/1.1\r\nHost: x\r\n\r\n", reply, sizeof reply), 200);
    hang_up(ssl);
    assert_non_null(kept_session);
    ssl = dial(&rig, ctx);
    SSL_set_session(ssl, kept_session);
    assert_int_equal(SSL_connect(ssl), 1);
    assert_int_equal(SSL_session_reused(ssl), 1);
    assert_int_equal(ask(ssl, "GET /who HTTP/1.1\r\nHost: x\r\n\r\n", reply, sizeof reply), 200);
    assert_non_null(strstr(reply, "\"name\":\"bank-a\""));
    hang_up(ssl);
    SSL_SESSION_free(kept_session);
    kept_session = NULL;
    SSL_CTX_free(ctx);
    rig_stop(&rig);
}

static void plain_octets_on_a_tls_port_end_the_connection(void **state)
{
    struct rig rig = start(HTTP_CERT_NONE);
    int fd = rig_connect(&rig);
    char *heard;
    (void)state;
    rig_say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    heard = rig_hear_all(fd);
    assert_int_equal(rig_status(heard), -1);
    free(heard);
    close(fd);
    rig_stop(&rig);
}

static void a_handshake_that_stalls_is_cut(void **state)
{
    struct http_tls tls = {certs.server, certs.server_key, NULL, HTTP_CERT_NONE};
    struct rig rig = rig_start(&routes, &tls, (struct http_limits){.workers = 2, .head_ms = 150});
    int fd = rig_connect(&rig);
    (void)state;
    assert_true(rig_is_closed(fd));
    close(fd);
    rig_stop(&rig);
}

static void key_and_certificate_must_belong_together(void **state)
{
    struct http_tls tls = {certs.server, certs.client_key, NULL, HTTP_CERT_NONE};
    struct http_config config = {.address = "127.0.0.1", .tls = &tls, .routes = &routes, .n_routes = 1};
    struct http_server *s;
    (void)state;
    assert_int_not_equal(http_server_new(&config, &s), TSM_OK);
    tls.cert_file = "/nonexistent.pem";
    assert_int_equal(http_server_new(&config, &s), TSM_IO);
    assert_non_null(strstr(err_cause(), "/nonexistent.pem"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_two_connections_stay_open_and_are_all_served),
        cmocka_unit_test(tls_1_2_is_spoken_and_1_1_is_not),
        cmocka_unit_test(alpn_http_1_1_is_chosen_and_others_are_refused),
        cmocka_unit_test(a_client_certificate_is_an_identity),
        cmocka_unit_test(a_certificate_without_common_name_goes_by_its_dns_name),
        cmocka_unit_test(a_client_without_certificate_is_turned_away_where_one_is_needed),
        cmocka_unit_test(a_stranger_with_the_same_name_is_turned_away),
        cmocka_unit_test(where_a_certificate_is_optional_its_absence_is_no_name),
        cmocka_unit_test(a_ticket_resumes_a_session_with_its_identity),
        cmocka_unit_test(plain_octets_on_a_tls_port_end_the_connection),
        cmocka_unit_test(a_handshake_that_stalls_is_cut),
        cmocka_unit_test(key_and_certificate_must_belong_together),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("http over TLS", tests, make_certs, remove_certs);
}
