/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT, DELETE, SET STATUS, and what is said of commands in words. Unit test of gp/command. */
#include <stdio.h>
#include <string.h>

#include "gp/command/delete.h"
#include "gp/command/describe.h"
#include "gp/command/get_status.h"
#include "gp/command/select.h"
#include "gp/command/set_status.h"
#include "rig.h"

enum { ROOM = 256 };

static enum tsm_err read_fci(struct bytes in)
{
    struct select_fci fci;
    return select_fci_read(in, &fci);
}

static void select_by_name_or_the_issuer_domain(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(select_write(BYTES_NONE, &w));
    assert_hex(written(&w), "00A4040000");
    w.len = 0;
    assert_ok(select_write(HEX("A000000151000000"), &w));
    assert_hex(written(&w), "00A4040008A00000015100000000");
    assert_err(select_write(HEX("A000"), &w), TSM_BAD_LENGTH);
}

/* source: martinpaljak/GlobalPlatformPro discover-jcop4.dump */
static void the_control_information_of_a_real_card_is_read_and_written_back(void **state)
{
    static const char answer[] = "6F108408A000000151000000A5049F6501FF";
    struct octets o = octets_of(answer);
    struct select_fci fci;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(select_fci_read(octets_bytes(&o), &fci));
    assert_hex(fci.aid, "A000000151000000");
    assert_int_equal(fci.max_data, 255);
    assert_ok(select_fci_write(&fci, &w));
    assert_hex(written(&w), answer);
    assert_refuses_prefixes_and_tail(read_fci, answer);
    assert_err(read_fci(HEX("610A8408A000000151000000")), TSM_BAD_VALUE);
    assert_err(read_fci(HEX("6F06A5049F6501FF")), TSM_MISSING_FIELD);
}

static void delete_names_content_and_what_is_made_from_it(void **state)
{
    struct gp_delete back, d = {.aid = HEX("01020304050607")};
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(delete_write(&d, &w));
    assert_hex(written(&w), "80E40000094F070102030405060700");
    w.len = 0;
    d.related = true;
    d.token = HEX("AABB");
    d.token_iin = HEX("4711");
    assert_ok(delete_write(&d, &w));
    assert_hex(written(&w), "80E4008013 4F0701020304050607 B60442024711 9E02AABB 00");
    assert_ok(delete_read(0x80, BYTES_OF(out + 5, w.len - 6), &back));
    assert_true(back.related);
    assert_hex(back.token, "AABB");
    assert_hex(back.token_iin, "4711");
    assert_err(delete_read(0, HEX("4F04A0000000"), &back), TSM_BAD_LENGTH);
    assert_err(delete_read(0, HEX("9E01AA"), &back), TSM_MISSING_FIELD);
}

static void delete_key_never_means_every_key(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(delete_key_write(0x31, 0, &w));
    assert_hex(written(&w), "80E4000003D2013100");
    w.len = 0;
    assert_ok(delete_key_write(0x31, 2, &w));
    assert_hex(written(&w), "80E4000006D00102D2013100");
    assert_err(delete_key_write(0, 0, &w), TSM_BAD_VALUE);
}

static void set_status_locks_and_unlocks(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(
        set_status_write(SET_STATUS_APPLICATION, LIFE_SELECTABLE | LIFE_LOCKED_BIT, HEX("A000000001"), &w));
    assert_hex(written(&w), "80F0408705A000000001");
    w.len = 0;
    assert_ok(set_status_write(SET_STATUS_CARD, LIFE_CARD_SECURED, BYTES_NONE, &w));
    assert_hex(written(&w), "80F0800F");
    assert_err(set_status_write(SET_STATUS_APPLICATION, 0x87, BYTES_NONE, &w), TSM_BAD_LENGTH);
    assert_err(set_status_write((enum set_status_type)0x20, 0x87, HEX("A000000001"), &w), TSM_BAD_VALUE);
}

static void a_card_is_not_terminated_by_the_way(void **state)
{
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(set_status_write(SET_STATUS_CARD, LIFE_CARD_TERMINATED, BYTES_NONE, &w), TSM_BAD_VALUE);
    assert_ok(set_status_terminate(&w));
    assert_hex(written(&w), "80F080FF");
}

static const struct {
    const char *capdu, *text;
} lines[] = {
    {"00A4040000", "SELECT issuer security domain"},
    {"00A4040008A00000015100000000", "SELECT A000000151000000"},
    {"80E6020003 AABBCC 00", "INSTALL [for load] 3 octets"},
    {"80E602000B 06A0000000010100000000 00", "INSTALL [for load] load file A00000000101"},
    {"80E60C001F 06A00000000101 07A0000000010101 07A0000000010102 0100 03C90101 0177 00",
     "INSTALL [for install and make selectable] A0000000010102 load file A00000000101 module A0000000010101 "
     "privileges "
     "00, parameters of 3 octets, token"},
    {"80E620000D 0000 07A0000000010102 000000 00", "INSTALL [for personalization] A0000000010102"},
    {"80E8800103AABBCC00", "LOAD block 1 (last), 3 octets"},
    {"80E40080094F070102030405060700", "DELETE 01020304050607 with what is made from it"},
    {"80E4000006D00102D2013100", "DELETE [key] version 31 identifier 02"},
    {"80F24002024F0000", "GET STATUS of applications and domains"},
    {"80F22003074F05A00000000100", "GET STATUS of load files A000000001, next"},
    {"80F0408705A000000001", "SET STATUS of application or domain to 87 A000000001"},
    {"80CA9F7F00", "GET DATA 9F7F production life cycle"},
    {"80CA00C100", "GET DATA C1"},
    {"80E2680008 8000 05 0102030405", "STORE DATA block 0, 8 octets, encrypted: 8000 (5)"},
    {"80E2880102A0A1", "STORE DATA block 1 (last), 2 octets"},
    {"80D8008114 31 8810FAC3AF9FB177982EABA2E63D9EF03986 00 00", "PUT KEY version 31 from identifier 1, AES"},
    {"80D8008118 31 881110FAC3AF9FB177982EABA2E63D9EF0398603C1CCDA 00",
     "PUT KEY version 31 from identifier 1, AES check value C1CCDA"},
    {"80D800010A 70 A103C1C2C3 A00103 00 00", "PUT KEY version 70 from identifier 1, RSA public key"},
    {"80D8730108 73 B0010A F0010000 00",
     "PUT KEY version 73 from identifier 1 in place of 73, ECC public key"},
    {"8050300008B13E5F938FC108C400", "INITIALIZE UPDATE key version 30"},
    {"84821100107D5F5826A993EBC89EEA24957FA0B3CE", "EXTERNAL AUTHENTICATE level 11"},
    {"00C0000010", "GET RESPONSE"},
    {"8070000001", "command 80 70 00 00, 0 octets"},
    {"80E6", "no command: 2 octets"},
};

static void commands_are_told_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct octets o = octets_of(lines[i].capdu);
        char text[GP_DESCRIBE_MAX];
        size_t n = gp_describe(octets_bytes(&o), text, sizeof text);
        assert_string_equal(text, lines[i].text);
        assert_int_equal(n, strlen(text));
    }
}

/* Contents are marked by 5EC4E7 and must not show in any line, cut at any place. */
static void secrets_never_show_in_a_line(void **state)
{
    static const char *const commands[] = {
        "80D8008118 31 8811105EC4E75EC4E75EC4E75EC4E75EC4E75E03C1CCDA 00",
        "80E2680008 8000 05 5EC4E75EC4",
        "80E2080008 8000 05 5EC4E75EC4",
        "80E2000003 5EC4E7",
        "80E8000003 5EC4E7 00",
        "84E2000003 5EC4E7",
        "8099000003 5EC4E7",
        "80E60C0022 06A00000000101 07A0000000010101 07A0000000010102 0100 06C9045EC4E701 0177 00",
        "80500000085EC4E75EC4E75EC400",
    };
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct octets o = octets_of(commands[i]);
        for (size_t n = 0; n <= o.len; n++) {
            char text[GP_DESCRIBE_MAX];
            gp_describe(BYTES_OF(o.at, n), text, sizeof text);
            assert_null(strstr(text, "5EC4"));
            assert_null(strstr(text, "C4E7"));
        }
    }
}

static void a_line_is_cut_to_the_room_it_has(void **state)
{
    struct octets o = octets_of("80E40080094F070102030405060700");
    (void)state;
    for (size_t cap = 1; cap < 60; cap++) {
        char text[64];
        memset(text, 'x', sizeof text);
        assert_true(gp_describe(octets_bytes(&o), text, cap) < cap);
        assert_int_equal(text[strlen(text)], 0);
        assert_true(strlen(text) < cap);
        assert_int_equal(text[cap], 'x');
    }
    assert_int_equal(gp_describe(octets_bytes(&o), NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_by_name_or_the_issuer_domain),
        cmocka_unit_test(the_control_information_of_a_real_card_is_read_and_written_back),
        cmocka_unit_test(delete_names_content_and_what_is_made_from_it),
        cmocka_unit_test(delete_key_never_means_every_key),
        cmocka_unit_test(set_status_locks_and_unlocks),
        cmocka_unit_test(a_card_is_not_terminated_by_the_way),
        cmocka_unit_test(commands_are_told_in_words),
        cmocka_unit_test(secrets_never_show_in_a_line),
        cmocka_unit_test(a_line_is_cut_to_the_room_it_has),
    };
    return cmocka_run_group_tests_name("gp/commands", tests, NULL, NULL);
}
