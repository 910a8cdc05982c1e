/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's SMSC seen from its sockets: binds, routing, store and forward, receipts, throttling,
 * faults. [SMPP 3.4 2, 4; TS 23.040 3] */
#include "support/peer.h"
#include "smsc/smpp/octets.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET_MS = 100 };

static const uint8_t body[] = {0x02, 0x70, 0x00, 0x00, 0x01};
static struct peer esme, second, phone;

static void expect_receipt(struct peer *p, const char *id, const char *stat)
{
    char text[256] = "";
    struct smpp_message m = peer_deliver(p, ESME_ROK, NULL, 0);
    assert_int_equal(m.esm_class & ESM_TYPE_MASK, ESM_RECEIPT);
    assert_string_equal(m.receipted_id, id);
    assert_string_equal(m.to.digits, "1234");
    assert_true(m.body_len < sizeof text);
    memcpy(text, m.body, m.body_len);
    assert_non_null(strstr(text, id));
    assert_non_null(strstr(text, stat));
}

static void binds_are_checked(void **state)
{
    unsigned port;
    struct child c = smsc_start("--system-id tsm --password secret", &port);
    (void)state;
    peer_connect(&esme, port);
    assert_int_equal(peer_bind(&esme, SMPP_BIND_TRANSCEIVER, "other", ""), ESME_RINVSYSID);
    assert_false(peer_read(&esme));
    peer_close(&esme);
    esme_bind(&esme, port);
    assert_int_equal(peer_bind(&esme, SMPP_BIND_TRANSCEIVER, "tsm", ""), ESME_RALYBND);
    peer_connect(&phone, port);
    assert_int_equal(peer_bind(&phone, SMPP_BIND_RECEIVER, NULL, "49170"), ESME_RBINDFAIL);
    peer_close(&phone);
    peer_close(&esme);
    child_stop(&c);
    c = smsc_start("--system-id tsm --password else", &port);
    peer_connect(&esme, port);
    assert_int_equal(peer_bind(&esme, SMPP_BIND_TRANSCEIVER, "tsm", ""), ESME_RINVPASWD);
    peer_close(&esme);
    child_stop(&c);
}

static void link_commands_and_nonsense_are_answered(void **state)
{
    unsigned port;
    struct child c = smsc_start("", &port);
    uint8_t pdu[64];
    (void)state;
    peer_connect(&esme, port);
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_RINVBNDSTS);
    peer_send(&esme, pdu, smpp_write_empty(0x00000099, 0, 77, pdu));
    peer_expect(&esme, SMPP_GENERIC_NACK);
    assert_int_equal(esme.head.status, ESME_RINVCMDID);
    assert_int_equal(esme.head.sequence, 77);
    size_t n = smpp_write_empty(SMPP_ENQUIRE_LINK, 0, 78, pdu);
    peer_send(&esme, pdu, 7); /* a PDU may come in pieces */
    peer_send(&esme, pdu + 7, n - 7);
    peer_expect(&esme, SMPP_ENQUIRE_LINK | SMPP_RESPONSE);
    peer_send(&esme, pdu, smpp_write_empty(SMPP_UNBIND, 0, 79, pdu));
    peer_expect(&esme, SMPP_UNBIND | SMPP_RESPONSE);
    assert_false(peer_read(&esme));
    peer_close(&esme);
    for (uint32_t bad = 0; bad < 2; bad++) {
        peer_connect(&esme, port);
        smpp_write_empty(SMPP_ENQUIRE_LINK, 0, 80, pdu);
        put_u32(pdu, bad ? 0x7FFFFFFF : 15);
        peer_send(&esme, pdu, SMPP_HEADER);
        peer_expect(&esme, SMPP_GENERIC_NACK);
        assert_int_equal(esme.head.status, ESME_RINVCMDLEN);
        assert_false(peer_read(&esme));
        peer_close(&esme);
    }
    child_stop(&c);
}

static void a_message_is_delivered_and_receipted(void **state)
{
    unsigned port;
    char id[65];
    struct child c = smsc_start("", &port);
    (void)state;
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    struct smpp_message got = peer_deliver(&phone, ESME_ROK, NULL, 0);
    assert_string_equal(got.from.digits, "1234");
    assert_int_equal(got.protocol_id, 0x7F);
    assert_int_equal(got.data_coding, 0xF6);
    assert_int_equal(got.esm_class, ESM_UDHI);
    assert_int_equal(got.body_len, sizeof body);
    assert_memory_equal(got.body, body, sizeof body);
    expect_receipt(&esme, id, "stat:DELIVRD err:000");
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_RX_R_APPN, NULL, 0);
    expect_receipt(&esme, id, "stat:UNDELIV");
    m.registered_delivery = 2; /* on failure only */
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_ROK, NULL, 0);
    m.registered_delivery = 0;
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_RX_R_APPN, NULL, 0);
    assert_true(peer_silent(&esme, QUIET_MS));
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static void report_data_come_back_as_a_message_of_their_own(void **state)
{
    static const uint8_t por[] = {0x02, 0x71, 0x00, 0x00, 0x0B, 0x0A};
    unsigned port;
    char id[65];
    struct child c = smsc_start("", &port);
    (void)state;
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_ROK, por, sizeof por);
    struct smpp_message got = peer_deliver(&esme, ESME_ROK, NULL, 0);
    assert_int_equal(got.esm_class, ESM_UDHI);
    assert_int_equal(got.data_coding, 0xF6);
    assert_int_equal(got.protocol_id, 0x7F);
    assert_string_equal(got.from.digits, "49170");
    assert_string_equal(got.to.digits, "1234");
    assert_int_equal(got.body_len, sizeof por);
    assert_memory_equal(got.body, por, sizeof por);
    expect_receipt(&esme, id, "stat:DELIVRD");
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static void an_absent_handset_gets_its_messages_in_order_when_it_comes(void **state)
{
    unsigned port;
    char ids[3][65];
    uint8_t numbered[6] = {0x02, 0x70, 0x00};
    struct child c = smsc_start("", &port);
    (void)state;
    esme_bind(&esme, port);
    struct smpp_message m = esme_message("49171", numbered, sizeof numbered);
    for (uint8_t i = 0; i < 3; i++) {
        numbered[3] = i;
        assert_int_equal(peer_submit(&esme, &m, ids[i]), ESME_ROK);
    }
    handset_bind(&phone, port, "49171");
    assert_int_equal(peer_deliver(&phone, PEER_NO_ANSWER, NULL, 0).body[3], 0);
    assert_true(peer_silent(&phone, QUIET_MS)); /* one at a time */
    peer_close(&phone);                         /* battery out, nothing was answered */
    handset_bind(&phone, port, "49171");
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(peer_deliver(&phone, ESME_ROK, NULL, 0).body[3], i);
        expect_receipt(&esme, ids[i], "stat:DELIVRD");
    }
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static void validity_ends_and_bad_messages_are_refused(void **state)
{
    unsigned port;
    char id[65];
    struct child c = smsc_start("", &port);
    uint8_t big[141] = {0x02, 0x70, 0x00};
    (void)state;
    esme_bind(&esme, port);
    struct smpp_message m = esme_message("49172", body, sizeof body);
    strcpy(m.validity, "000000000000000R");
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    expect_receipt(&esme, id, "stat:EXPIRED");
    strcpy(m.validity, "000000000001000R");
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    expect_receipt(&esme, id, "stat:EXPIRED");
    strcpy(m.validity, "tomorrow");
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_RINVEXPIRY);
    m = esme_message("49172", big, sizeof big);
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_RINVMSGLEN);
    m = esme_message("BANK", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_RINVDSTADR);
    m = esme_message("", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_RINVDSTADR);
    m = esme_message("49172", body, sizeof body);
    strcpy(m.schedule, "000000000001000R");
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_RINVSCHED);
    peer_close(&esme);
    child_stop(&c);
}

static void a_temporary_failure_is_tried_again(void **state)
{
    unsigned port;
    char id[65];
    struct child c = smsc_start("--retry 20", &port);
    (void)state;
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_RX_T_APPN, NULL, 0);
    peer_deliver(&phone, ESME_RX_T_APPN, NULL, 0);
    peer_deliver(&phone, ESME_ROK, NULL, 0);
    expect_receipt(&esme, id, "stat:DELIVRD");
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static uint32_t short_code(const char *to)
{
    struct smpp_message m = esme_message(to, body, sizeof body);
    strcpy(m.from.digits, "49170");
    return peer_submit(&phone, &m, NULL);
}

static void mobile_originated_messages_go_to_the_esme_of_the_short_code(void **state)
{
    unsigned port;
    struct child c = smsc_start("", &port);
    (void)state;
    handset_bind(&phone, port, "49170");
    assert_int_equal(short_code("1234"), ESME_RSUBMITFAIL); /* nobody has ever asked for it */
    esme_bind(&esme, port);
    peer_connect(&second, port);
    assert_int_equal(peer_bind(&second, SMPP_BIND_RECEIVER, "open", "^9.*"), ESME_ROK);
    assert_int_equal(short_code("1234"), ESME_ROK);
    struct smpp_message got = peer_deliver(&esme, ESME_ROK, NULL, 0);
    assert_string_equal(got.from.digits, "49170");
    assert_int_equal(got.esm_class, ESM_UDHI);
    assert_int_equal(short_code("9876"), ESME_ROK);
    peer_deliver(&second, ESME_ROK, NULL, 0);
    assert_int_equal(short_code("123"), ESME_RSUBMITFAIL);
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&second, &m, NULL), ESME_RINVBNDSTS); /* a receiver does not submit */
    peer_close(&esme);
    assert_int_equal(short_code("1234"), ESME_ROK); /* kept for the one that is away */
    esme_bind(&esme, port);
    peer_deliver(&esme, ESME_ROK, NULL, 0);
    peer_close(&esme);
    peer_close(&second);
    peer_close(&phone);
    child_stop(&c);
}

static void receipts_wait_for_their_esme(void **state)
{
    unsigned port;
    char id[65];
    struct child c = smsc_start("", &port);
    (void)state;
    esme_bind(&esme, port);
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_close(&esme);
    handset_bind(&phone, port, "49170");
    peer_deliver(&phone, ESME_ROK, NULL, 0);
    esme_bind(&esme, port);
    peer_expect(&esme, SMPP_DELIVER_SM); /* not answered: it comes again */
    peer_close(&esme);
    esme_bind(&esme, port);
    expect_receipt(&esme, id, "stat:DELIVRD");
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static void more_than_the_licence_is_throttled(void **state)
{
    unsigned port;
    struct child c = smsc_start("--throttle 5", &port);
    size_t ok = 0, throttled = 0;
    (void)state;
    esme_bind(&esme, port);
    struct smpp_message m = esme_message("49170", body, sizeof body);
    m.registered_delivery = 0;
    while (throttled < 3) {
        uint32_t status = peer_submit(&esme, &m, NULL);
        assert_true(status == ESME_ROK || status == ESME_RTHROTTLED);
        *(status == ESME_ROK ? &ok : &throttled) += 1;
    }
    assert_in_range(ok, 5, 50);
    peer_close(&esme);
    child_stop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binds_are_checked),
        cmocka_unit_test(link_commands_and_nonsense_are_answered),
        cmocka_unit_test(a_message_is_delivered_and_receipted),
        cmocka_unit_test(report_data_come_back_as_a_message_of_their_own),
        cmocka_unit_test(an_absent_handset_gets_its_messages_in_order_when_it_comes),
        cmocka_unit_test(validity_ends_and_bad_messages_are_refused),
        cmocka_unit_test(a_temporary_failure_is_tried_again),
        cmocka_unit_test(mobile_originated_messages_go_to_the_esme_of_the_short_code),
        cmocka_unit_test(receipts_wait_for_their_esme),
        cmocka_unit_test(more_than_the_licence_is_throttled),
    };
    return cmocka_run_group_tests_name("lab/ota/smsc", tests, NULL, NULL);
}
