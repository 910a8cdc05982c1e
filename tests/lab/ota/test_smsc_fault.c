/* SPDX-License-Identifier: Apache-2.0 */
/* The faults the laboratory's SMSC can be told to have, seen from its sockets. [SMPP 3.4 2, 4; TS 23.040 3]
 */
#include "support/peer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET_MS = 100 };

static const uint8_t body[] = {0x02, 0x70, 0x00, 0x00, 0x01};
static struct peer esme, phone;

static void receipts_can_be_lost_doubled_or_decimal(void **state)
{
    unsigned port;
    char id[65], text[256] = "", expected[80];
    struct child c = smsc_start("--fault dup-receipts,decimal-receipts,lose-por", &port);
    (void)state;
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_ROK, body, sizeof body);
    for (int i = 0; i < 2; i++) {
        struct smpp_message got = peer_deliver(&esme, ESME_ROK, NULL, 0);
        assert_true(got.body_len < sizeof text);
        memcpy(text, got.body, got.body_len);
        snprintf(expected, sizeof expected, "id:%lu sub", strtoul(id, NULL, 16));
        assert_non_null(strstr(text, expected));
    }
    assert_true(peer_silent(&esme, QUIET_MS));
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
    c = smsc_start("--fault lose-receipts", &port);
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    assert_int_equal(peer_submit(&esme, &m, id), ESME_ROK);
    peer_deliver(&phone, ESME_ROK, NULL, 0);
    assert_true(peer_silent(&esme, QUIET_MS));
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static void messages_can_vanish_swap_or_be_refused(void **state)
{
    unsigned port;
    uint8_t numbered[6] = {0x02, 0x70, 0x00};
    struct child c = smsc_start("--fault reorder,drop-3,full-4", &port);
    (void)state;
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    struct smpp_message m = esme_message("49170", numbered, sizeof numbered);
    m.registered_delivery = 0;
    for (uint8_t i = 1; i <= 4; i++) {
        numbered[3] = i;
        assert_int_equal(peer_submit(&esme, &m, NULL), i == 4 ? ESME_RMSGQFUL : ESME_ROK);
    }
    assert_int_equal(peer_deliver(&phone, ESME_ROK, NULL, 0).body[3], 2);
    assert_int_equal(peer_deliver(&phone, ESME_ROK, NULL, 0).body[3], 1);
    assert_true(peer_silent(&phone, QUIET_MS));
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

static void the_link_can_break_before_the_answer(void **state)
{
    unsigned port;
    uint8_t pdu[256];
    struct child c = smsc_start("--fault down-after-2,slow-30", &port);
    (void)state;
    esme_bind(&esme, port);
    handset_bind(&phone, port, "49170");
    struct smpp_message m = esme_message("49170", body, sizeof body);
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_ROK);
    peer_send(&esme, pdu, smpp_write_message(SMPP_SUBMIT_SM, 99, &m, pdu));
    assert_false(peer_read(&esme));
    peer_close(&esme);
    peer_deliver(&phone, ESME_ROK, NULL, 0); /* both were accepted all the same */
    peer_deliver(&phone, ESME_ROK, NULL, 0);
    esme_bind(&esme, port);
    assert_int_equal(peer_deliver(&esme, ESME_ROK, NULL, 0).esm_class, ESM_RECEIPT);
    assert_int_equal(peer_deliver(&esme, ESME_ROK, NULL, 0).esm_class, ESM_RECEIPT);
    assert_int_equal(peer_submit(&esme, &m, NULL), ESME_ROK);
    peer_close(&esme);
    peer_close(&phone);
    child_stop(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_can_be_lost_doubled_or_decimal),
        cmocka_unit_test(messages_can_vanish_swap_or_be_refused),
        cmocka_unit_test(the_link_can_break_before_the_answer),
    };
    return cmocka_run_group_tests_name("lab/ota/smsc faults", tests, NULL, NULL);
}
