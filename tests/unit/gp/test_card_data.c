/* SPDX-License-Identifier: Apache-2.0 */
/* The data objects of a card and confirmations of its content management. Unit test of gp/content. */
#include <string.h>

#include "gp/command/get_data.h"
#include "gp/content/confirmation.h"
#include "rig.h"

/* source: martinpaljak/GlobalPlatformPro discover-jcop4.dump */
static const char cplc[] =
    "9F7F2A4790D60047000000000032443429762084480000000000000000150F8234323937360000000000000000";
static const char recognition[] =
    "664D734B06072A864886FC6B01600B06092A864886FC6B020203630906072A864886FC6B03640B06092A86"
    "4886FC6B040370650D060B2A864886FC6B0507020000660C060A2B060104012A026E0103";
static const char keys[] = "E012C00401018810C00402018810C00403018810";

static enum tsm_err read_cplc(struct bytes in)
{
    struct gp_cplc c;
    return cplc_read(in, &c);
}

static enum tsm_err read_recognition(struct bytes in)
{
    struct gp_recognition g;
    return recognition_read(in, &g);
}

static enum tsm_err read_keys(struct bytes in)
{
    struct reader r;
    struct gp_key_info k;
    TRY(key_info_open(in, &r));
    while (r.left.len)
        TRY(key_info_next(&r, &k));
    return TSM_OK;
}

static void get_data_asks_by_tag(void **state)
{
    static const struct {
        uint32_t tag;
        const char *capdu;
    } rows[] = {
        {DATA_CPLC, "80CA9F7F00"}, {DATA_KEYS, "80CA00E000"}, {DATA_APPLICATIONS, "80CA2F00025C0000"}};
    uint8_t out[16];
    struct writer w = WRITER(out);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        w.len = 0;
        assert_ok(get_data_write(rows[i].tag, &w));
        assert_hex(written(&w), rows[i].capdu);
    }
    assert_err(get_data_write(0x10000, &w), TSM_BAD_VALUE);
}

static void the_production_data_of_a_real_card_are_read_and_written_back(void **state)
{
    struct octets o = octets_of(cplc);
    struct gp_cplc c;
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(cplc_read(octets_bytes(&o), &c));
    assert_int_equal(c.fabricator, 0x4790);
    assert_int_equal(c.ic_type, 0xD600);
    assert_int_equal(c.os, 0x4700);
    assert_int_equal(c.fabrication_date, 0x3244);
    assert_int_equal(c.serial, 0x34297620);
    assert_int_equal(c.batch, 0x8448);
    assert_ok(cplc_write(&c, &w));
    assert_hex(written(&w), cplc);
    assert_ok(cplc_read(BYTES_OF(o.at + 3, CPLC_LEN), &c)); /* without the tag */
    assert_refuses_prefixes_and_tail(read_cplc, cplc);
}

static void the_recognition_data_of_a_real_card_name_its_protocol(void **state)
{
    struct octets o = octets_of(recognition);
    struct gp_recognition g;
    (void)state;
    assert_ok(recognition_read(octets_bytes(&o), &g));
    assert_hex(g.version, "0203");
    assert_int_equal(g.protocols, 1);
    assert_int_equal(g.protocol[0].protocol, 3);
    assert_int_equal(g.protocol[0].i, 0x70);
    assert_refuses_prefixes_and_tail(read_recognition, recognition);
}

/* Table H-2: one tag 64 with several identifiers. */
static void several_protocols_in_one_object_are_read_too(void **state)
{
    struct octets o = octets_of("6621731F 6416 06092A864886FC6B04021506092A864886FC6B040370 630506032A8648");
    struct gp_recognition g;
    (void)state;
    assert_ok(recognition_read(octets_bytes(&o), &g));
    assert_int_equal(g.protocols, 2);
    assert_int_equal(g.protocol[0].i, 0x15);
    assert_int_equal(g.protocol[1].i, 0x70);
}

static void the_keys_of_a_real_card_are_read_and_written_back(void **state)
{
    struct octets o = octets_of(keys);
    struct reader r;
    struct gp_key_info k;
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(key_info_open(octets_bytes(&o), &r));
    for (uint8_t kid = 1; kid <= 3; kid++) {
        assert_ok(key_info_next(&r, &k));
        assert_int_equal(k.kid, kid);
        assert_int_equal(k.kvn, 1);
        assert_int_equal(k.components, 1);
        assert_int_equal(k.type[0], 0x88);
        assert_int_equal(k.length[0], 16);
        assert_ok(key_info_write(&k, &w));
    }
    assert_hex(written(&w), "C00401018810C00402018810C00403018810");
    assert_refuses_prefixes_and_tail(read_keys, keys);
}

static void the_extended_key_information_is_read(void **state)
{
    struct octets o = octets_of("E00C C00A 01 70 FFA1 0100 0181 0101");
    struct reader r;
    struct gp_key_info k;
    (void)state;
    assert_ok(key_info_open(octets_bytes(&o), &r));
    assert_ok(key_info_next(&r, &k));
    assert_int_equal(k.type[0], 0xA1);
    assert_int_equal(k.length[0], 256);
    assert_int_equal(k.usage, 0x81);
    assert_int_equal(k.access, 0x01);
}

static void free_memory_is_read(void **state)
{
    struct octets o = octets_of("FF2110 810101 8204000A5B80 83020F60 DE0100");
    struct gp_resources s;
    (void)state;
    assert_ok(resources_read(octets_bytes(&o), &s));
    assert_int_equal(s.applications, 1);
    assert_int_equal(s.free_nonvolatile, 0x0A5B80);
    assert_int_equal(s.free_volatile, 0x0F60);
}

static void the_list_of_applications_is_walked(void **state)
{
    struct octets o = octets_of("6107 4F05A000000001 610A 4F08A000000151000000");
    struct reader r = {octets_bytes(&o)};
    struct bytes aid;
    (void)state;
    assert_ok(application_next(&r, &aid));
    assert_hex(aid, "A000000001");
    assert_ok(application_next(&r, &aid));
    assert_int_equal(r.left.len, 0);
    r = (struct reader){HEX("E3074F05A000000001")};
    assert_err(application_next(&r, &aid), TSM_BAD_VALUE);
}

static void another_data_object_than_asked_is_refused(void **state)
{
    struct bytes value;
    (void)state;
    assert_ok(data_object_read(HEX("C103000427"), DATA_SEQUENCE, &value));
    assert_hex(value, "000427");
    assert_err(data_object_read(HEX("C203000427"), DATA_SEQUENCE, &value), TSM_BAD_VALUE);
    assert_err(data_object_read(HEX("C10300042700"), DATA_SEQUENCE, &value), TSM_TRAILING_BYTES);
}

static void an_empty_answer_and_00_confirm_nothing(void **state)
{
    struct gp_confirmation c;
    (void)state;
    assert_ok(confirmation_read(BYTES_NONE, &c));
    assert_false(c.present);
    assert_ok(confirmation_read(HEX("00"), &c));
    assert_false(c.present);
    assert_err(confirmation_read(HEX("0000"), &c), TSM_TRAILING_BYTES);
}

static void a_confirmation_with_receipt_is_read_as_it_was_written(void **state)
{
    static uint8_t receipt[128];
    struct gp_confirmation back, c = {.present = true,
                                      .receipt = HEX("0102030405060708"),
                                      .counter = 0x0102,
                                      .sd_unique = HEX("4201024503"),
                                      .token_digest = HEX("AABB")};
    uint8_t out[256];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(confirmation_write(&c, &w));
    assert_hex(written(&w), "16 080102030405060708 020102 054201024503 00 02AABB");
    assert_ok(confirmation_read(written(&w), &back));
    assert_int_equal(back.counter, 0x0102);
    assert_hex(back.token_digest, "AABB");
    assert_hex(back.data, "020102 054201024503 00 02AABB");
    w.len = 0;
    c.receipt = BYTES(receipt); /* the length of 128 has two octets */
    assert_ok(confirmation_write(&c, &w));
    assert_ok(confirmation_read(written(&w), &back));
    assert_int_equal(back.receipt.len, 128);
    c = (struct gp_confirmation){.present = true, .receipt = HEX("01"), .sd_unique = HEX("42")};
    w.len = 0;
    assert_ok(confirmation_write(&c, &w));
    for (size_t n = 1; n < w.len; n++)
        assert_err(confirmation_read(BYTES_OF(out, n), &back), TSM_SHORT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get_data_asks_by_tag),
        cmocka_unit_test(the_production_data_of_a_real_card_are_read_and_written_back),
        cmocka_unit_test(the_recognition_data_of_a_real_card_name_its_protocol),
        cmocka_unit_test(several_protocols_in_one_object_are_read_too),
        cmocka_unit_test(the_keys_of_a_real_card_are_read_and_written_back),
        cmocka_unit_test(the_extended_key_information_is_read),
        cmocka_unit_test(free_memory_is_read),
        cmocka_unit_test(the_list_of_applications_is_walked),
        cmocka_unit_test(another_data_object_than_asked_is_refused),
        cmocka_unit_test(an_empty_answer_and_00_confirm_nothing),
        cmocka_unit_test(a_confirmation_with_receipt_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests_name("gp/card_data", tests, NULL, NULL);
}
