/* SPDX-License-Identifier: Apache-2.0 */
/* Key hand-over with a CASD, both ends of it: requests written and read, keys agreed, and what is refused. No
 * published values are known. Unit test of gp/casd. */
#include <stdio.h>
#include <string.h>

#include "../rig.h"
#include "gp/casd/casd.h"

enum { ROOM = 1024 };

static const uint8_t zero[3];

static struct casd_terms terms(void)
{
    return (struct casd_terms){
        .scenario = CASD_PULL_AGREED, .usage = 0x10, .key_len = 16, .kvn = 0x30, .counter = BYTES(zero)};
}

struct pair {
    struct ec_private d;
    struct octets point;
};
static struct pair pair_of(const char *d, const char *point)
{
    struct pair p = {.point = octets_of(point)};
    struct octets value = octets_of(d);
    assert_ok(ec_private_of(EC_P256, octets_bytes(&value), &p.d));
    return p;
}

/* RFC 5903 8.1: both parties' pairs. */
static struct pair provider(void)
{
    return pair_of(
        "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
        "04DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C37725811805271A0461CDB8252D61F1C456FA3E59A"
        "B1F45B33ACCF5F58389E0577B8990BB3");
}
static struct pair casd(void)
{
    return pair_of(
        "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
        "04D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF6356FBF3CA366CC23E8157854C13C58D6A"
        "AC23F046ADA30F8353E74F33039872AB");
}

static enum tsm_err read_request(struct bytes in)
{
    struct casd_terms t;
    struct casd_request r;
    return casd_request_read(in, &t, &r);
}

static enum tsm_err read_answer(struct bytes in)
{
    struct casd_answer a;
    return casd_answer_read(in, &a);
}

static void a_request_of_each_scenario_is_written_and_read_back(void **state)
{
    struct pair own = provider();
    static const enum casd_scenario all[] = {CASD_PULL_DRAWN, CASD_PULL_AGREED, CASD_PUSH};
    struct octets some = octets_of("C0C1C2C3");
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        enum casd_scenario s = all[i];
        struct casd_terms t = terms(), back;
        struct casd_request r = {&t,
                                 {EC_P256, octets_bytes(&own.point)},
                                 octets_bytes(&some),
                                 octets_bytes(&some)},
                            got;
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        t.scenario = s;
        assert_ok(casd_request_write(&r, &w));
        assert_ok(casd_request_read(written(&w), &back, &got));
        assert_int_equal(back.scenario, t.scenario);
        assert_int_equal(back.kvn, t.kvn);
        assert_int_equal(back.key_len, t.key_len);
        assert_true(bytes_equal(back.counter, t.counter));
        assert_int_equal(got.ephemeral.point.len, s == CASD_PULL_AGREED ? 65 : 0);
        assert_int_equal(got.certificate.len, s == CASD_PULL_DRAWN ? 4 : 0);
        assert_int_equal(got.encrypted.len, s == CASD_PUSH ? 4 : 0);
    }
}

static void the_request_of_scenario_3_has_the_point_and_the_template(void **state)
{
    struct pair own = provider();
    struct casd_terms t = terms();
    struct casd_request r = {.terms = &t, .ephemeral = {EC_P256, octets_bytes(&own.point)}};
    char hex[2 * ROOM + 1];
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(casd_request_write(&r, &w));
    assert_hex(BYTES_OF(out, 31), "00A617A6159002030095011080018881011083013091030000007F494104DA");
    for (size_t i = 0; i < w.len; i++)
        snprintf(&hex[2 * i], 3, "%02X", out[i]);
    assert_refuses_prefixes_and_tail(read_request, hex);
}

/* The card's end. */
static void answer_as_card(const struct casd_terms *t, struct bytes random, struct writer *w)
{
    struct pair ours = provider(), theirs = casd();
    struct casd_agreement a = {t, &theirs.d, {EC_P256, octets_bytes(&ours.point)}};
    uint8_t receipt[CMAC_LEN];
    assert_ok(casd_receipt(rig_crypto(), &a, random, receipt));
    assert_ok(casd_answer_write(&(struct casd_answer){random, BYTES(receipt)}, w));
}

static void both_ends_come_to_the_same_keys_and_no_bit_may_change(void **state)
{
    struct octets dr = octets_of("00112233445566778899AABBCCDDEEFF"), id = octets_of("0102");
    (void)state;
    for (unsigned with = 0; with < 4; with++) {
        struct pair ours = provider(), theirs = casd();
        struct casd_terms t = terms();
        struct casd_agreement a = {&t, &ours.d, {EC_P256, octets_bytes(&theirs.point)}},
                              b = {&t, &theirs.d, {EC_P256, octets_bytes(&ours.point)}};
        struct bytes random = with & 1 ? octets_bytes(&dr) : BYTES_NONE;
        struct casd_keys keys = {0}, same = {0}, none = {0};
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        if (with & 1)
            t.parameters |= CASD_WITH_RANDOM;
        if (with & 2) {
            t.parameters |= CASD_WITH_IDS;
            t.host_id = t.sin = t.sdin = octets_bytes(&id);
        }
        answer_as_card(&t, random, &w);
        for (size_t bit = 0; bit < 8 * w.len; bit++) {
            out[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_not_equal(casd_derive(rig_crypto(), &a, written(&w), &keys), TSM_OK);
            out[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        assert_memory_equal(&keys, &none, sizeof keys);
        assert_ok(casd_derive(rig_crypto(), &a, written(&w), &keys));
        assert_ok(casd_derive(rig_crypto(), &b, written(&w), &same));
        assert_memory_equal(&keys, &same, sizeof keys);
        assert_int_equal(keys.key[2].len, 16);
        assert_false(bytes_equal(secret_bytes(&keys.key[0]), secret_bytes(&keys.key[1])));
        t.parameters ^= CASD_WITH_RANDOM; /* asked for and not given, or given unasked */
        assert_err(casd_derive(rig_crypto(), &a, written(&w), &keys), TSM_BAD_LENGTH);
    }
}

static void answers_are_read_whole(void **state)
{
    (void)state;
    assert_refuses_prefixes_and_tail(read_answer, "861000112233445566778899AABBCCDDEEFF");
    assert_refuses_prefixes_and_tail(
        read_answer, "851000112233445566778899AABBCCDDEEFF861000112233445566778899AABBCCDDEEFF");
    assert_err(read_answer(HEX("850100861000112233445566778899AABBCCDDEEFF")), TSM_BAD_LENGTH);
}

static void terms_that_contradict_themselves_are_refused(void **state)
{
    struct octets id = octets_of("0102"), nine = {.len = 9};
    struct pair own = provider();
    struct casd_terms t[8];
    (void)state;
    for (size_t i = 0; i < 8; i++)
        t[i] = terms();
    t[0].scenario = (enum casd_scenario)2;
    t[1].parameters = 0x10;
    t[2].kvn = 0;
    t[3].key_len = 15;
    t[4].counter = octets_bytes(&nine);
    t[5].host_id = octets_bytes(&id);
    t[6].parameters = CASD_WITH_IDS;
    t[7].scenario = CASD_PUSH; /* whose template has no parameters */
    t[7].parameters = CASD_WITH_RANDOM;
    for (size_t i = 0; i < 8; i++) {
        struct casd_request r = {
            .terms = &t[i], .encrypted = octets_bytes(&id), .ephemeral = {EC_P256, octets_bytes(&own.point)}};
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_int_not_equal(casd_request_write(&r, &w), TSM_OK);
        assert_int_equal(w.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_of_each_scenario_is_written_and_read_back),
        cmocka_unit_test(the_request_of_scenario_3_has_the_point_and_the_template),
        cmocka_unit_test(both_ends_come_to_the_same_keys_and_no_bit_may_change),
        cmocka_unit_test(answers_are_read_whole),
        cmocka_unit_test(terms_that_contradict_themselves_are_refused),
    };
    return cmocka_run_group_tests_name("gp/casd", tests, rig_setup, rig_teardown);
}
