/* SPDX-License-Identifier: Apache-2.0 */
/* Delivery receipts and message ids. Unit test of ota/smpp. [SMPP 3.4 appendix B] */
#include "ota/smpp/receipt.h"

#include "../vectors.h"

/* The form of SMPP 3.4 appendix B */
static void a_receipt_text_is_read(void **state)
{
    struct smpp_receipt r;
    (void)state;
    assert_ok(smpp_receipt_read(bytes_of_text("id:0123456789 sub:001 dlvrd:001 submit date:2611220102 done "
                                              "date:2611220103 stat:DELIVRD err:000 text:id:9 stat:EXPIRED"),
                                &r));
    assert_string_equal(r.id, "0123456789");
    assert_int_equal(r.state, RECEIPT_DELIVERED);
    assert_true(r.has_error);
    assert_int_equal(r.error, 0);
}

static void receipts_of_other_centres_are_read(void **state)
{
    struct smpp_receipt r;
    (void)state;
    assert_ok(smpp_receipt_read(bytes_of_text("STAT:undeliv ERR:034  ID:7f3a"), &r));
    assert_string_equal(r.id, "7f3a");
    assert_int_equal(r.state, RECEIPT_UNDELIVERABLE);
    assert_int_equal(r.error, 34);
    assert_ok(smpp_receipt_read(bytes_of_text("id:1 stat:ACCEPTD"), &r));
    assert_false(r.has_error);
}

static void broken_receipts_are_refused(void **state)
{
    struct smpp_receipt r;
    (void)state;
    assert_err(smpp_receipt_read(BYTES_NONE, &r), TSM_MISSING_FIELD);
    assert_err(smpp_receipt_read(bytes_of_text("hello"), &r), TSM_MISSING_FIELD);
    assert_err(smpp_receipt_read(bytes_of_text("id:1"), &r), TSM_MISSING_FIELD);
    assert_err(smpp_receipt_read(bytes_of_text("stat:DELIVRD"), &r), TSM_MISSING_FIELD);
    assert_err(smpp_receipt_read(bytes_of_text("id:1 stat:DONE"), &r), TSM_BAD_VALUE);
    assert_err(smpp_receipt_read(bytes_of_text("id:1 stat:DELIVRDX"), &r), TSM_BAD_VALUE);
    assert_err(smpp_receipt_read(bytes_of_text("id: stat:DELIVRD"), &r), TSM_BAD_VALUE);
    assert_err(smpp_receipt_read(bytes_of_text("id:1 stat:DELIVRD err:0x1"), &r), TSM_BAD_VALUE);
    assert_err(smpp_receipt_read(bytes_of_text("id:1 stat:DELIVRD err:99999"), &r), TSM_BAD_VALUE);
    assert_err(smpp_receipt_read(BYTES_OF((const uint8_t *)"id:1\x01 stat:DELIVRD", 18), &r), TSM_BAD_VALUE);
}

static void a_receipt_that_is_written_is_read(void **state)
{
    (void)state;
    for (int s = RECEIPT_ENROUTE; s <= RECEIPT_REJECTED; s++) {
        struct smpp_receipt r = {"A0B1", (enum receipt_state)s, true, 42}, back;
        uint8_t buffer[128];
        struct writer w = WRITER(buffer);
        assert_ok(smpp_receipt_write(&r, &w));
        assert_ok(smpp_receipt_read(written(&w), &back));
        assert_string_equal(back.id, r.id);
        assert_int_equal(back.state, r.state);
        assert_int_equal(back.error, 42);
        assert_int_equal(smpp_receipt_is_final(r.state), s != RECEIPT_ENROUTE && s != RECEIPT_ACCEPTED);
    }
}

static void an_id_has_one_spelling_whatever_its_base(void **state)
{
    char a[SMPP_MESSAGE_ID_ROOM], b[SMPP_MESSAGE_ID_ROOM];
    (void)state;
    assert_ok(smpp_id_canonical("7F3A", SMPP_ID_HEX, a));
    assert_ok(smpp_id_canonical("0000032570", SMPP_ID_DECIMAL, b));
    assert_string_equal(a, b);
    assert_ok(smpp_id_canonical("ffffffffffffffff", SMPP_ID_HEX, a));
    assert_string_equal(a, "18446744073709551615");
    assert_ok(smpp_id_canonical("a-b_c", SMPP_ID_TEXT, a));
    assert_string_equal(a, "a-b_c");
    assert_err(smpp_id_canonical("10000000000000000", SMPP_ID_HEX, a), TSM_TOO_LONG);
    assert_err(smpp_id_canonical("18446744073709551616", SMPP_ID_DECIMAL, a), TSM_TOO_LONG);
    assert_err(smpp_id_canonical("12A", SMPP_ID_DECIMAL, a), TSM_BAD_FORM);
    assert_err(smpp_id_canonical("0x1", SMPP_ID_HEX, a), TSM_BAD_FORM);
    assert_err(smpp_id_canonical("", SMPP_ID_TEXT, a), TSM_BAD_FORM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_text_is_read),
        cmocka_unit_test(receipts_of_other_centres_are_read),
        cmocka_unit_test(broken_receipts_are_refused),
        cmocka_unit_test(a_receipt_that_is_written_is_read),
        cmocka_unit_test(an_id_has_one_spelling_whatever_its_base),
    };
    return cmocka_run_group_tests_name("ota/receipt", tests, NULL, NULL);
}
