/* SPDX-License-Identifier: Apache-2.0 */
/* Data groupings and the STORE DATA commands that carry them. Unit test of emv/perso. [EMV
 * CPS 1.1 3.2, 4.3.5] */
#include <string.h>

#include "../vectors.h"
#include "emv/perso/cps.h"

enum { ROOM = 70000 };
static uint8_t room[ROOM];

static void short_and_long_lengths_are_told_apart(void **state)
{
    static uint8_t value[CPS_DGI_VALUE_MAX + 1];
    static const struct {
        size_t len;
        const char *head;
    } rows[] = {{0, "020100"},       {1, "020101"},       {254, "0201FE"},
                {255, "0201FF00FF"}, {300, "0201FF012C"}, {CPS_DGI_VALUE_MAX, "0201FFFFFF"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct writer w = WRITER(room);
        struct octets head = octets_of(rows[i].head);
        struct reader r;
        struct cps_dgi d;
        assert_ok(cps_dgi_write(&w, 0x0201, BYTES_OF(value, rows[i].len)));
        assert_int_equal(w.len, cps_dgi_len(rows[i].len));
        assert_memory_equal(room, head.at, head.len);
        r = READER(written(&w));
        assert_ok(cps_dgi_read(&r, &d));
        assert_ok(read_end(&r));
        assert_int_equal(d.id, 0x0201);
        assert_int_equal(d.value.len, rows[i].len);
    }
    {
        struct writer w = WRITER(room);
        assert_err(cps_dgi_write(&w, 1, BYTES(value)), TSM_TOO_LONG);
    }
}

/* source: a public PBOC personalisation script */
static void a_published_grouping_is_read(void **state)
{
    struct octets o = octets_of("91041682025C00941008010200100103001803010120010100");
    struct reader r = READER(octets_bytes(&o));
    struct cps_dgi d;
    (void)state;
    assert_ok(cps_dgi_read(&r, &d));
    assert_int_equal(d.id, 0x9104);
    assert_hex(d.value, "82025C00941008010200100103001803010120010100");
    for (size_t n = 0; n < o.len; n++) {
        r = READER(BYTES_OF(o.at, n));
        assert_err(cps_dgi_read(&r, &d), TSM_SHORT_INPUT);
        assert_int_equal(r.left.len, n);
    }
}

static void broken_groupings_are_refused(void **state)
{
    static const char *const broken[] = {"01", "0101", "0101FF", "0101FF01", "0101FF0100AA", "010102AA"};
    struct cps_dgi d;
    struct reader r;
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        r = READER(HEX(broken[i]));
        assert_err(cps_dgi_read(&r, &d), TSM_SHORT_INPUT);
    }
    r = READER(HEX("0101FF0001AA"));
    assert_err(cps_dgi_read(&r, &d), TSM_BAD_LENGTH);
}

static const struct cps_style alone = {.block_max = CPS_BLOCK_MAX},
                              joined = {.block_max = CPS_BLOCK_MAX, .join = true};

static struct cps_dgi dgi(uint16_t id, const char *text, bool encrypted)
{
    return (struct cps_dgi){id, bytes_of_text(text), encrypted};
}

static void every_grouping_gets_its_command(void **state)
{
    struct cps_dgi dgis[] = {dgi(0x0101, "ab", false), dgi(0x8000, "cdef", true), dgi(0x9000, "g", false)};
    struct writer w = WRITER(room);
    static struct cps_plan plan;
    (void)state;
    assert_ok(cps_plan_make(dgis, 3, alone, &w, &plan));
    assert_int_equal(plan.count, 3);
    assert_int_equal(plan.at[0].p1, 0x00);
    assert_int_equal(plan.at[1].p1, 0x60);
    assert_int_equal(plan.at[2].p1, 0x80);
    assert_hex(plan.at[0].data, "0101026162");
    assert_hex(plan.at[1].data, "80000463646566");
    assert_hex(plan.at[2].data, "90000167");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(plan.at[i].p2, i);
}

static void the_last_command_may_be_an_encrypted_one(void **state)
{
    struct cps_dgi dgis[] = {dgi(0x8000, "cdef", true)};
    struct writer w = WRITER(room);
    static struct cps_plan plan;
    struct cps_style style = alone;
    (void)state;
    assert_ok(cps_plan_make(dgis, 1, style, &w, &plan));
    assert_int_equal(plan.at[0].p1, 0xE0);
    style.dgi_format = true;
    assert_ok(cps_plan_make(dgis, 1, style, &w, &plan));
    assert_int_equal(plan.at[0].p1, 0xE8);
}

static void encrypted_and_clear_ones_never_share_a_command(void **state)
{
    struct cps_dgi dgis[] = {dgi(0x0101, "a", false), dgi(0x0102, "b", false), dgi(0x8000, "c", true),
                             dgi(0x8010, "d", true), dgi(0x9000, "e", false)};
    struct writer w = WRITER(room);
    static struct cps_plan plan;
    (void)state;
    assert_ok(cps_plan_make(dgis, 5, joined, &w, &plan));
    assert_int_equal(plan.count, 3);
    assert_hex(plan.at[0].data, "0101016101020162");
    assert_hex(plan.at[1].data, "8000016380100164");
    assert_int_equal(plan.at[1].p1, 0x60);
    assert_int_equal(plan.at[2].p1, 0x80);
}

static void joined_groupings_do_not_exceed_a_block(void **state)
{
    static uint8_t value[100];
    struct cps_dgi dgis[] = {{1, BYTES(value), false}, {2, BYTES(value), false}, {3, BYTES(value), false}};
    struct writer w = WRITER(room);
    static struct cps_plan plan;
    (void)state;
    assert_ok(cps_plan_make(dgis, 3, joined, &w, &plan));
    assert_int_equal(plan.count, 2);
    assert_int_equal(plan.at[0].data.len, 206);
    assert_int_equal(plan.at[1].data.len, 103);
}

static void a_long_grouping_spans_commands(void **state)
{
    static uint8_t value[600];
    struct cps_dgi dgis[] = {{1, BYTES(value), true}, dgi(2, "x", true)};
    struct writer w = WRITER(room);
    static struct cps_plan plan;
    size_t sum = 0;
    (void)state;
    assert_ok(cps_plan_make(dgis, 2, joined, &w, &plan));
    assert_int_equal(plan.count, 4);
    for (size_t i = 0; i < 3; i++)
        sum += plan.at[i].data.len;
    assert_int_equal(sum, cps_dgi_len(600));
    assert_int_equal(plan.at[3].data.len, 4);
    assert_int_equal(plan.at[2].p1, 0x60);
    assert_int_equal(plan.at[3].p1, 0xE0);
}

static void a_plan_has_limits(void **state)
{
    static uint8_t value[CPS_COMMANDS_MAX];
    struct cps_dgi dgis[] = {{1, BYTES(value), false}};
    struct cps_style one = {.block_max = 1}, none = {.block_max = 0}, big = {.block_max = 256};
    struct writer w = WRITER(room), small = {room, 0, 100};
    static struct cps_plan plan;
    (void)state;
    assert_err(cps_plan_make(dgis, 1, one, &w, &plan), TSM_TOO_LONG);
    assert_err(cps_plan_make(dgis, 1, none, &w, &plan), TSM_BAD_VALUE);
    assert_err(cps_plan_make(dgis, 1, big, &w, &plan), TSM_BAD_VALUE);
    assert_err(cps_plan_make(dgis, 0, alone, &w, &plan), TSM_BAD_VALUE);
    assert_err(cps_plan_make(dgis, 1, alone, &small, &plan), TSM_NO_ROOM);
    assert_int_equal(w.len + small.len, 0);
    dgis[0].value.len = CPS_COMMANDS_MAX - 3;
    assert_ok(cps_plan_make(dgis, 1, one, &w, &plan));
    assert_int_equal(plan.count, CPS_COMMANDS_MAX);
    assert_int_equal(plan.at[255].p2, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_and_long_lengths_are_told_apart),
        cmocka_unit_test(a_published_grouping_is_read),
        cmocka_unit_test(broken_groupings_are_refused),
        cmocka_unit_test(every_grouping_gets_its_command),
        cmocka_unit_test(the_last_command_may_be_an_encrypted_one),
        cmocka_unit_test(encrypted_and_clear_ones_never_share_a_command),
        cmocka_unit_test(joined_groupings_do_not_exceed_a_block),
        cmocka_unit_test(a_long_grouping_spans_commands),
        cmocka_unit_test(a_plan_has_limits),
    };
    return cmocka_run_group_tests_name("emv/dgi", tests, NULL, NULL);
}
