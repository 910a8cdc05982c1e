/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks and partner messages: our client against our server, over TLS. Stations 6 and 12. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "certs.h"
#include "link/callback.h"
#include "link/partner.h"
#include "rig.h"

/* What the other side saw last, and what it shall say. */
struct receiver {
    struct partner_port port;
    int calls, status;
    enum tsm_err error;
    const char *answer;
    char verb[64], key[256], trace[64], peer[64], json[256];
};

static struct certs certs;
static struct receiver seen;
static struct rig rig;
static char origin[64];

static enum tsm_err on_partner(void *self, const struct partner_message *m, char **answer)
{
    struct receiver *r = self;
    r->calls++;
    snprintf(r->verb, sizeof r->verb, "%s", m->verb);
    snprintf(r->key, sizeof r->key, "%s", m->key);
    snprintf(r->trace, sizeof r->trace, "%s", m->trace);
    snprintf(r->peer, sizeof r->peer, "%s", m->peer_name);
    snprintf(r->json, sizeof r->json, "%.*s", (int)m->json.len, (const char *)m->json.at);
    *answer = r->answer ? strdup(r->answer) : NULL;
    return r->error;
}

static enum tsm_err on_event(void *app, struct http_request *request, struct http_reply *reply)
{
    struct receiver *r = (struct receiver *)app;
    const char *key, *trace = http_header(request, "traceparent");
    TRY(http_header_once(request, "idempotency-key", &key));
    r->calls++;
    snprintf(r->key, sizeof r->key, "%s", key);
    snprintf(r->trace, sizeof r->trace, "%s", trace ? trace : "");
    snprintf(r->json, sizeof r->json, "%.*s", (int)request->body.len, (const char *)request->body.at);
    reply->status = r->status;
    if (r->status == 503)
        return http_reply_header(reply, "Retry-After", "%d", 17);
    return TSM_OK;
}

static const struct http_route event_routes[] = {
    {"POST", "/events", on_event, 0, "application/json"},
    {NULL, NULL, NULL, 0, NULL},
};

static int start(void **state)
{
    static struct http_routes routes[2];
    struct http_tls tls;
    struct http_config config = {.address = "127.0.0.1", .tls = &tls, .routes = routes, .n_routes = 2};
    (void)state;
    certs_make(&certs);
    tls = (struct http_tls){certs.server, certs.server_key, certs.ca, HTTP_CERT_OPTIONAL};
    routes[0] = (struct http_routes){partner_routes, &seen.port};
    routes[1] = (struct http_routes){event_routes, &seen};
    config.limits.workers = 2;
    assert_int_equal(http_server_new(&config, &rig.server), TSM_OK);
    assert_int_equal(http_server_start(rig.server), TSM_OK);
    rig.port = http_server_port(rig.server);
    snprintf(origin, sizeof origin, "https://127.0.0.1:%u", rig.port);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rig_stop(&rig);
    certs_remove(&certs);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    seen = (struct receiver){.port = {&seen, on_partner}, .status = 204};
    return 0;
}

static struct http_client *client(bool with_certificate)
{
    struct http_client *c;
    struct http_client_config config = {.ca_file = certs.ca};
    if (with_certificate) {
        config.cert_file = certs.client;
        config.key_file = certs.client_key;
    }
    assert_int_equal(http_client_new(&config, &c), TSM_OK);
    return c;
}

static enum tsm_err deliver(const char *url, unsigned *again)
{
    struct http_client *c = client(false);
    struct callback event = {.url = url,
                             .key = "key-1",
                             .trace = "0123456789abcdef0123456789abcdef",
                             .json = "{\"event\":\"order\"}"};
    struct callback_answer answer;
    enum tsm_err e = callback_deliver(c, &event, &answer);
    *again = answer.retry_after_s;
    http_client_free(c);
    return e;
}

static enum tsm_err send_as(bool with_certificate, const char *verb, const char *key, const char *json)
{
    struct http_client *c = client(with_certificate);
    enum tsm_err e = partner_send(c, origin, verb, key, json);
    http_client_free(c);
    return e;
}

static void an_event_is_accepted_by_any_2xx(void **state)
{
    char url[96];
    unsigned again = 9;
    (void)state;
    snprintf(url, sizeof url, "%s/events", origin);
    for (seen.status = 200; seen.status <= 204; seen.status += 2)
        assert_int_equal(deliver(url, &again), TSM_OK);
    assert_int_equal(again, 0);
    assert_string_equal(seen.key, "key-1");
    assert_string_equal(seen.trace, "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");
    assert_string_equal(seen.json, "{\"event\":\"order\"}");
}

static void a_receiver_may_ask_for_patience(void **state)
{
    char url[96];
    unsigned again;
    (void)state;
    snprintf(url, sizeof url, "%s/events", origin);
    seen.status = 503;
    assert_int_equal(deliver(url, &again), TSM_BUSY);
    assert_int_equal(again, 17);
    assert_true(err_may_retry(TSM_BUSY));
}

static void a_receiver_may_refuse_or_fail(void **state)
{
    char url[96];
    unsigned again;
    (void)state;
    snprintf(url, sizeof url, "%s/events", origin);
    seen.status = 410;
    assert_int_equal(deliver(url, &again), TSM_PEER_REFUSED);
    assert_false(err_may_retry(TSM_PEER_REFUSED));
    seen.status = 500;
    assert_int_equal(deliver(url, &again), TSM_PEER_DOWN);
    snprintf(url, sizeof url, "%s/elsewhere", origin);
    assert_int_equal(deliver(url, &again), TSM_PEER_REFUSED);
}

static void a_partner_message_arrives_with_its_sender(void **state)
{
    (void)state;
    assert_int_equal(send_as(true, "book-space", "k-7", "{\"se\":\"1\"}"), TSM_OK);
    assert_int_equal(seen.calls, 1);
    assert_string_equal(seen.verb, "book-space");
    assert_string_equal(seen.key, "k-7");
    assert_string_equal(seen.peer, "bank-a");
    assert_string_equal(seen.json, "{\"se\":\"1\"}");
    assert_string_equal(seen.trace, "");
}

static void a_partner_may_answer_at_once(void **state)
{
    (void)state;
    seen.answer = "{\"booked\":true}";
    assert_int_equal(send_as(true, "book-space", "k-8", "{}"), TSM_OK);
}

static void a_peer_without_certificate_is_no_partner(void **state)
{
    (void)state;
    assert_int_equal(send_as(false, "book-space", "k-9", "{}"), TSM_PEER_REFUSED);
    assert_int_equal(seen.calls, 0);
}

static void a_message_that_was_not_stored_may_be_sent_again(void **state)
{
    (void)state;
    seen.error = TSM_DATABASE;
    assert_int_equal(send_as(true, "notify", "k-10", "{}"), TSM_PEER_DOWN);
    seen.error = TSM_BUSY;
    assert_int_equal(send_as(true, "notify", "k-10", "{}"), TSM_BUSY);
    seen.error = TSM_NOT_ALLOWED;
    assert_int_equal(send_as(true, "notify", "k-10", "{}"), TSM_PEER_REFUSED);
}

static void verbs_keys_and_bodies_are_checked_on_both_sides(void **state)
{
    char key[PARTNER_KEY_MAX + 2];
    (void)state;
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = 0;
    assert_int_equal(send_as(true, "Book/Space", "k", "{}"), TSM_BAD_VALUE);
    assert_int_equal(send_as(true, "notify", "", "{}"), TSM_BAD_VALUE);
    assert_int_equal(send_as(true, "notify", "a b", "{}"), TSM_BAD_VALUE);
    assert_int_equal(send_as(true, "notify", key, "{}"), TSM_BAD_VALUE);
    key[PARTNER_KEY_MAX] = 0;
    assert_int_equal(send_as(true, "notify", key, "{}"), TSM_OK);
    assert_int_equal(send_as(true, "notify", "k", "[]"), TSM_PEER_REFUSED);
    assert_int_equal(send_as(true, "notify", "k", "{"), TSM_PEER_REFUSED);
    assert_int_equal(seen.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_event_is_accepted_by_any_2xx, forget),
        cmocka_unit_test_setup(a_receiver_may_ask_for_patience, forget),
        cmocka_unit_test_setup(a_receiver_may_refuse_or_fail, forget),
        cmocka_unit_test_setup(a_partner_message_arrives_with_its_sender, forget),
        cmocka_unit_test_setup(a_partner_may_answer_at_once, forget),
        cmocka_unit_test_setup(a_peer_without_certificate_is_no_partner, forget),
        cmocka_unit_test_setup(a_message_that_was_not_stored_may_be_sent_again, forget),
        cmocka_unit_test_setup(verbs_keys_and_bodies_are_checked_on_both_sides, forget),
    };
    return cmocka_run_group_tests_name("callbacks and partners", tests, start, stop);
}
