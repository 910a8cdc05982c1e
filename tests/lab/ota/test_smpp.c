/* SPDX-License-Identifier: Apache-2.0 */
/* The laboratory's SMPP codec and its texts: a published PDU, refusals, receipts, validity periods.
 * [SMPP 3.4 4, 5.3, 7.1.1, appendix B; vectors: a PDU accepted by osmo-msc and node smpp] */
#include "smsc/fault.h"
#include "smsc/receipt.h"
#include "smsc/smpp/octets.h"
#include "smsc/smpp/smpp.h"
#include "support/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void a_foreign_submit_sm_is_read_and_written_octet_for_octet(void **state)
{
    json_t *all = vectors_or_skip();
    struct octets pdu =
        octets_of(json_array_get(json_object_get(json_object_get(all, "sms"), "submit_pdu_smpp"), 0), "pdu");
    struct smpp_message m;
    uint8_t out[VECTOR_MAX];
    (void)state;
    assert_int_equal(smpp_read_message(pdu.at, pdu.len, &m), ESME_ROK);
    assert_string_equal(m.from.digits, "12345");
    assert_string_equal(m.to.digits, "491700000001");
    assert_int_equal(m.esm_class, ESM_UDHI);
    assert_int_equal(m.protocol_id, 0x7F);
    assert_int_equal(m.data_coding, 0xF6);
    assert_int_equal(m.body_len, 45);
    assert_int_equal(smpp_write_message(SMPP_SUBMIT_SM, smpp_read_header(pdu.at).sequence, &m, out), pdu.len);
    assert_memory_equal(out, pdu.at, pdu.len);
    json_decref(all);
}

static size_t sample(uint8_t *pdu)
{
    struct smpp_message m = {.esm_class = 4, .message_state = STATE_DELIVERED, .network_error = {3, 0, 0xD5}};
    strcpy(m.from.digits, "49170");
    strcpy(m.to.digits, "1234");
    strcpy(m.receipted_id, "00000001");
    m.body = (const uint8_t *)"hello";
    m.body_len = 5;
    return smpp_write_message(SMPP_DELIVER_SM, 9, &m, pdu);
}

static void no_prefix_of_a_message_is_read_as_a_whole_one(void **state)
{
    uint8_t pdu[256];
    struct smpp_message m;
    size_t n = sample(pdu), tlvs = 0;
    (void)state;
    assert_int_equal(smpp_read_message(pdu, n, &m), ESME_ROK);
    assert_int_equal(m.message_state, STATE_DELIVERED);
    assert_string_equal(m.receipted_id, "00000001");
    assert_int_equal(m.network_error[2], 0xD5);
    for (size_t len = SMPP_HEADER; len < n; len++) {
        uint8_t *exact = malloc(len);
        assert_non_null(exact);
        memcpy(exact, pdu, len);
        tlvs += smpp_read_message(exact, len, &m) == ESME_ROK;
        free(exact);
    }
    assert_int_equal(tlvs, 3); /* the ends between the optional TLVs are whole messages */
}

static void overlong_strings_name_the_field_that_is_wrong(void **state)
{
    static const struct {
        size_t from, to;
        enum smpp_status status;
    } cases[] = {{0, 6, ESME_RINVSERTYP}, {3, 24, ESME_RINVSRCADR}, {6, 28, ESME_RINVDSTADR}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t pdu[128] = {0};
        struct smpp_message m;
        memset(pdu + SMPP_HEADER + cases[i].from, '1', cases[i].to - cases[i].from);
        assert_int_equal(smpp_read_message(pdu, sizeof pdu, &m), cases[i].status);
    }
}

static void payload_and_short_message_exclude_each_other(void **state)
{
    uint8_t pdu[512], big[300] = {1, 2, 3};
    struct smpp_message m = {.body = big, .body_len = sizeof big}, back;
    size_t n = smpp_write_message(SMPP_SUBMIT_SM, 1, &m, pdu);
    (void)state;
    assert_int_equal(smpp_read_message(pdu, n, &back), ESME_ROK);
    assert_int_equal(back.body_len, sizeof big);
    assert_memory_equal(back.body, big, sizeof big);
    n = sample(pdu);
    memcpy(pdu + n, "\x04\x24\x00\x01\x00", 5);
    assert_int_equal(smpp_read_message(pdu, n + 5, &back), ESME_RINVMSGLEN);
    memcpy(pdu + n, "\x04\x27\x00\x09\x00", 5);
    assert_int_equal(smpp_read_message(pdu, n + 5, &back), ESME_RINVOPTPARSTREAM);
    memcpy(pdu + n, "\x04\x23\x00\x01\x00", 5);
    assert_int_equal(smpp_read_message(pdu, n + 5, &back), ESME_RINVPARLEN);
}

static void a_bind_is_read_and_every_prefix_refused(void **state)
{
    struct smpp_bind b = {.system_id = "esme",
                          .password = "secret",
                          .system_type = "tsm",
                          .address_range = "1234"},
                     back;
    uint8_t pdu[128];
    size_t n = smpp_write_bind(&b, 1, pdu);
    (void)state;
    assert_int_equal(smpp_read_bind(pdu, n, &back), ESME_ROK);
    assert_string_equal(back.password, "secret");
    assert_string_equal(back.address_range, "1234");
    for (size_t len = SMPP_HEADER; len < n; len++)
        assert_int_not_equal(smpp_read_bind(pdu, len, &back), ESME_ROK);
    assert_int_equal(smpp_read_bind(pdu, n + 1, &back), ESME_RINVCMDLEN);
}

static void a_receipt_has_the_customary_text(void **state)
{
    struct receipt r = {
        .id = "0000000A1F", .state = STATE_DELIVERED, .submitted = 1700000000, .done = 1700000060};
    char text[RECEIPT_MAX_TEXT];
    (void)state;
    size_t n = receipt_write(&r, text);
    assert_int_equal(n, strlen(text));
    assert_string_equal(text, "id:0000000A1F sub:001 dlvrd:001 submit date:2311142213 done date:2311142214 "
                              "stat:DELIVRD err:000 text:");
    r.state = STATE_UNDELIVERABLE;
    r.error = 0xD5;
    receipt_write(&r, text);
    assert_non_null(strstr(text, "dlvrd:000"));
    assert_non_null(strstr(text, "stat:UNDELIV err:213"));
}

static void validity_periods_are_relative_or_absolute(void **state)
{
    const time_t now = 1700000000; /* 2023-11-14 22:13:20 UTC */
    static const char *const bad[] = {
        "1", "231114221320", "23111422132000X+", "231114221320000X", "241301000000000+", "xx0000000100000R"};
    long s = 0;
    (void)state;
    assert_true(validity_read("", now, 77, &s));
    assert_int_equal(s, 77);
    assert_true(validity_read("000002030405000R", now, 0, &s));
    assert_int_equal(s, 2 * 86400 + 3 * 3600 + 4 * 60 + 5);
    assert_true(validity_read("231114221330000+", now, 0, &s));
    assert_int_equal(s, 10);
    assert_true(validity_read("231114231330004+", now, 0, &s)); /* one hour ahead of UTC */
    assert_int_equal(s, 10);
    assert_true(validity_read("231114211330004-", now, 0, &s));
    assert_int_equal(s, 10);
    assert_true(validity_read("221114221330000+", now, 0, &s)); /* past */
    assert_int_equal(s, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(validity_read(bad[i], now, 0, &s));
}

static void fault_names_are_checked(void **state)
{
    struct smsc_faults f = {0};
    (void)state;
    assert_true(smsc_faults_parse("lose-receipts,slow-20,drop-3,down-after-7", &f));
    assert_true(f.lose_receipts && f.slow_ms == 20 && f.drop_every == 3 && f.down_after == 7);
    assert_false(smsc_faults_parse("slow-", &f));
    assert_false(smsc_faults_parse("slow-99999999999", &f));
    assert_false(smsc_faults_parse("lose", &f));
    assert_false(smsc_faults_parse("lose-receipts2", &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foreign_submit_sm_is_read_and_written_octet_for_octet),
        cmocka_unit_test(no_prefix_of_a_message_is_read_as_a_whole_one),
        cmocka_unit_test(overlong_strings_name_the_field_that_is_wrong),
        cmocka_unit_test(payload_and_short_message_exclude_each_other),
        cmocka_unit_test(a_bind_is_read_and_every_prefix_refused),
        cmocka_unit_test(a_receipt_has_the_customary_text),
        cmocka_unit_test(validity_periods_are_relative_or_absolute),
        cmocka_unit_test(fault_names_are_checked),
    };
    return cmocka_run_group_tests_name("lab/ota/smpp", tests, NULL, NULL);
}
