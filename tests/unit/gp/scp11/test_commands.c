/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates on their way into a card in every style of chaining, and what a domain keeps for SCP11. Unit
 * test of gp/scp11/pso.c and store.c. */
#include <stdio.h>
#include <string.h>

#include "../rig.h"
#include "certs.h"
#include "gp/command/describe.h"
#include "gp/content/card_data.h"
#include "gp/scp11/pso.h"
#include "gp/scp11/scp11.h"
#include "gp/scp11/store.h"

enum { ROOM = 2048, HEADER = 5 };

static struct octets two_certificates(void)
{
    struct octets row = octets_of(cert_x_ka), sd = octets_of(cert_x_sd);
    memcpy(row.at + row.len, sd.at, sd.len);
    row.len += sd.len;
    return row;
}

static void each_style_marks_what_follows_in_its_own_way(void **state)
{
    /* KA of 437 and SD of 500 octets: two commands each */
    static const struct {
        enum pso_style style;
        const char *heads[4];
    } rows[] = {
        {PSO_CHAIN_P1, {"802A8390FF", "802A0390B6", "802A8310FF", "802A0310F5"}},
        {PSO_CHAIN_CLASS, {"902A0390FF", "802A0390B6", "902A0310FF", "802A0310F5"}},
        {PSO_CHAIN_BOTH, {"902A8390FF", "802A0390B6", "902A8310FF", "802A0310F5"}},
        {PSO_EXTENDED, {"802A03900001B5", "802A03100001F4", NULL, NULL}},
    };
    struct octets row = two_certificates();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pso_chain chain = {octets_bytes(&row), 3, 0x10, rows[i].style, 0};
        struct pso_plan p;
        uint8_t joined[ROOM];
        struct writer all = WRITER(joined);
        assert_ok(pso_plan_make(&chain, &p));
        assert_int_equal(p.certificates, 2);
        for (size_t n = 0; n < p.commands; n++) {
            struct octets head = octets_of(rows[i].heads[n]);
            uint8_t out[ROOM];
            struct writer w = WRITER(out);
            struct apdu a;
            assert_ok(pso_plan_command(&p, n, &w));
            assert_hex(BYTES_OF(out, head.len), rows[i].heads[n]);
            assert_ok(apdu_read(written(&w), &a));
            assert_true(a.le == 0 || a.le == APDU_LE_MAX);
            assert_ok(write_span(&all, a.data));
        }
        assert_true(bytes_equal(written(&all), octets_bytes(&row)));
        assert_err(pso_plan_command(&p, p.commands, &all), TSM_NOT_FOUND);
    }
}

static void a_certificate_that_fits_goes_in_one_command_and_smaller_blocks_are_kept(void **state)
{
    struct octets one = octets_of(cert_gp_sd);
    struct pso_chain chain = {octets_bytes(&one), 0x30, 0x20, PSO_CHAIN_P1, 0};
    struct pso_plan p;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(pso_plan_make(&chain, &p));
    assert_int_equal(p.commands, 1);
    assert_ok(pso_plan_command(&p, 0, &w));
    assert_hex(BYTES_OF(out, HEADER), "802A3020B2");
    chain.block_max = one.len; /* exactly */
    assert_ok(pso_plan_make(&chain, &p));
    assert_int_equal(p.commands, 1);
    chain.block_max = one.len - 1;
    assert_ok(pso_plan_make(&chain, &p));
    assert_int_equal(p.commands, 2);
    w = WRITER(out);
    assert_ok(pso_plan_command(&p, 1, &w));
    assert_hex(written(&w), "802A3020011C00");
}

static void a_row_that_is_no_chain_is_refused(void **state)
{
    struct octets row = octets_of(cert_gp_sd), x = octets_of(cert_x_ka), five = {.len = 0};
    struct pso_chain chain = {octets_bytes(&row), 3, 0x10, PSO_CHAIN_P1, 0}, bad;
    struct pso_plan p;
    (void)state;
    for (int i = 0; i < 5; i++) {
        memcpy(five.at + five.len, row.at, row.len);
        five.len += row.len;
    }
    bad = chain;
    bad.certificates = BYTES_NONE;
    assert_err(pso_plan_make(&bad, &p), TSM_MISSING_FIELD);
    bad.certificates = octets_bytes(&five);
    assert_err(pso_plan_make(&bad, &p), TSM_TOO_LONG);
    bad = chain;
    bad.ca_kvn = 0x80;
    assert_err(pso_plan_make(&bad, &p), TSM_BAD_VALUE);
    bad = chain;
    bad.block_max = 256;
    assert_err(pso_plan_make(&bad, &p), TSM_BAD_VALUE);
    bad = chain;
    bad.block_max = 2;
    assert_err(pso_plan_make(&bad, &p), TSM_TOO_LONG);
    memcpy(row.at + row.len, x.at, x.len); /* two forms */
    bad.certificates = BYTES_OF(row.at, row.len + x.len);
    bad.block_max = 0;
    assert_err(pso_plan_make(&bad, &p), TSM_BAD_VALUE);
    bad.certificates = HEX("4F05A000000001");
    assert_err(pso_plan_make(&bad, &p), TSM_BAD_VALUE);
}

static void certificate_stores_are_asked_for_read_and_written(void **state)
{
    struct octets chain = two_certificates(), answer, ca = octets_of("A1A2");
    struct scp11_key_ref key = {SCP11_KID_A, 3, BYTES_NONE}, by_ca = {0, 0, octets_bytes(&ca)};
    struct bytes out;
    uint8_t room[ROOM];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(scp11_get_certificates_write(&key, &w));
    assert_hex(written(&w), "80CABF2106A6048302110300"); /* as published, but for the class */
    w = WRITER(room);
    assert_ok(scp11_get_certificates_write(&by_ca, &w));
    assert_hex(written(&w), "80CABF2106A6044202A1A200");
    w = WRITER(room);
    assert_err(scp11_certificates_write(&by_ca, octets_bytes(&chain), &w), TSM_BAD_VALUE);
    assert_ok(scp11_certificates_write(&key, octets_bytes(&chain), &w));
    assert_hex(BYTES_OF(room, 11), "A60483021103BF218203A9");
    answer.len = w.len - 6;
    memcpy(answer.at, room + 6, answer.len);
    assert_ok(scp11_certificates_read(octets_bytes(&answer), &out));
    assert_true(bytes_equal(out, octets_bytes(&chain)));
    for (size_t n = 0; n < answer.len; n++)
        assert_int_not_equal(scp11_certificates_read(BYTES_OF(answer.at, n), &out), TSM_OK);
    assert_err(scp11_certificates_read(HEX("BF2100"), &out), TSM_MISSING_FIELD);
    assert_err(scp11_certificates_read(HEX("BF2000"), &out), TSM_BAD_VALUE);
    assert_err(scp11_certificates_read(HEX("BF21023000FF"), &out), TSM_TRAILING_BYTES);
}

static void authorities_are_asked_for_listed_and_stored(void **state)
{
    struct scp11_key_ref key;
    struct reader list;
    uint8_t room[ROOM];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(scp11_get_authorities_write(SCP11_CA_KLOC, &w));
    assert_hex(written(&w), "80CAFF3300");
    w = WRITER(room);
    assert_ok(scp11_get_authorities_write(SCP11_CA_KLCC, &w));
    assert_hex(written(&w), "80CAFF3400");
    assert_ok(scp11_authorities_open(HEX("FF33104202A1A28302100342"
                                         "02B1B283022004"),
                                     SCP11_CA_KLOC, &list));
    assert_ok(scp11_authority_next(&list, &key));
    assert_int_equal(key.kid, 0x10);
    assert_int_equal(key.kvn, 3);
    assert_hex(key.ca, "A1A2");
    w = WRITER(room);
    assert_ok(scp11_authority_write(SCP11_CA_KLOC, &key, &w));
    assert_hex(written(&w), "A60B8001004202A1A283021003");
    assert_ok(scp11_authority_next(&list, &key));
    assert_int_equal(key.kid, 0x20);
    assert_int_equal(list.left.len, 0);
    assert_err(scp11_authorities_open(HEX("FF3400"), SCP11_CA_KLOC, &list), TSM_BAD_VALUE);
    assert_ok(scp11_authorities_open(HEX("FF34044202A1A2"), SCP11_CA_KLCC, &list));
    assert_err(scp11_authority_next(&list, &key), TSM_SHORT_INPUT);
    assert_int_equal(list.left.len, 4);
}

static void an_allowlist_names_serials_and_is_never_emptied(void **state)
{
    struct octets a = octets_of("01"), b = octets_of("0203"), many = {.len = 21};
    struct bytes serial[] = {octets_bytes(&a), octets_bytes(&b)}, bad = octets_bytes(&many);
    struct scp11_key_ref key = {SCP11_KID_CA_KLOC, 3, BYTES_NONE};
    uint8_t room[ROOM];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(scp11_allowlist_write(&key, &(struct scp11_allowlist){serial, 2, 0}, &w));
    assert_hex(written(&w), "A604830210037007930101"
                            "93020203");
    w = WRITER(room);
    assert_ok(scp11_allowlist_write(&key, &(struct scp11_allowlist){serial, 1, 258}, &w));
    assert_hex(written(&w), "A6048302100392020102"
                            "7003930101");
    w = WRITER(room);
    assert_err(scp11_allowlist_write(&key, &(struct scp11_allowlist){serial, 0, 0}, &w), TSM_BAD_VALUE);
    assert_non_null(strstr(err_cause(), "empty"));
    assert_err(scp11_allowlist_write(&key, &(struct scp11_allowlist){serial, 1, 32768}, &w), TSM_BAD_VALUE);
    assert_err(scp11_allowlist_write(&key, &(struct scp11_allowlist){&bad, 1, 1}, &w), TSM_BAD_LENGTH);
    assert_int_equal(w.len, 0);
}

static void a_card_tells_its_options_in_one_octet_or_in_two(void **state)
{
    /* 64 with {scp 11 i=CB 03} and 64 with {scp 03 i=70} */
    struct octets data = octets_of("661D731B640C060A2A864886FC6B0411CB03640B06092A864886FC6B040370");
    struct gp_recognition g;
    (void)state;
    assert_ok(recognition_read(octets_bytes(&data), &g));
    assert_int_equal(g.protocols, 2);
    assert_int_equal(g.protocol[0].protocol, SCP11);
    assert_int_equal(g.protocol[0].i, SCP11_I_MORE | SCP11_I_S16 | SCP11_I_CHAINS | SCP11_I_B | SCP11_I_A);
    assert_int_equal(g.protocol[0].i2, SCP11_I2_X509 | SCP11_I2_A_AUTHORIZATION);
    assert_int_equal(g.protocol[1].i, 0x70);
    assert_int_equal(g.protocol[1].i2, 0);
}

static void the_commands_are_told_in_words(void **state)
{
    static const struct {
        const char *command, *text;
    } rows[] = {
        {"802A83900301020300",
         "PERFORM SECURITY OPERATION certificate of key version 03 identifier 10 with another "
         "to come, 3 octets"},
        {"8088031301FF00", "INTERNAL AUTHENTICATE key version 03"},
        {"8082031101FF00", "MUTUAL AUTHENTICATE key version 03"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[160];
        gp_describe(HEX(rows[i].command), text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_style_marks_what_follows_in_its_own_way),
        cmocka_unit_test(a_certificate_that_fits_goes_in_one_command_and_smaller_blocks_are_kept),
        cmocka_unit_test(a_row_that_is_no_chain_is_refused),
        cmocka_unit_test(certificate_stores_are_asked_for_read_and_written),
        cmocka_unit_test(authorities_are_asked_for_listed_and_stored),
        cmocka_unit_test(an_allowlist_names_serials_and_is_never_emptied),
        cmocka_unit_test(a_card_tells_its_options_in_one_octet_or_in_two),
        cmocka_unit_test(the_commands_are_told_in_words),
    };
    return cmocka_run_group_tests_name("gp/scp11 commands", tests, rig_setup, rig_teardown);
}
