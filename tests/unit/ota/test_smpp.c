/* SPDX-License-Identifier: Apache-2.0 */
/* SMPP 3.4: PDUs both ways, strict bounds, error classes. Unit test of ota/smpp.
 * [SMPP 3.4] */
#include "ota/smpp/smpp.h"

#include <string.h>

#include "../vectors.h"

enum { ROOM = 1024, MESSAGE_UNDELIVERABLE = 5 };

static struct bytes put(const struct smpp_pdu *p, uint8_t buffer[ROOM])
{
    struct writer w = {buffer, 0, ROOM};
    assert_ok(smpp_write(p, &w));
    return written(&w);
}

/* Written, read and written again gives the same octets; no strict prefix is read, nor one octet more. */
static struct smpp_pdu round_trip(const struct smpp_pdu *p)
{
    static uint8_t first[ROOM], again[ROOM];
    struct bytes pdu = put(p, first);
    struct smpp_pdu back, other;
    size_t len;
    assert_ok(smpp_read(pdu, &back));
    assert_true(bytes_equal(put(&back, again), pdu));
    assert_ok(smpp_frame(pdu, &len));
    assert_int_equal(len, pdu.len);
    for (size_t n = 0; n < pdu.len; n++)
        assert_int_not_equal(smpp_read(BYTES_OF(first, n), &other), TSM_OK);
    first[pdu.len] = 0;
    assert_err(smpp_read(BYTES_OF(first, pdu.len + 1), &other), TSM_TRAILING_BYTES);
    return back;
}

static struct smpp_pdu bind_pdu(uint32_t id)
{
    struct smpp_pdu p = {.id = id, .sequence = 1};
    strcpy(p.bind.system_id, "esme");
    assert_ok(secret_set(&p.bind.password, bytes_of_text("password")));
    strcpy(p.bind.system_type, "OTA");
    p.bind.interface_version = SMPP_VERSION;
    return p;
}

/* By hand from the field tables of SMPP 3.4 4.1.5 */
static void a_bind_has_the_octets_of_the_standard(void **state)
{
    struct smpp_pdu p = bind_pdu(SMPP_BIND_TRANSCEIVER);
    uint8_t buffer[ROOM];
    (void)state;
    assert_hex(put(&p, buffer),
               "00000026 00000009 00000000 00000001 65736D6500 70617373776F726400 4F544100 34 00 00 "
               "00");
}

static void every_bind_and_its_answer_come_back(void **state)
{
    static const uint32_t ids[] = {SMPP_BIND_RECEIVER, SMPP_BIND_TRANSMITTER, SMPP_BIND_TRANSCEIVER};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct smpp_pdu p = bind_pdu(ids[i]), back = round_trip(&p);
        assert_string_equal(back.bind.system_id, "esme");
        assert_true(bytes_equal(secret_bytes(&back.bind.password), bytes_of_text("password")));
        p = (struct smpp_pdu){.id = ids[i] | SMPP_RESP, .sequence = 1};
        strcpy(p.bind_resp.system_id, "smsc");
        p.bind_resp.has_version = true;
        p.bind_resp.version = SMPP_VERSION;
        back = round_trip(&p);
        assert_int_equal(back.bind_resp.version, SMPP_VERSION);
    }
}

static struct smpp_pdu message(uint32_t id)
{
    struct smpp_pdu p = {.id = id, .sequence = 7};
    strcpy(p.sm.source.digits, "12345");
    p.sm.destination = (struct smpp_address){1, 1, "491700000001"};
    p.sm.esm_class = SMPP_ESM_UDHI;
    p.sm.protocol_id = 0x7F;
    p.sm.data_coding = 0xF6;
    p.sm.registered_delivery = SMPP_REGISTERED_FINAL;
    return p;
}

/* By hand from the field table of SMPP 3.4 4.4.1 */
static void a_submit_has_the_octets_of_the_standard(void **state)
{
    struct smpp_pdu p = message(SMPP_SUBMIT_SM);
    uint8_t buffer[ROOM];
    (void)state;
    p.sm.message = HEX("027000AABB");
    assert_hex(put(&p, buffer),
               "00000037 00000004 00000000 00000007 00 00 00 313233343500 01 01 34393137303030303030303100 "
               "40 7F 00 00 00 01 00 F6 00 05 027000AABB");
}

static void a_message_in_either_field_comes_back(void **state)
{
    static const uint32_t ids[] = {SMPP_SUBMIT_SM, SMPP_DELIVER_SM, SMPP_DATA_SM};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int payload = ids[i] == SMPP_DATA_SM; payload < 2; payload++) {
            struct smpp_pdu p = message(ids[i]), back;
            p.sm.message = HEX("02710000 0E0AB000110000000000000001612F");
            p.sm.payload = payload;
            if (ids[i] == SMPP_DATA_SM)
                p.sm.protocol_id = 0; /* it has no such field */
            back = round_trip(&p);
            assert_int_equal(back.sm.payload, payload);
            assert_hex(back.sm.message, "027100000E0AB000110000000000000001612F");
            assert_string_equal(back.sm.destination.digits, "491700000001");
        }
}

static void the_parameters_of_a_receipt_come_back(void **state)
{
    struct smpp_pdu p = message(SMPP_DELIVER_SM), back;
    (void)state;
    p.sm.esm_class = SMPP_ESM_RECEIPT;
    strcpy(p.sm.receipted_id, "A1B2");
    p.sm.message_state = MESSAGE_UNDELIVERABLE;
    p.sm.has_network_error = true;
    p.sm.network_type = 3;
    p.sm.network_error = 0x0102;
    back = round_trip(&p);
    assert_string_equal(back.sm.receipted_id, "A1B2");
    assert_int_equal(back.sm.message_state, MESSAGE_UNDELIVERABLE);
    assert_int_equal(back.sm.network_error, 0x0102);
}

static void answers_to_messages_come_back(void **state)
{
    static const uint32_t ids[] = {SMPP_SUBMIT_SM, SMPP_DELIVER_SM, SMPP_DATA_SM};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct smpp_pdu p = {.id = ids[i] | SMPP_RESP, .sequence = 8}, back;
        strcpy(p.sm_resp.message_id, "1234567890");
        strcpy(p.sm_resp.info, "too fast");
        p.sm_resp.payload = HEX("027100");
        back = round_trip(&p);
        assert_string_equal(back.sm_resp.message_id, "1234567890");
        assert_string_equal(back.sm_resp.info, "too fast");
        assert_hex(back.sm_resp.payload, "027100");
    }
}

static void pdus_without_a_body_come_back(void **state)
{
    static const uint32_t ids[] = {SMPP_ENQUIRE_LINK, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_UNBIND,
                                   SMPP_UNBIND | SMPP_RESP, SMPP_GENERIC_NACK};
    (void)state;
    for (unsigned i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct smpp_pdu p = {.id = ids[i], .status = i, .sequence = 9}, back = round_trip(&p);
        assert_int_equal(back.status, i);
    }
}

static void a_refusing_answer_may_end_behind_its_head(void **state)
{
    struct smpp_pdu p;
    (void)state;
    assert_ok(smpp_read(HEX("00000010 80000004 00000058 00000001"), &p));
    assert_int_equal(smpp_error_class(p.status), SMPP_CLASS_THROTTLE);
    assert_string_equal(p.sm_resp.message_id, "");
    assert_err(smpp_read(HEX("00000010 80000004 00000000 00000001"), &p), TSM_SHORT_INPUT);
    assert_err(smpp_read(HEX("00000010 00000004 00000001 00000001"), &p), TSM_SHORT_INPUT);
}

static void frames_are_measured_before_they_are_read(void **state)
{
    size_t len;
    (void)state;
    assert_err(smpp_frame(HEX("000000"), &len), TSM_SHORT_INPUT);
    assert_err(smpp_frame(HEX("0000000F"), &len), TSM_BAD_LENGTH);
    assert_err(smpp_frame(HEX("00001001"), &len), TSM_BAD_LENGTH);
    assert_err(smpp_frame(HEX("FFFFFFFF"), &len), TSM_BAD_LENGTH);
    assert_ok(smpp_frame(HEX("00001000"), &len));
    assert_int_equal(len, SMPP_PDU_MAX);
}

static void an_unknown_command_leaves_its_head_readable(void **state)
{
    struct bytes pdu = HEX("00000010 00000021 00000000 0000002A");
    struct smpp_pdu p;
    (void)state;
    assert_err(smpp_read(pdu, &p), TSM_UNSUPPORTED);
    assert_ok(smpp_read_head(pdu, &p));
    assert_int_equal(p.sequence, 42);
}

/* A deliver_sm with an empty message, to which the parameters of `tail` are appended. */
static enum tsm_err deliver_with(const char *tail)
{
    struct smpp_pdu p = message(SMPP_DELIVER_SM), back;
    uint8_t buffer[ROOM];
    struct octets t = octets_of(tail);
    struct bytes pdu = put(&p, buffer);
    memcpy(buffer + pdu.len, t.at, t.len);
    buffer[2] = (uint8_t)((pdu.len + t.len) >> 8);
    buffer[3] = (uint8_t)(pdu.len + t.len);
    return smpp_read(BYTES_OF(buffer, pdu.len + t.len), &back);
}

static void odd_parameters_are_passed_over_and_broken_ones_refused(void **state)
{
    (void)state;
    assert_ok(deliver_with("1403000101"));
    assert_ok(deliver_with("0424000101"));
    assert_ok(deliver_with("001E0003 414200"));
    assert_ok(deliver_with("001E0002 4142")); /* without its final 0 */
    assert_err(deliver_with("04240002AA"), TSM_SHORT_INPUT);
    assert_err(deliver_with("0424"), TSM_SHORT_INPUT);
    assert_err(deliver_with("0424000101 0424000102"), TSM_DUPLICATE_TAG);
    assert_err(deliver_with("0427000101 0427000102"), TSM_DUPLICATE_TAG);
    assert_err(deliver_with("04270002 0101"), TSM_BAD_LENGTH);
    assert_err(deliver_with("04230002 0101"), TSM_BAD_LENGTH);
    assert_err(deliver_with("001E0003 410042"), TSM_BAD_VALUE);
}

static void texts_must_end_within_their_field(void **state)
{
    struct smpp_pdu p;
    (void)state;
    assert_err(smpp_read(HEX("00000022 80000004 00000000 00000001 4142434445464748494A4B4C4D4E4F505152"), &p),
               TSM_SHORT_INPUT);
    assert_err(smpp_read(HEX("00000022 80000009 00000000 00000001 4142434445464748494A4B4C4D4E4F505100"), &p),
               TSM_TOO_LONG);
}

static void values_that_no_reader_takes_are_not_written(void **state)
{
    struct smpp_pdu p = message(SMPP_SUBMIT_SM);
    static uint8_t big[SMPP_PDU_MAX];
    uint8_t buffer[64];
    struct writer w = WRITER(buffer);
    (void)state;
    assert_err(smpp_write(&p, &(struct writer){buffer, 0, 20}), TSM_NO_ROOM);
    p.sm.message = BYTES_OF(big, 255);
    assert_err(smpp_write(&p, &w), TSM_TOO_LONG);
    memset(p.sm.source.digits, '1', sizeof p.sm.source.digits);
    assert_err(smpp_write(&p, &w), TSM_BAD_VALUE);
    p = bind_pdu(SMPP_BIND_RECEIVER);
    p.bind.password.len = SMPP_PASSWORD_MAX + 1;
    assert_err(smpp_write(&p, &w), TSM_BAD_VALUE);
    p = message(SMPP_DATA_SM);
    p.sm.message = BYTES_OF(big, 4); /* and not as payload, where data_sm has it */
    p.sm.payload = false;
    assert_err(smpp_write(&p, &w), TSM_BAD_VALUE);
    p.id = 0x21;
    assert_err(smpp_write(&p, &w), TSM_UNSUPPORTED);
    assert_int_equal(w.len, 0);
}

static void errors_fall_into_their_classes(void **state)
{
    (void)state;
    assert_int_equal(smpp_error_class(ESME_ROK), SMPP_CLASS_OK);
    assert_int_equal(smpp_error_class(ESME_RTHROTTLED), SMPP_CLASS_THROTTLE);
    assert_int_equal(smpp_error_class(ESME_RMSGQFUL), SMPP_CLASS_THROTTLE);
    assert_int_equal(smpp_error_class(ESME_RSYSERR), SMPP_CLASS_RETRY);
    assert_int_equal(smpp_error_class(ESME_RX_T_APPN), SMPP_CLASS_RETRY);
    assert_int_equal(smpp_error_class(ESME_RINVDSTADR), SMPP_CLASS_PERMANENT);
    assert_int_equal(smpp_error_class(0x45), SMPP_CLASS_PERMANENT);
    assert_int_equal(smpp_error_class(0x0E), SMPP_CLASS_BIND);
    assert_int_equal(smpp_error_class(0x0400), SMPP_CLASS_RETRY);
    assert_string_equal(smpp_error_name(ESME_RTHROTTLED), "ESME_RTHROTTLED");
    assert_string_equal(smpp_error_name(0x0400), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bind_has_the_octets_of_the_standard),
        cmocka_unit_test(every_bind_and_its_answer_come_back),
        cmocka_unit_test(a_submit_has_the_octets_of_the_standard),
        cmocka_unit_test(a_message_in_either_field_comes_back),
        cmocka_unit_test(the_parameters_of_a_receipt_come_back),
        cmocka_unit_test(answers_to_messages_come_back),
        cmocka_unit_test(pdus_without_a_body_come_back),
        cmocka_unit_test(a_refusing_answer_may_end_behind_its_head),
        cmocka_unit_test(frames_are_measured_before_they_are_read),
        cmocka_unit_test(an_unknown_command_leaves_its_head_readable),
        cmocka_unit_test(odd_parameters_are_passed_over_and_broken_ones_refused),
        cmocka_unit_test(texts_must_end_within_their_field),
        cmocka_unit_test(values_that_no_reader_takes_are_not_written),
        cmocka_unit_test(errors_fall_into_their_classes),
    };
    return cmocka_run_group_tests_name("ota/smpp", tests, NULL, NULL);
}
