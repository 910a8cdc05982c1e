/* SPDX-License-Identifier: Apache-2.0 */
/* GET STATUS and the registry of the card. Unit test of gp/command/get_status. */
#include <string.h>

#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "rig.h"

/* source: martinpaljak/GlobalPlatformPro scp03-auth-jcop4.dump: the issuer security domain of a JCOP 4 */
static const char jcop_isd[] =
    "E3264F08A0000001510000009F700101C5039AFE80C407A0000001515350CC08A000000151000000";

static enum tsm_err read_tlv(struct bytes in)
{
    struct reader r = READER(in);
    struct gp_registry_entry e;
    TRY(gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_TLV, &e));
    return read_end(&r);
}

static enum tsm_err read_lv_modules(struct bytes in)
{
    struct reader r = READER(in);
    struct gp_registry_entry e;
    TRY(gp_registry_next(&r, STATUS_LOAD_FILES_AND_MODULES, STATUS_LV, &e));
    return read_end(&r);
}

static void the_request_names_scope_form_and_place(void **state)
{
    static const struct {
        struct get_status g;
        const char *capdu;
    } rows[] = {
        {{.scope = STATUS_ISSUER_DOMAIN}, "80F28002024F0000"},
        {{.scope = STATUS_APPLICATIONS, .next = true}, "80F24003024F0000"},
        {{.scope = STATUS_LOAD_FILES, .dialect = STATUS_LV}, "80F22000024F0000"},
        {{.scope = STATUS_LOAD_FILES_AND_MODULES, .dialect = STATUS_LV, .next = true}, "80F21001024F0000"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[64];
        struct writer w = WRITER(out);
        assert_ok(get_status_write(&rows[i].g, &w));
        assert_hex(written(&w), rows[i].capdu);
    }
}

static void the_request_can_name_an_AID_and_tags(void **state)
{
    struct get_status g = {.scope = STATUS_LOAD_FILES, .aid = HEX("1234"), .tags = HEX("4F9F70C5")};
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(get_status_write(&g, &w));
    assert_hex(written(&w), "80F220020A4F0212345C044F9F70C500");
}

static void the_entry_of_a_real_card_is_read(void **state)
{
    struct octets o = octets_of(jcop_isd);
    struct reader r = {octets_bytes(&o)};
    struct gp_registry_entry e;
    (void)state;
    assert_ok(gp_registry_next(&r, STATUS_ISSUER_DOMAIN, STATUS_TLV, &e));
    assert_hex(e.aid, "A000000151000000");
    assert_int_equal(e.life_cycle, LIFE_CARD_OP_READY);
    assert_int_equal(e.privileges, 0x9AFE80);
    assert_true((e.privileges & PRIVILEGE_AUTHORIZED_MANAGEMENT) != 0);
    assert_hex(e.load_file, "A0000001515350");
    assert_hex(e.domain, "A000000151000000");
    assert_int_equal(r.left.len, 0);
}

/* The same octets in two answers, cut at every place: joined they are one entry, the first alone is none. */
static void an_entry_cut_by_the_card_is_read_after_joining(void **state)
{
    struct octets o = octets_of(jcop_isd);
    (void)state;
    for (size_t cut = 1; cut < o.len; cut++) {
        struct octets joined = {.len = o.len};
        memcpy(joined.at, o.at, cut);
        memcpy(joined.at + cut, o.at + cut, o.len - cut);
        assert_err(read_tlv(BYTES_OF(o.at, cut)), TSM_SHORT_INPUT);
        assert_ok(read_tlv(octets_bytes(&joined)));
    }
    assert_refuses_prefixes_and_tail(read_tlv, jcop_isd);
}

/* source: kaoh/globalplatform scp03Test.c, a UICC: 9F70 of two octets, EA that nobody knows */
static void what_cards_do_beyond_the_standard_is_borne(void **state)
{
    static const char entry[] =
        "E3394F10A0000000871002FF01FF4189000001009F70020700C503000000C40CA000000095000000004E0001"
        "CE020100CC05A000000151EA028000";
    struct octets o = octets_of(entry);
    struct reader r = {octets_bytes(&o)};
    struct gp_registry_entry e;
    (void)state;
    assert_ok(gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_TLV, &e));
    assert_int_equal(e.life_cycle, LIFE_SELECTABLE);
    assert_hex(e.domain, "A000000151");
    assert_hex(e.version, "0100");
}

static void the_modules_of_a_load_file_are_walked(void **state)
{
    struct octets o = octets_of("E320 4F06A00000000101 9F700101 8407A0000000010101 CE020102 8405A000000002");
    struct reader r = {octets_bytes(&o)}, at;
    struct gp_registry_entry e;
    struct bytes aid;
    (void)state;
    assert_ok(gp_registry_next(&r, STATUS_LOAD_FILES_AND_MODULES, STATUS_TLV, &e));
    at = (struct reader){e.modules};
    assert_ok(gp_registry_module(&e, &at, &aid));
    assert_hex(aid, "A0000000010101");
    assert_ok(gp_registry_module(&e, &at, &aid));
    assert_hex(aid, "A000000002");
    assert_err(gp_registry_module(&e, &at, &aid), TSM_NOT_FOUND);
}

static void the_older_form_is_read(void **state)
{
    struct octets o = octets_of("08A000000151000000 01 9E 05A000000001 07 00");
    struct reader r = {octets_bytes(&o)};
    struct gp_registry_entry e;
    (void)state;
    assert_ok(gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_LV, &e));
    assert_int_equal(e.privileges, 0x9E0000);
    assert_ok(gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_LV, &e));
    assert_hex(e.aid, "A000000001");
    assert_int_equal(e.life_cycle, LIFE_SELECTABLE);
    assert_int_equal(r.left.len, 0);
}

static void the_older_form_has_modules_too(void **state)
{
    static const char form[] = "06A00000000101 01 00 02 07A0000000010101 05A000000002";
    struct octets o = octets_of(form);
    struct reader r = {octets_bytes(&o)}, at;
    struct gp_registry_entry e;
    struct bytes aid;
    (void)state;
    assert_ok(gp_registry_next(&r, STATUS_LOAD_FILES_AND_MODULES, STATUS_LV, &e));
    at = (struct reader){e.modules};
    assert_ok(gp_registry_module(&e, &at, &aid));
    assert_ok(gp_registry_module(&e, &at, &aid));
    assert_hex(aid, "A000000002");
    assert_err(gp_registry_module(&e, &at, &aid), TSM_NOT_FOUND);
    assert_refuses_prefixes_and_tail(read_lv_modules, form);
}

static void entries_that_are_none_are_refused(void **state)
{
    (void)state;
    assert_err(read_tlv(HEX("6108 4F06A00000000101")), TSM_BAD_VALUE);
    assert_err(read_tlv(HEX("E308 4F06A00000000101")), TSM_MISSING_FIELD);              /* no state */
    assert_err(read_tlv(HEX("E30A 4F04A0000001 9F700107")), TSM_BAD_LENGTH);            /* AID of 4 */
    assert_err(read_tlv(HEX("E30F 4F05A000000001 9F700107 C5028000")), TSM_BAD_LENGTH); /* privileges of 2 */
}

static void an_entry_is_read_as_it_was_written(void **state)
{
    struct gp_registry_entry e = {.aid = HEX("A0000000010102"), .life_cycle = 0x87, .privileges = 0x808000},
                             back;
    uint8_t out[64];
    struct writer w = WRITER(out);
    struct reader r;
    (void)state;
    e.domain = HEX("A000000151000000");
    assert_ok(gp_registry_write(&e, &w));
    r = (struct reader){written(&w)};
    assert_ok(gp_registry_next(&r, STATUS_APPLICATIONS, STATUS_TLV, &back));
    assert_int_equal(back.life_cycle, LIFE_SELECTABLE | LIFE_LOCKED_BIT);
    assert_int_equal(back.privileges, e.privileges);
    assert_true(bytes_equal(back.domain, e.domain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_names_scope_form_and_place),
        cmocka_unit_test(the_request_can_name_an_AID_and_tags),
        cmocka_unit_test(the_entry_of_a_real_card_is_read),
        cmocka_unit_test(an_entry_cut_by_the_card_is_read_after_joining),
        cmocka_unit_test(what_cards_do_beyond_the_standard_is_borne),
        cmocka_unit_test(the_modules_of_a_load_file_are_walked),
        cmocka_unit_test(the_older_form_is_read),
        cmocka_unit_test(the_older_form_has_modules_too),
        cmocka_unit_test(entries_that_are_none_are_refused),
        cmocka_unit_test(an_entry_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests_name("gp/registry", tests, NULL, NULL);
}
