/* SPDX-License-Identifier: Apache-2.0 */
/* End to end over the laboratory's air: an ESME wraps a script, the SMSC carries it, the UICC answers by
 * proof of receipt. Child processes, loopback only. [TS 102 225; TS 31.115; SMPP 3.4] */
#include "support/air.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct air air;

static int tear_down(void **state)
{
    (void)state;
    air_stop(&air);
    return 0;
}

static void a_script_to_the_isd_is_answered_by_proof_of_receipt(void **state)
{
    (void)state;
    air_start(&air, "", "");
    child_line(&air.uicc, "bound 491700000001");
    air_submit_script(&air, "80ca005a00");
    struct opened r = air_receive_por(&air, POR_OK);
    assert_int_equal(r.counter, 1);
    air_expect_data(&r, "0190005a0a989400000000000010f8");
}

static void an_expanded_script_is_answered_in_its_format(void **state)
{
    (void)state;
    air_start(&air, "", "");
    air_submit_script(&air, "aa0a220880f28002024f0000");
    struct opened r = air_receive_por(&air, POR_OK);
    air_expect_data(&r, "ab0f800101230ae3064f01a09f700f9000");
}

static void triple_des_cards_answer_too(void **state)
{
    (void)state;
    air_start(&air, "", "--key-type des");
    air.wrap.kic = air.wrap.kid = 0x15;
    air.wrap.keys.kic.type = air.wrap.keys.kid.type = KEY_TYPE_DES;
    air_submit_script(&air, "80f28002024f0000");
    struct opened r = air_receive_por(&air, POR_OK);
    air_expect_data(&r, "019000e3064f01a09f700f");
}

static void submit_segments(const uint8_t *packet, size_t n, const int *order)
{
    static const uint8_t first[] = {7, 0, 3, 0x21, 2, 1, 0x70, 0}, second[] = {5, 0, 3, 0x21, 2, 2};
    uint8_t ud[2][140];
    memcpy(ud[0], first, 8);
    memcpy(ud[0] + 8, packet, 132);
    memcpy(ud[1], second, 6);
    memcpy(ud[1] + 6, packet + 132, n - 132);
    for (int i = 0; i < 2; i++)
        air_submit_user_data(&air, ud[order[i]], order[i] == 0 ? 140 : 6 + n - 132);
}

static void a_concatenated_command_works_in_both_orders(void **state)
{
    static const int orders[2][2] = {{0, 1}, {1, 0}};
    uint8_t script[240] = {0}, packet[512];
    (void)state;
    air_start(&air, "", "");
    for (size_t i = 0; i < 24; i++)
        memcpy(script + i * 7, "\x00\xA4\x08\x04\x02\x2F\xE2", 7);
    for (int i = 0; i < 2; i++) {
        air.wrap.counter++;
        submit_segments(packet, wrap_command(&air.wrap, script, 24 * 7, packet), orders[i]);
        struct opened r = air_receive_por(&air, POR_OK);
        air_expect_data(&r, "189000");
    }
}

static void a_card_with_little_memory_refuses_a_long_command(void **state)
{
    static const int order[2] = {0, 1};
    uint8_t script[240] = {0}, packet[512];
    (void)state;
    air_start(&air, "", "--quirk max-segments-1");
    air.wrap.counter++;
    submit_segments(packet, wrap_command(&air.wrap, script, 200, packet), order);
    air_receive_por(&air, POR_NO_MEMORY);
}

static void proofs_of_receipt_by_submit_reach_the_short_code(void **state)
{
    (void)state;
    air_start(&air, "", "");
    air.wrap.spi2 = 0x39;
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_BY_SUBMIT);
    air_receive_por(&air, POR_OK);
}

static void a_long_answer_is_announced_and_comes_in_segments(void **state)
{
    uint8_t joined[512] = {0x02, 0x71, 0x00};
    struct opened r;
    size_t n = 3;
    (void)state;
    air_start(&air, "", "");
    air_submit_script(&air, "80ca00ff00");
    air_receive_por(&air, POR_BY_SUBMIT);
    for (int i = 0; i < 2; i++) {
        struct smpp_message m = peer_deliver(&air.esme, ESME_ROK, NULL, 0);
        size_t header = i == 0 ? 8 : 6;
        memcpy(joined + n, m.body + header, m.body_len - header);
        n += m.body_len - header;
    }
    assert_true(unwrap_response(&air.wrap, joined, n, &r));
    assert_int_equal(r.data_len, 3 + 230);
}

static void reports_go_by_submit_where_the_centre_drops_them(void **state)
{
    (void)state;
    air_start(&air, "--fault lose-por", "--por submit");
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_OK);
}

static void a_silent_card_rejects_and_the_receipt_says_undelivered(void **state)
{
    uint8_t ud[256] = {0x02, 0x70, 0x00};
    (void)state;
    air_start(&air, "", "--quirk silent");
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_OK);
    struct smpp_message m = esme_message("491700000001", air.sent, air.sent_len);
    assert_int_equal(peer_submit(&air.esme, &m, NULL), ESME_ROK); /* a replay */
    struct smpp_message receipt = peer_deliver(&air.esme, ESME_ROK, NULL, 0);
    memcpy(ud, receipt.body, receipt.body_len);
    ud[receipt.body_len] = '\0';
    assert_non_null(strstr((char *)ud, "stat:UNDELIV err:213"));
    assert_int_equal(receipt.network_error[2], FCS_DATA_DOWNLOAD_ERROR);
}

static void a_busy_toolkit_is_tried_again(void **state)
{
    (void)state;
    air_start(&air, "--retry 10", "--fault busy-2");
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_OK);
}

static void a_card_torn_after_execution_sees_the_redelivery_as_a_replay(void **state)
{
    (void)state;
    air_start(&air, "", "--fault tear-1");
    child_line(&air.uicc, "bound 491700000001");
    air_submit_script(&air, "80ca005a00");
    child_line(&air.uicc, "bound 491700000001"); /* it came back, and so does the message */
    air_receive_por(&air, POR_COUNTER_LOW);
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_OK);
}

static void a_handset_comes_back_when_the_centre_was_away(void **state)
{
    char arguments[128];
    (void)state;
    air_start(&air, "", "");
    child_line(&air.uicc, "bound");
    peer_close(&air.esme);
    child_stop(&air.smsc);
    snprintf(arguments, sizeof arguments, "smsc --port %u", air.port);
    air.smsc = child_start(arguments);
    child_line(&air.smsc, "listening");
    child_line(&air.uicc, "bound");
    esme_bind(&air.esme, air.port);
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_OK);
}

/* ---- the contactless face, and many cards in one process ---- */

static size_t vpcd(int fd, const uint8_t *message, size_t n, uint8_t *out)
{
    uint8_t head[2] = {(uint8_t)(n >> 8), (uint8_t)n};
    assert_int_equal(send(fd, head, 2, 0), 2);
    assert_int_equal(send(fd, message, n, 0), n);
    if (n == 1 && message[0] != 4)
        return 0;
    assert_int_equal(recv(fd, head, 2, MSG_WAITALL), 2);
    size_t len = (size_t)head[0] << 8 | head[1];
    assert_true(len <= 256);
    assert_int_equal(recv(fd, out, len, MSG_WAITALL), len);
    return len;
}

static void a_terminal_reads_the_card_while_ota_goes_on(void **state)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x08, 0x04, 0x02, 0x2F, 0xE2},
                         read_it[] = {0x00, 0xB0, 0x00, 0x00, 0x0A};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint8_t out[256];
    (void)state;
    air_start(&air, "", "--listen 0");
    at.sin_port = htons((uint16_t)strtoul(child_line(&air.uicc, "listening 127.0.0.1:"), NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(vpcd(fd, (const uint8_t[]){1}, 1, out), 0);
    assert_int_equal(vpcd(fd, (const uint8_t[]){4}, 1, out), 5);
    assert_int_equal(out[0], 0x3B);
    assert_int_equal(vpcd(fd, select, sizeof select, out), 2);
    air_submit_script(&air, "80ca005a00");
    air_receive_por(&air, POR_OK);
    assert_int_equal(vpcd(fd, read_it, sizeof read_it, out), 12);
    assert_memory_equal(out, "\x00\x11\x22", 3);
    close(fd);
}

static void a_file_of_cards_becomes_a_fleet(void **state)
{
    char path[] = "/tmp/tsm-lab-cards-XXXXXX", arguments[256];
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");
    (void)state;
    assert_non_null(f);
    for (int i = 1; i <= 20; i++)
        fprintf(f,
                "{\"msisdn\":\"4917000000%02d\", \"kic\":\"" AIR_KIC "\",\"kid\":\"" AIR_KID
                "\", \"kvn\":1, \"quirk\":\"%s\"}\n",
                i, i == 1 ? "por-submit" : "talkative");
    fclose(f);
    air.smsc = smsc_start("", &air.port);
    snprintf(arguments, sizeof arguments, "uicc --smsc 127.0.0.1:%u --cards %s", air.port, path);
    air.uicc = child_start(arguments);
    for (int i = 0; i < 20; i++)
        child_line(&air.uicc, "bound 4917000000");
    unlink(path);
    esme_bind(&air.esme, air.port);
    for (int i = 1; i <= 20; i++) {
        char msisdn[16];
        snprintf(msisdn, sizeof msisdn, "4917000000%02d", i);
        struct smpp_message m = esme_message(
            msisdn,
            (const uint8_t *)"\x02\x70\x00\x00\x0E\x0D\x00\x01\x11\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00",
            19);
        assert_int_equal(peer_submit(&air.esme, &m, NULL), ESME_ROK);
        struct smpp_message por = peer_deliver(&air.esme, ESME_ROK, NULL, 0);
        assert_string_equal(por.from.digits, msisdn);
        assert_int_equal(por.body[15], i == 1 ? POR_BY_SUBMIT : POR_LEVEL_TOO_LOW);
        peer_deliver(&air.esme, ESME_ROK, NULL, 0); /* receipt, or the answer by submit */
        if (i == 1)
            peer_deliver(&air.esme, ESME_ROK, NULL, 0);
    }
}

static void unusable_options_and_card_files_are_refused(void **state)
{
    static const char *const bad[] = {"uicc",
                                      "uicc --smsc 127.0.0.1:1 --msisdn 1 --kic 00",
                                      "uicc --smsc 127.0.0.1:1 --msisdn x --kic 00 --kid 00",
                                      "uicc --smsc 127.0.0.1:1 --msisdn 1 --kic 0 --kid 00",
                                      "uicc --smsc 127.0.0.1:1 --cards /nonexistent",
                                      "smsc",
                                      "smsc --port x",
                                      "smsc --port 0 --fault nonsense",
                                      "smsc --port 0 more"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int status = child_end(child_start(bad[i]));
        if (status == 0)
            fail_msg("accepted: %s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_script_to_the_isd_is_answered_by_proof_of_receipt, tear_down),
        cmocka_unit_test_teardown(an_expanded_script_is_answered_in_its_format, tear_down),
        cmocka_unit_test_teardown(triple_des_cards_answer_too, tear_down),
        cmocka_unit_test_teardown(a_concatenated_command_works_in_both_orders, tear_down),
        cmocka_unit_test_teardown(a_card_with_little_memory_refuses_a_long_command, tear_down),
        cmocka_unit_test_teardown(proofs_of_receipt_by_submit_reach_the_short_code, tear_down),
        cmocka_unit_test_teardown(a_long_answer_is_announced_and_comes_in_segments, tear_down),
        cmocka_unit_test_teardown(reports_go_by_submit_where_the_centre_drops_them, tear_down),
        cmocka_unit_test_teardown(a_silent_card_rejects_and_the_receipt_says_undelivered, tear_down),
        cmocka_unit_test_teardown(a_busy_toolkit_is_tried_again, tear_down),
        cmocka_unit_test_teardown(a_card_torn_after_execution_sees_the_redelivery_as_a_replay, tear_down),
        cmocka_unit_test_teardown(a_handset_comes_back_when_the_centre_was_away, tear_down),
        cmocka_unit_test_teardown(a_terminal_reads_the_card_while_ota_goes_on, tear_down),
        cmocka_unit_test_teardown(a_file_of_cards_becomes_a_fleet, tear_down),
        cmocka_unit_test(unusable_options_and_card_files_are_refused),
    };
    return cmocka_run_group_tests_name("lab/ota/air", tests, NULL, NULL);
}
