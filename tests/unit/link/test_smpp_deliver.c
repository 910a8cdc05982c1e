/* SPDX-License-Identifier: Apache-2.0 */
/* What a scripted centre delivers: receipts and messages, and how they are acknowledged. Station 9.
 * [SMPP 3.4 4.6] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bench.h"

static void say_receipt(struct bench *b, uint32_t sequence, const char *text, const char *tlv_id)
{
    struct smpp_pdu p = {.id = SMPP_DELIVER_SM, .sequence = sequence};
    p.sm.source = (struct smpp_address){1, 1, "491701234567"};
    p.sm.destination = (struct smpp_address){3, 1, "5555"};
    p.sm.esm_class = SMPP_ESM_RECEIPT;
    p.sm.message = bytes_of_text(text);
    if (tlv_id) {
        snprintf(p.sm.receipted_id, sizeof p.sm.receipted_id, "%s", tlv_id);
        p.sm.message_state = RECEIPT_UNDELIVERABLE;
        p.sm.has_network_error = true;
        p.sm.network_type = 3;
        p.sm.network_error = 6;
    }
    centre_say(&b->centre, &p);
}

static void a_receipt_in_text_gets_the_id_of_the_submission(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    say_receipt(
        &b, 5,
        "id:0255 sub:001 dlvrd:001 submit date:2611220101 done date:2611220102 stat:DELIVRD err:000 text:",
        NULL);
    n = diary_next(&b.diary, NOTE_RECEIPT);
    assert_string_equal(n.receipt.id, "255");
    assert_int_equal(n.receipt.state, RECEIPT_DELIVERED);
    centre_hear(&b.centre, SMPP_DELIVER_SM | SMPP_RESP, &p);
    assert_int_equal(p.sequence, 5);
    assert_int_equal(p.status, ESME_ROK);
    bench_finish(&b);
}

static void a_receipt_in_parameters_wins_over_its_text(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    say_receipt(&b, 5, "who knows", "FF");
    n = diary_next(&b.diary, NOTE_RECEIPT);
    assert_string_equal(n.receipt.id, "255");
    assert_int_equal(n.receipt.state, RECEIPT_UNDELIVERABLE);
    assert_true(n.receipt.has_error);
    assert_int_equal(n.receipt.error, 6);
    centre_hear(&b.centre, SMPP_DELIVER_SM | SMPP_RESP, &p);
    bench_finish(&b);
}

static void an_unreadable_receipt_is_taken_off_the_centre_and_counted(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct smpp_counts counts;
    (void)state;
    bench_bind(&b, bench_config(&b));
    say_receipt(&b, 5, "who knows", NULL);
    centre_hear(&b.centre, SMPP_DELIVER_SM | SMPP_RESP, &p);
    assert_int_equal(p.status, ESME_ROK);
    smpp_link_counts(b.link, &counts);
    assert_int_equal(counts.unreadable, 1);
    bench_finish(&b);
}

static void say_message(struct bench *b, uint32_t sequence)
{
    static const uint8_t por[] = {0x02, 0x71, 0x00, 0x00, 0x0B, 0x0A};
    struct smpp_pdu p = {.id = SMPP_DELIVER_SM, .sequence = sequence};
    p.sm.source = (struct smpp_address){1, 1, "491701234567"};
    p.sm.destination = (struct smpp_address){3, 1, "5555"};
    p.sm.esm_class = SMPP_ESM_UDHI;
    p.sm.data_coding = 0xF6;
    p.sm.message = BYTES(por);
    centre_say(&b->centre, &p);
}

static void a_proof_of_receipt_is_handed_on_with_its_sender(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    say_message(&b, 6);
    n = diary_next(&b.diary, NOTE_MESSAGE);
    assert_string_equal(n.text, "491701234567");
    assert_true(n.udhi);
    assert_int_equal(n.len, 6);
    assert_int_equal(n.data[1], 0x71);
    centre_hear(&b.centre, SMPP_DELIVER_SM | SMPP_RESP, &p);
    assert_int_equal(p.status, ESME_ROK);
    bench_finish(&b);
}

static void what_could_not_be_stored_is_asked_for_again(void **state)
{
    BENCH(b);
    struct smpp_pdu p;
    (void)state;
    b.diary.say = TSM_DATABASE;
    bench_bind(&b, bench_config(&b));
    say_message(&b, 6);
    diary_next(&b.diary, NOTE_MESSAGE);
    centre_hear(&b.centre, SMPP_DELIVER_SM | SMPP_RESP, &p);
    assert_int_equal(p.status, ESME_RX_T_APPN);
    bench_finish(&b);
}

static void hear_resp(struct bench *b, uint32_t sequence, uint32_t status)
{
    struct smpp_pdu p;
    centre_hear(&b->centre, SMPP_DELIVER_SM | SMPP_RESP, &p);
    assert_int_equal(p.sequence, sequence);
    assert_int_equal(p.status, status);
}

static void deliveries_are_handed_on_while_others_wait_to_be_stored(void **state)
{
    BENCH(b);
    (void)state;
    b.diary.later = true;
    bench_bind(&b, bench_config(&b));
    for (uint32_t i = 0; i < 3; i++)
        say_message(&b, 6 + i);
    for (uint32_t i = 0; i < 3; i++)
        diary_next(&b.diary, NOTE_MESSAGE);
    assert_true(centre_hears_nothing(&b.centre, 10));
    smpp_link_settle(b.link, b.diary.tickets[2], TSM_OK);
    hear_resp(&b, 8, ESME_ROK);
    smpp_link_settle(b.link, b.diary.tickets[0], TSM_DATABASE);
    smpp_link_settle(b.link, b.diary.tickets[1], TSM_OK);
    hear_resp(&b, 6, ESME_RX_T_APPN);
    hear_resp(&b, 7, ESME_ROK);
    bench_finish(&b);
}

static void a_ticket_of_a_lost_connection_says_nothing_in_the_next(void **state)
{
    BENCH(b);
    (void)state;
    b.diary.later = true;
    bench_bind(&b, bench_config(&b));
    say_message(&b, 6);
    diary_next(&b.diary, NOTE_MESSAGE);
    centre_hang_up(&b.centre);
    diary_next(&b.diary, NOTE_DOWN);
    centre_welcome(&b.centre);
    diary_next(&b.diary, NOTE_UP);
    say_message(&b, 6);
    diary_next(&b.diary, NOTE_MESSAGE);
    smpp_link_settle(b.link, b.diary.tickets[0], TSM_DATABASE);
    smpp_link_settle(b.link, b.diary.tickets[1], TSM_OK);
    hear_resp(&b, 6, ESME_ROK);
    assert_true(centre_hears_nothing(&b.centre, 10));
    bench_finish(&b);
}

static void a_proof_in_the_answer_to_a_submission_is_a_message_too(void **state)
{
    static const uint8_t por[] = {0x02, 0x71, 0x00};
    BENCH(b);
    struct smpp_pdu p;
    struct note n;
    (void)state;
    bench_bind(&b, bench_config(&b));
    assert_int_equal(bench_send(&b, 1, 0), TSM_OK);
    centre_hear(&b.centre, SMPP_SUBMIT_SM, &p);
    struct smpp_pdu a = {.id = SMPP_SUBMIT_SM | SMPP_RESP, .sequence = p.sequence};
    snprintf(a.sm_resp.message_id, sizeof a.sm_resp.message_id, "1");
    a.sm_resp.payload = BYTES(por);
    centre_say(&b.centre, &a);
    diary_next(&b.diary, NOTE_ACCEPTED);
    n = diary_next(&b.diary, NOTE_MESSAGE);
    assert_string_equal(n.text, "491701234567");
    assert_int_equal(n.len, 3);
    bench_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_in_text_gets_the_id_of_the_submission),
        cmocka_unit_test(a_receipt_in_parameters_wins_over_its_text),
        cmocka_unit_test(an_unreadable_receipt_is_taken_off_the_centre_and_counted),
        cmocka_unit_test(a_proof_of_receipt_is_handed_on_with_its_sender),
        cmocka_unit_test(what_could_not_be_stored_is_asked_for_again),
        cmocka_unit_test(deliveries_are_handed_on_while_others_wait_to_be_stored),
        cmocka_unit_test(a_ticket_of_a_lost_connection_says_nothing_in_the_next),
        cmocka_unit_test(a_proof_in_the_answer_to_a_submission_is_a_message_too),
    };
    return cmocka_run_group_tests_name("SMPP deliveries", tests, NULL, NULL);
}
