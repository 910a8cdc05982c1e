/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet of cards in one process: who they are, one SMPP session for all, the door, and what they remember
 * at rest. Child processes, loopback only. [SMPP 3.4; TS 102 225] */
#include "support/peer.h"
#include "support/wrap.h"

#include "fleet/identity.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIX "lab-uicc:7,lab-ese:3"

struct scene {
    struct child smsc, fleet;
    struct peer esme;
    struct fleet_plan plan;
    unsigned door;
    char commands[64];
};

static struct scene scene;

static struct fleet_plan plan_of(uint32_t cards, unsigned seed)
{
    struct fleet_plan p = {.cards = cards, .seed = seed};
    assert_true(fleet_mix_read(MIX, &p.mix));
    assert_true(fleet_plan_master(&p));
    return p;
}

static void start(const char *options)
{
    char arguments[512];
    unsigned port;
    scene = (struct scene){.plan = plan_of(5000, 7)};
    snprintf(scene.commands, sizeof scene.commands, P_tmpdir "/test_fleet.%ld", (long)getpid());
    unlink(scene.commands);
    scene.smsc = smsc_start("", &port);
    snprintf(arguments, sizeof arguments,
             "fleet --cards 5000 --seed 7 --profile " MIX " --smsc 127.0.0.1:%u --listen 0 --commands %s %s",
             port, scene.commands, options);
    scene.fleet = child_start(arguments);
    scene.door = (unsigned)strtoul(child_line(&scene.fleet, "ready cards=5000 door=127.0.0.1:"), NULL, 10);
    child_line(&scene.fleet, "bound 49171007*");
    esme_bind(&scene.esme, port);
}

static int tear_down(void **state)
{
    (void)state;
    peer_close(&scene.esme);
    child_stop(&scene.fleet);
    child_stop(&scene.smsc);
    unlink(scene.commands);
    return 0;
}

/* ---- one card over the air ---- */

struct subscriber {
    struct fleet_identity id;
    struct wrap wrap;
};

static struct subscriber subscriber_at(uint32_t place)
{
    struct subscriber s = {.wrap = {.spi1 = 0x16, .spi2 = 0x19, .kic = 0x12, .kid = 0x12, .cc_len = 8}};
    fleet_identify(&scene.plan, place, &s.id);
    s.wrap.keys.kic = (struct sym_key){.type = KEY_TYPE_AES, .len = FLEET_KEY_LEN};
    s.wrap.keys.kid = s.wrap.keys.kic;
    memcpy(s.wrap.keys.kic.value, s.id.kic, FLEET_KEY_LEN);
    memcpy(s.wrap.keys.kid.value, s.id.kid, FLEET_KEY_LEN);
    return s;
}

static void submit(struct subscriber *s, uint64_t counter)
{
    static const uint8_t get_iccid[] = {0x80, 0xCA, 0x00, 0x5A, 0x00};
    uint8_t user_data[256] = {0x02, 0x70, 0x00};
    s->wrap.counter = counter;
    size_t n = 3 + wrap_command(&s->wrap, get_iccid, sizeof get_iccid, user_data + 3);
    struct smpp_message m = esme_message(s->id.msisdn, user_data, n);
    m.registered_delivery = 0;
    assert_int_equal(peer_submit(&scene.esme, &m, NULL), ESME_ROK);
}

/* The proof of receipt must come from this card and have this status; a good one bears its ICCID. */
static void expect(struct subscriber *s, enum por_status status)
{
    struct opened r = {0};
    struct smpp_message m = peer_deliver(&scene.esme, ESME_ROK, NULL, 0);
    struct card_config c = fleet_config(&s->id);
    assert_string_equal(m.from.digits, s->id.msisdn);
    assert_true(unwrap_response(&s->wrap, m.body, m.body_len, &r));
    assert_int_equal(r.status, status);
    if (status == POR_OK)
        assert_memory_equal(r.data + r.data_len - c.seid_len, c.seid, c.seid_len);
}

static void command(const char *line)
{
    int fd = open(scene.commands, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, line, strlen(line)), (ssize_t)strlen(line));
    close(fd);
}

/* ---- the tests ---- */

static void cards_are_the_same_each_time_and_differ_by_place_and_seed(void **state)
{
    struct fleet_plan one = plan_of(100000, 7), other = plan_of(100000, 8);
    struct fleet_identity a, b;
    uint32_t place;
    (void)state;
    fleet_identify(&one, 4711, &a);
    fleet_identify(&one, 4711, &b);
    assert_memory_equal(&a, &b, sizeof a);
    assert_string_equal(a.msisdn, "491710070004711");
    assert_true(fleet_place(&one, a.msisdn, &place));
    assert_int_equal(place, 4711);
    assert_false(fleet_place(&other, a.msisdn, &place));
    assert_false(fleet_place(&one, "491710070100000", &place));
    fleet_identify(&one, 4712, &b);
    assert_memory_not_equal(a.kic, b.kic, sizeof a.kic);
    assert_memory_not_equal(a.kic, a.kid, sizeof a.kic);
    fleet_identify(&other, 4711, &b);
    assert_memory_not_equal(a.kic, b.kic, sizeof a.kic);
    assert_string_not_equal(a.iccid, b.iccid);
}

static void a_mix_gives_each_cycle_its_parts(void **state)
{
    struct fleet_plan p = plan_of(100, 0);
    struct fleet_identity id;
    struct fleet_mix mix;
    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        fleet_identify(&p, i, &id);
        assert_int_equal(id.kind->uicc, i % 10 < 7);
    }
    assert_false(fleet_mix_read("lab-uicc:0", &mix));
    assert_false(fleet_mix_read("lab-uicc:", &mix));
    assert_false(fleet_mix_read("gold", &mix));
    assert_false(fleet_mix_read("", &mix));
}

static void one_session_reaches_every_card(void **state)
{
    static const uint32_t places[] = {0, 1, 2501, 4996};
    (void)state;
    start("");
    for (size_t i = 0; i < 4; i++) {
        struct subscriber s = subscriber_at(places[i]);
        submit(&s, 1);
        expect(&s, POR_OK);
    }
}

static void a_card_remembers_its_counter_at_rest(void **state)
{
    (void)state;
    start("--idle-ms 3600000");
    struct subscriber s = subscriber_at(1234), t = subscriber_at(1235);
    submit(&s, 5);
    expect(&s, POR_OK);
    command("stats\n");
    assert_non_null(strstr(child_line(&scene.fleet, "{"), "\"on_table\":1,"));
    command("rest\nstats\n");
    assert_non_null(strstr(child_line(&scene.fleet, "{"), "\"frozen\":1,\"on_table\":0,"));
    submit(&s, 5);
    expect(&s, POR_COUNTER_LOW);
    submit(&s, 6);
    expect(&s, POR_OK);
    submit(&t, 1);
    expect(&t, POR_OK);
}

static void a_number_that_no_card_has_is_refused(void **state)
{
    uint8_t text[] = "hello";
    char id[65];
    (void)state;
    start("");
    struct smpp_message m = esme_message("491710079999999", text, 5);
    assert_int_equal(peer_submit(&scene.esme, &m, id), ESME_ROK);
    struct smpp_message receipt = peer_deliver(&scene.esme, ESME_ROK, NULL, 0);
    assert_int_equal(receipt.message_state, STATE_UNDELIVERABLE);
}

static int connect_door(const char *line)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)scene.door)};
    struct timeval patience = {.tv_sec = PEER_PATIENCE_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(send(fd, line, strlen(line), 0), (ssize_t)strlen(line));
    return fd;
}

static void the_door_leads_to_the_card_that_was_named(void **state)
{
    static const uint8_t get_id[] = {0, 5, 0x80, 0xCA, 0x00, 0x5A, 0x00};
    (void)state;
    start("");
    for (uint32_t place = 7; place < 5000; place += 1000) {
        char line[32];
        uint8_t r[64];
        struct fleet_identity id;
        snprintf(line, sizeof line, "card %u\n", place);
        int fd = connect_door(line);
        assert_int_equal(send(fd, get_id, sizeof get_id, 0), sizeof get_id);
        assert_int_equal(recv(fd, r, 2 + 2 + FLEET_SEID_LEN + 2, MSG_WAITALL), 2 + 2 + FLEET_SEID_LEN + 2);
        fleet_identify(&scene.plan, place, &id);
        assert_false(id.kind->uicc);
        assert_memory_equal(r + 4, id.seid, FLEET_SEID_LEN);
        close(fd);
    }
}

static void the_door_stays_shut_for_a_wrong_word(void **state)
{
    static const char *const lines[] = {"card 5000\n", "card x\n", "card \n", "open sesame\n",
                                        "card 00000000000000000000000001\n"};
    uint8_t r;
    (void)state;
    start("");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        int fd = connect_door(lines[i]);
        assert_true(recv(fd, &r, 1, 0) <= 0);
        close(fd);
    }
}

static void commands_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    start("");
    command("phone 5000 http://127.0.0.1:1/gp/seram s\nphone 1 ftp://x s\nphone 1\ndance\n");
    for (int i = 0; i < 4; i++)
        child_line(&scene.fleet, "refused ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_are_the_same_each_time_and_differ_by_place_and_seed),
        cmocka_unit_test(a_mix_gives_each_cycle_its_parts),
        cmocka_unit_test_teardown(one_session_reaches_every_card, tear_down),
        cmocka_unit_test_teardown(a_card_remembers_its_counter_at_rest, tear_down),
        cmocka_unit_test_teardown(a_number_that_no_card_has_is_refused, tear_down),
        cmocka_unit_test_teardown(the_door_leads_to_the_card_that_was_named, tear_down),
        cmocka_unit_test_teardown(the_door_stays_shut_for_a_wrong_word, tear_down),
        cmocka_unit_test_teardown(commands_that_mean_nothing_are_refused, tear_down),
    };
    return cmocka_run_group_tests_name("lab fleet", tests, NULL, NULL);
}
