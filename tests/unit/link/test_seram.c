/* SPDX-License-Identifier: Apache-2.0 */
/* The Remote Agent over HTTP: statuses of the standard, sessions, long polling. Station 9. [GP SERAM 2.0.0]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "link/seram/seram.h"
#include "rig.h"

/* A platform with one session: it sends one SELECT, counts the answers, then stops. */
struct platform {
    struct seram_port port;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool hold, held; /* a polling report is held until hold is taken back */
    int handshakes;
    size_t answers;
    unsigned wait_ms;
    char element[SERAM_ID_MAX + 1];
};

static const char session[] = "0f96af97-f879-45a2-a011-ee7439df3804";

static enum tsm_err on_handshake(void *self, const char *id, const struct seram_element *elements, size_t n)
{
    struct platform *p = self;
    if (!strcmp(id, "ended"))
        return TSM_EXPIRED;
    if (strcmp(id, session) != 0)
        return TSM_NOT_FOUND;
    p->handshakes++;
    snprintf(p->element, sizeof p->element, "%s", elements[n - 1].id);
    return TSM_OK;
}

static void wait_for_work(struct platform *p)
{
    pthread_mutex_lock(&p->lock);
    p->held = true;
    pthread_cond_broadcast(&p->changed);
    while (p->hold)
        pthread_cond_wait(&p->changed, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

static enum tsm_err on_report(void *self, const char *id, const struct seram_report *report,
                              struct seram_order *next, unsigned wait_ms)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x00, 0x00};
    struct platform *p = self;
    if (strcmp(id, session) != 0)
        return TSM_NOT_FOUND;
    p->wait_ms = wait_ms;
    p->answers += report->answers.n;
    if (report->status == SERAM_PROCESSED)
        return seram_order_add(next, SERAM_STOP);
    if (p->hold)
        wait_for_work(p);
    next->delay_ms = 0;
    TRY(seram_order_add(next, SERAM_START));
    TRY(seram_order_add(next, SERAM_SCRIPT));
    return seram_order_apdu(next, BYTES(select));
}

static struct platform platform;
static struct http_routes routes;
static struct rig rig;

static int start(void **state)
{
    (void)state;
    platform = (struct platform){
        .port = {&platform, on_handshake, on_report, 0},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
    };
    routes = (struct http_routes){seram_routes, &platform.port};
    rig = rig_start(&routes, NULL, (struct http_limits){.workers = 4});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rig_stop(&rig);
    return 0;
}

/* Status of a POST; *body (when asked for) is owned by the caller. */
static int post(const char *target, const char *json, char **body)
{
    char request[4096], *reply;
    int status;
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             target, strlen(json), json);
    reply = rig_ask(&rig, request);
    status = rig_status(reply);
    if (body)
        *body = strdup(rig_body(reply));
    free(reply);
    return status;
}

#define HANDSHAKE "{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"8900\"}]}"
#define POLLING   "{\"localAgentStatus\": {\"localAgentStatusEnum\": \"POLLING\"}}"
#define AT(path)  "/gp/seram/" path "?sessionId=0f96af97-f879-45a2-a011-ee7439df3804"

static void a_handshake_is_answered_with_the_choice(void **state)
{
    char *body;
    (void)state;
    assert_int_equal(post(AT("handshake"), HANDSHAKE, &body), 200);
    assert_int_equal(seram_choice_read(bytes_of_text(body)), TSM_OK);
    assert_int_equal(platform.handshakes, 1);
    assert_string_equal(platform.element, "8900");
    free(body);
}

static void an_unknown_or_ended_session_is_404(void **state)
{
    (void)state;
    assert_int_equal(post("/gp/seram/handshake?sessionId=other", HANDSHAKE, NULL), 404);
    assert_int_equal(post("/gp/seram/handshake?sessionId=ended", HANDSHAKE, NULL), 404);
    assert_int_equal(post("/gp/seram/handshake?sessionId=a%27b", HANDSHAKE, NULL), 404);
    assert_int_equal(post("/gp/seram/handshake?sessionId=", HANDSHAKE, NULL), 404);
    assert_int_equal(post("/gp/seram/remoteManagement?sessionId=other", POLLING, NULL), 404);
}

static void a_session_id_must_be_given_once(void **state)
{
    (void)state;
    assert_int_equal(post("/gp/seram/handshake", HANDSHAKE, NULL), 400);
    assert_int_equal(post("/gp/seram/handshake?sessionId=a&sessionId=b", HANDSHAKE, NULL), 400);
}

static void an_agent_without_our_protocol_is_told_406(void **state)
{
    char *body;
    (void)state;
    assert_int_equal(
        post(AT("handshake"),
             "{\"secureElements\": [{\"seType\": \"eSE\", \"seId\": \"1\"}], \"supportedVersions\": [\"9\"]}",
             &body),
        406);
    assert_non_null(strstr(body, "supportedVersions does not hold 2.0.0"));
    free(body);
}

static void a_malformed_report_is_400(void **state)
{
    (void)state;
    assert_int_equal(post(AT("remoteManagement"), "{\"localAgentStatus\": {}}", NULL), 400);
    assert_int_equal(post(AT("remoteManagement"), "{", NULL), 400);
}

static void a_poll_brings_commands_and_their_answers_bring_the_stop(void **state)
{
    char *body;
    struct seram_order o;
    uint8_t room[256];
    (void)state;
    platform.answers = 0;
    assert_int_equal(post(AT("remoteManagement"), POLLING, &body), 200);
    assert_int_equal(seram_order_read(bytes_of_text(body), WRITER(room), &o), TSM_OK);
    assert_int_equal(o.delay_ms, 0);
    assert_int_equal(o.n_commands, 2);
    assert_int_equal(o.apdus.n, 1);
    assert_int_equal(platform.wait_ms, SERAM_WAIT_MS);
    free(body);
    assert_int_equal(
        post(AT("remoteManagement"),
             "{\"localAgentStatus\": {\"localAgentStatusEnum\": \"PROCESSED\", \"executedSeRamCommands\": 1},"
             "\"ramResponses\": [{\"ramResponseType\": \"seRamResponse\", \"listOfRAPDU\": [\"9000\"]}]}",
             &body),
        200);
    assert_non_null(strstr(body, "ramStopCommand"));
    assert_non_null(strstr(body, "\"delay\":"));
    assert_int_equal(platform.answers, 1);
    free(body);
}

static void *poll_in_background(void *status)
{
    *(int *)status = post(AT("remoteManagement"), POLLING, NULL);
    return NULL;
}

static void a_report_may_be_held_while_others_are_served(void **state)
{
    pthread_t poller;
    int status = 0;
    (void)state;
    platform.hold = true;
    platform.held = false;
    assert_int_equal(pthread_create(&poller, NULL, poll_in_background, &status), 0);
    pthread_mutex_lock(&platform.lock);
    while (!platform.held)
        pthread_cond_wait(&platform.changed, &platform.lock);
    pthread_mutex_unlock(&platform.lock);
    assert_int_equal(post(AT("handshake"), HANDSHAKE, NULL), 200);
    pthread_mutex_lock(&platform.lock);
    platform.hold = false;
    pthread_cond_broadcast(&platform.changed);
    pthread_mutex_unlock(&platform.lock);
    pthread_join(poller, NULL);
    assert_int_equal(status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_is_answered_with_the_choice),
        cmocka_unit_test(an_unknown_or_ended_session_is_404),
        cmocka_unit_test(a_session_id_must_be_given_once),
        cmocka_unit_test(an_agent_without_our_protocol_is_told_406),
        cmocka_unit_test(a_malformed_report_is_400),
        cmocka_unit_test(a_poll_brings_commands_and_their_answers_bring_the_stop),
        cmocka_unit_test(a_report_may_be_held_while_others_are_served),
    };
    return cmocka_run_group_tests_name("SERAM over HTTP", tests, start, stop);
}
