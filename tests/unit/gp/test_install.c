/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL in all its variants, and its parameters. Unit test of gp/command/install and gp/content. */
#include <string.h>

#include "gp/command/install.h"
#include "gp/content/sd_params.h"
#include "gp/content/uicc_params.h"
#include "rig.h"

enum { ROOM = 512 };

#define PACKAGE  "A00000000101"
#define MODULE   "A0000000010101"
#define INSTANCE "A0000000010102"
#define ISD      "A000000151000000"

/* Each variant with all its fields, written out by hand from GPCS Tables 11-42 to 11-47. */
static const struct variant_row {
    uint8_t p1, p2;
    const char *load_file, *module, *application, *domain, *hash, *privileges, *parameters, *token, *capdu;
} rows[] = {
    {0x02, 0, PACKAGE, "", "", ISD, "AABB", "", "EF04C6020100", "",
     "80E602001B 06" PACKAGE "08" ISD "02AABB 06EF04C6020100 00 00"},
    {0x02, 0, PACKAGE, "", "", "", "", "", "", "", "80E602000B 06" PACKAGE "00 00 00 00 00"},
    {0x04, 0, PACKAGE, MODULE, INSTANCE, "", "", "80C000", "C900", "",
     "80E604001F 06" PACKAGE "07" MODULE "07" INSTANCE "0380C000 02C900 00 00"},
    {0x0C, 0, PACKAGE, MODULE, INSTANCE, "", "", "00", "C90101", "77",
     "80E60C001F 06" PACKAGE "07" MODULE "07" INSTANCE "0100 03C90101 0177 00"},
    {0x0E, 1, PACKAGE, "", "", ISD, "", "", "", "", "80E60E0113 06" PACKAGE "08" ISD "00 00 00 00"},
    {0x0E, 3, "", MODULE, INSTANCE, "", "", "00", "C900", "",
     "80E60E0317 00 07" MODULE "07" INSTANCE "0100 02C900 00 00"},
    {0x08, 0, "", "", INSTANCE, "", "", "000000", "", "", "80E6080010 00 00 07" INSTANCE "03000000 00 00 00"},
    {0x10, 0, "", "", INSTANCE, ISD, "", "", "", "", "80E6100015 08" ISD "00 07" INSTANCE "00 00 00 00"},
    {0x20, 0, "", "", INSTANCE, "", "", "", "", "", "80E620000D 00 00 07" INSTANCE "00 00 00 00"},
    {0x40, 0, "", "", INSTANCE, "", "", "9EDC00", "EF03D90140", "",
     "80E6400015 00 00 07" INSTANCE "039EDC00 05EF03D90140 00 00"},
    {0x40, 0, "", "", "", "", "", "", "EF03D90102", "", "80E640000B 00 00 00 00 05EF03D90102 00 00"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static struct gp_install install_of(const struct variant_row *row, struct octets hold[8])
{
    const char *const texts[] = {row->load_file, row->module,     row->application, row->domain,
                                 row->hash,      row->privileges, row->parameters,  row->token};
    struct gp_install i = {.p1 = row->p1, .p2 = row->p2};
    struct bytes *const members[] = {&i.load_file, &i.module,     &i.application, &i.domain,
                                     &i.hash,      &i.privileges, &i.parameters,  &i.token};
    for (size_t n = 0; n < 8; n++) {
        hold[n] = octets_of(texts[n]);
        *members[n] = octets_bytes(&hold[n]);
    }
    return i;
}

static void each_variant_is_written_field_by_field(void **state)
{
    static struct octets hold[8];
    (void)state;
    for (size_t r = 0; r < ROWS; r++) {
        struct gp_install i = install_of(&rows[r], hold);
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_ok(install_write(&i, &w));
        assert_hex(written(&w), rows[r].capdu);
    }
}

static void each_variant_is_read_back(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROWS; r++) {
        struct octets capdu = octets_of(rows[r].capdu);
        struct apdu a;
        struct gp_install i;
        assert_ok(apdu_read(octets_bytes(&capdu), &a));
        assert_ok(install_read(a.p1, a.p2, a.data, &i));
        assert_hex(i.load_file, rows[r].load_file);
        assert_hex(i.module, rows[r].module);
        assert_hex(i.application, rows[r].application);
        assert_hex(i.domain, rows[r].domain);
        assert_hex(i.hash, rows[r].hash);
        assert_hex(i.privileges, rows[r].privileges);
        assert_hex(i.parameters, rows[r].parameters);
        assert_hex(i.token, rows[r].token);
    }
}

static void cut_fields_and_octets_after_the_last_are_refused(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROWS; r++) {
        struct octets capdu = octets_of(rows[r].capdu);
        struct apdu a;
        struct gp_install i;
        assert_ok(apdu_read(octets_bytes(&capdu), &a));
        for (size_t n = 0; n < a.data.len; n++)
            assert_int_not_equal(install_read(a.p1, a.p2, BYTES_OF(a.data.at, n), &i), TSM_OK);
        assert_err(install_read(a.p1, a.p2, BYTES_OF(a.data.at, a.data.len + 1), &i), TSM_TRAILING_BYTES);
    }
}

static void what_the_standard_does_not_allow_is_refused(void **state)
{
    static struct octets hold[8];
    struct gp_install i = install_of(&rows[2], hold);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    i.p1 = 0x06;
    assert_err(install_write(&i, &w), TSM_BAD_VALUE); /* no such combination */
    i = install_of(&rows[2], hold);
    i.application.len = 4;
    assert_err(install_write(&i, &w), TSM_BAD_LENGTH); /* an AID of 4 octets */
    i = install_of(&rows[2], hold);
    i.privileges.len = 2;
    assert_err(install_write(&i, &w), TSM_BAD_LENGTH);
    i = install_of(&rows[2], hold);
    i.domain = HEX(ISD);
    assert_err(install_write(&i, &w), TSM_BAD_LENGTH); /* for install has no domain */
    i = install_of(&rows[8], hold);
    i.parameters = HEX("C900");
    assert_err(install_write(&i, &w), TSM_BAD_LENGTH); /* for personalization has no parameters */
    assert_int_equal(w.len, 0);
}

static void a_command_above_255_octets_is_refused(void **state)
{
    static struct octets hold[8];
    static uint8_t long_params[230];
    struct gp_install i = install_of(&rows[2], hold);
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    i.parameters = BYTES(long_params);
    assert_err(install_write(&i, &w), TSM_TOO_LONG);
}

/* 128 octets of token: written 81 80; the one-octet form 80 is legal to read [GPCS 11.5.2.3.2]. */
static void a_token_of_128_octets_is_read_in_both_forms(void **state)
{
    static uint8_t token[128];
    static struct octets hold[8];
    struct gp_install i = install_of(&rows[8], hold), back;
    struct octets data = octets_of("00 00 07" INSTANCE "0100 00 80");
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    memset(token, 0x77, sizeof token);
    memcpy(data.at + data.len, token, sizeof token);
    data.len += sizeof token;
    assert_ok(install_read(0x08, 0, octets_bytes(&data), &back));
    assert_int_equal(back.token.len, 128);
    i.p1 = 0x08;
    i.privileges = HEX("00");
    i.token = BYTES(token);
    assert_ok(install_write(&i, &w));
    assert_hex(BYTES_OF(out + 5 + 13, 2), "8180");
    assert_ok(install_read(0x08, 0, BYTES_OF(out + 5, w.len - 6), &back));
    assert_int_equal(back.token.len, 128);
}

static void privileges_have_one_octet_or_three(void **state)
{
    uint8_t out[8];
    struct writer w = WRITER(out);
    uint32_t p;
    (void)state;
    assert_ok(privileges_write(PRIVILEGE_SECURITY_DOMAIN | PRIVILEGE_TRUSTED_PATH, true, &w));
    assert_hex(written(&w), "808000"); /* byte 2 is set: three octets even if asked for one */
    w.len = 0;
    assert_ok(privileges_write(PRIVILEGE_DELEGATED_MANAGEMENT, true, &w));
    assert_hex(written(&w), "A0");
    w.len = 0;
    assert_ok(privileges_write(PRIVILEGE_DELEGATED_MANAGEMENT, false, &w));
    assert_hex(written(&w), "A00000");
    assert_ok(privileges_read(HEX("9AFE80"), &p));
    assert_int_equal(p, 0x9AFE80);
    assert_ok(privileges_read(HEX("A0"), &p));
    assert_int_equal(p, PRIVILEGE_DELEGATED_MANAGEMENT);
    assert_err(privileges_read(HEX("A000"), &p), TSM_BAD_LENGTH);
}

static void C9_is_written_even_when_empty(void **state)
{
    struct install_params p = {0}, back;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(install_params_write(PARAMS_FOR_INSTALL, &p, &w));
    assert_hex(written(&w), "C900");
    assert_err(install_params_read(PARAMS_FOR_INSTALL, HEX("EF00"), &back), TSM_MISSING_FIELD);
}

static void parameters_of_each_variant_are_read_as_they_were_written(void **state)
{
    static const char *const wanted[] = {
        [PARAMS_FOR_LOAD] = "EF0A C60400010000 C7020100 B603 42 01 09",
        [PARAMS_FOR_INSTALL] = "C902A0A1 EF0B C7020100 CB028001 CF0181 B603420109",
        [PARAMS_FOR_MAKE_SELECTABLE] = "EF03CF0181 B60342 0109",
        [PARAMS_FOR_EXTRADITION] = "B603420109",
        [PARAMS_FOR_REGISTRY_UPDATE] = "EF0ACF0181CB028001D90140 B603420109",
    };
    struct install_params p = {.application = HEX("A0A1"),
                               .code_minimum = 65536,
                               .volatile_memory = 256,
                               .implicit_selection = HEX("81"),
                               .global_service = HEX("8001"),
                               .restrict_functions = 0x40,
                               .token_iin = HEX("09")};
    (void)state;
    for (int v = PARAMS_FOR_LOAD; v <= PARAMS_FOR_REGISTRY_UPDATE; v++) {
        struct install_params back;
        uint8_t out[ROOM], again[ROOM];
        struct writer w = WRITER(out), w2 = WRITER(again);
        assert_ok(install_params_write((enum install_params_for)v, &p, &w));

        assert_hex(written(&w), wanted[v]);
        assert_ok(install_params_read((enum install_params_for)v, written(&w), &back));
        assert_ok(install_params_write((enum install_params_for)v, &back, &w2));
        assert_true(bytes_equal(written(&w), written(&w2)));
    }
}

/* source: osmocom/pysim test_globalplatform.py, Install_param_Test */
static void the_parameters_of_a_toolkit_applet_are_the_published_ones(void **state)
{
    struct install_params p = {.sim_toolkit = HEX("010001001505000000000000000000000000"),
                               .nonvolatile_memory = 256,
                               .volatile_memory = 256};
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(install_params_write(PARAMS_FOR_INSTALL, &p, &w));
    assert_hex(written(&w), "C900EF1CC8020100C7020100CA12010001001505000000000000000000000000");
}

/* source: kaoh/globalplatform installDataTest.c; TS 102 226 8.2.1.3.2.2 */
static void the_UICC_parameters_are_the_published_ones(void **state)
{
    static const char value[] =
        "800D010014000202011E03D501030081180001000010A0000000871002FFFFFFFF8900000100010000";
    struct uicc_params p = {
        .has_toolkit = true,
        .toolkit = {.priority = 1,
                    .menu_text_max = 20,
                    .channels = 2,
                    .msl = HEX("011E"),
                    .tar_count = 1,
                    .tar = {{0xD5, 0x01, 0x03}}},
        .access_count = 2,
        .access = {{.domain = HEX("00")},
                   {.aid = HEX("A0000000871002FFFFFFFF8900000100"), .domain = HEX("00")}},
    };
    struct uicc_params back;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(uicc_params_write(&p, &w));
    assert_hex(written(&w), value);
    assert_ok(uicc_params_read(HEX(value), &back));
    assert_int_equal(back.toolkit.tar_count, 1);
    assert_int_equal(back.access_count, 2);
    assert_err(uicc_params_read(HEX("800C010014000202011E02D50100"), &back),
               TSM_BAD_LENGTH); /* a TAR of two octets */
}

/* source: kaoh/globalplatform installDataTest.c */
static void the_parameters_of_a_security_domain_are_the_published_ones(void **state)
{
    struct sd_params back, p = {.protocol_count = 1,
                                .protocol = {{0x02, 0x15, 0}},
                                .accept_extradition = HEX("80"),
                                .accept_deletion = HEX("80"),
                                .personalized = true,
                                .casd = HEX("0102"),
                                .extradition_away = HEX("8000")};
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(sd_params_write(&p, &w));
    assert_hex(written(&w), "8102021582018083018084008602010287028000");
    assert_ok(sd_params_read(HEX("81028000 81020370 8701F0"), &back)); /* SCP80 and SCP03: one 81 each */
    assert_int_equal(back.protocol_count, 2);
    assert_int_equal(back.protocol[1].i, 0x70);
    assert_false(back.personalized);
    assert_err(sd_params_read(HEX("810180"), &back), TSM_SHORT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_variant_is_written_field_by_field),
        cmocka_unit_test(each_variant_is_read_back),
        cmocka_unit_test(cut_fields_and_octets_after_the_last_are_refused),
        cmocka_unit_test(what_the_standard_does_not_allow_is_refused),
        cmocka_unit_test(a_command_above_255_octets_is_refused),
        cmocka_unit_test(a_token_of_128_octets_is_read_in_both_forms),
        cmocka_unit_test(privileges_have_one_octet_or_three),
        cmocka_unit_test(C9_is_written_even_when_empty),
        cmocka_unit_test(parameters_of_each_variant_are_read_as_they_were_written),
        cmocka_unit_test(the_parameters_of_a_toolkit_applet_are_the_published_ones),
        cmocka_unit_test(the_UICC_parameters_are_the_published_ones),
        cmocka_unit_test(the_parameters_of_a_security_domain_are_the_published_ones),
    };
    return cmocka_run_group_tests_name("gp/install", tests, NULL, NULL);
}
