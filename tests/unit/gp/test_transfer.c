/* SPDX-License-Identifier: Apache-2.0 */
/* LOAD and STORE DATA: what is cut in blocks must come together again. Unit test of gp/command. */
#include <string.h>

#include "gp/apdu/apdu.h"
#include "gp/command/load.h"
#include "gp/command/store_data.h"
#include "gp/content/dgi.h"
#include "rig.h"

enum { ROOM = 70000 };

static uint8_t file[66000], joined[ROOM];

/* The blocks of a plan joined, with their headers checked. */
static struct bytes join_load(const struct load_plan *p)
{
    struct writer all = WRITER(joined);
    for (size_t n = 0; n < p->blocks; n++) {
        uint8_t out[APDU_SHORT_MAX];
        struct writer w = WRITER(out);
        struct apdu a;
        assert_ok(load_plan_block(p, n, &w));
        assert_ok(apdu_read(written(&w), &a));
        assert_int_equal(a.ins, 0xE8);
        assert_int_equal(a.p1, n + 1 == p->blocks ? 0x80 : 0x00);
        assert_int_equal(a.p2, n & 0xFF);
        assert_int_equal(a.le, 0);
        assert_true(a.data.len == p->block_max || n + 1 == p->blocks);
        assert_ok(write_span(&all, a.data));
    }
    return written(&all);
}

static void a_load_file_comes_together_again_at_every_block_size(void **state)
{
    static const size_t lengths[] = {1, 127, 128, 300, 3000};
    uint8_t dap[64];
    struct writer d = WRITER(dap);
    (void)state;
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7 + i / 256);
    assert_ok(load_dap_write(HEX("A000000151000000"), HEX("0102030405060708"), &d));
    assert_hex(written(&d), "E214 4F08A000000151000000 C3080102030405060708");
    for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++)
        for (size_t max = 1; max <= 255; max += max < 8 ? 1 : 13)
            for (int with_dap = 0; with_dap < 2; with_dap++) {
                struct load_plan p;
                struct bytes whole, head, dap_part = with_dap ? written(&d) : BYTES_NONE;
                assert_ok(load_plan_make(dap_part, BYTES_OF(file, lengths[l]), max, &p));
                whole = join_load(&p);
                assert_int_equal(whole.len, dap_part.len + p.header_len + lengths[l]);
                assert_ok(bytes_part(whole, 0, dap_part.len, &head));
                assert_true(bytes_equal(head, dap_part));
                assert_int_equal(whole.at[dap_part.len], 0xC4);
                assert_memory_equal(whole.at + dap_part.len + p.header_len, file, lengths[l]);
            }
}

/* source: recorded from kaoh/globalplatform gpshell3: first block of 239 octets of a file of 340 */
static void the_first_block_begins_with_C4_and_the_length_of_the_whole(void **state)
{
    struct load_plan p;
    uint8_t out[APDU_SHORT_MAX];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(load_plan_make(BYTES_NONE, BYTES_OF(file, 340), 239, &p));
    assert_int_equal(p.blocks, 2);
    assert_ok(load_plan_block(&p, 0, &w));
    assert_hex(BYTES_OF(out, 9), "80E80000EF C4820154");
    w.len = 0;
    assert_ok(load_plan_block(&p, 1, &w));
    assert_hex(BYTES_OF(out, 5), "80E8800169");
}

static void block_numbers_wrap_and_the_plan_says_so(void **state)
{
    struct load_plan p;
    (void)state;
    assert_ok(load_plan_make(BYTES_NONE, BYTES_OF(file, 256 * 239 - 4), 239, &p));
    assert_int_equal(p.blocks, 256);
    assert_false(p.wraps);
    assert_ok(load_plan_make(BYTES_NONE, BYTES_OF(file, 256 * 239 - 3), 239, &p));
    assert_true(p.wraps);
    assert_int_equal(join_load(&p).len, 256 * 239 + 1);
}

static void loads_that_cannot_be_are_refused(void **state)
{
    struct load_plan p;
    uint8_t out[APDU_SHORT_MAX];
    struct writer w = WRITER(out);
    (void)state;
    assert_err(load_plan_make(BYTES_NONE, BYTES_NONE, 239, &p), TSM_BAD_LENGTH);
    assert_err(load_plan_make(BYTES_NONE, BYTES_OF(file, 10), 0, &p), TSM_BAD_VALUE);
    assert_err(load_plan_make(BYTES_NONE, BYTES_OF(file, 10), 256, &p), TSM_BAD_VALUE);
    assert_err(load_plan_make(BYTES_NONE, BYTES_OF(file, 65536), 239, &p), TSM_TOO_LONG);
    assert_err(load_plan_make(BYTES_NONE, BYTES_OF(file, 60000), 8, &p), TSM_TOO_LONG);
    assert_ok(load_plan_make(BYTES_NONE, BYTES_OF(file, 10), 239, &p));
    assert_err(load_plan_block(&p, 1, &w), TSM_NOT_FOUND);
    assert_err(load_dap_write(HEX("A000"), HEX("01"), &w), TSM_BAD_LENGTH);
}

static void parts_of_a_personalisation_keep_their_own_P1(void **state)
{
    static const char *const wanted[] = {
        "80E2080004 01010101",
        "80E2680104 80000102",
        "80E2680201 03",
        "80E2880302 9F36",
    };
    const struct store_part parts[] = {{HEX("01010101"), STORE_DGI},
                                       {HEX("8000010203"), STORE_DGI | STORE_ENCRYPTED},
                                       {HEX("9F36"), STORE_DGI}};
    struct store_plan p;
    (void)state;
    assert_ok(store_plan_make(parts, 3, 4, &p));
    assert_int_equal(p.blocks, 4);
    for (size_t n = 0; n < p.blocks; n++) {
        uint8_t out[64];
        struct writer w = WRITER(out);
        assert_ok(store_plan_block(&p, n, &w));
        assert_hex(written(&w), wanted[n]);
    }
}

static void a_case_4_block_asks_for_an_answer(void **state)
{
    const struct store_part part = {HEX("BF3E035C015A"), STORE_TLV | STORE_ANSWER};
    struct store_plan p;
    uint8_t out[64];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(store_plan_make(&part, 1, 239, &p));
    assert_ok(store_plan_block(&p, 0, &w));
    assert_hex(written(&w), "80E2910006BF3E035C015A00");
    assert_err(store_plan_block(&p, 1, &w), TSM_NOT_FOUND);
}

static void store_data_comes_together_again_at_every_block_size(void **state)
{
    (void)state;
    for (size_t max = 4; max <= 255; max++) {
        const struct store_part parts[] = {{BYTES_OF(file, 500), 0}, {BYTES_OF(file + 500, 1), 0}};
        struct store_plan p;
        struct writer all = WRITER(joined);
        assert_ok(store_plan_make(parts, 2, max, &p));
        for (size_t n = 0; n < p.blocks; n++) {
            uint8_t out[APDU_SHORT_MAX];
            struct writer w = WRITER(out);
            struct apdu a;
            assert_ok(store_plan_block(&p, n, &w));
            assert_ok(apdu_read(written(&w), &a));
            assert_int_equal(a.p2, n);
            assert_int_equal(a.p1 >> 7, n + 1 == p.blocks);
            assert_ok(write_span(&all, a.data));
        }
        assert_true(bytes_equal(written(&all), BYTES_OF(file, 501)));
    }
}

static void runs_that_cannot_be_are_refused(void **state)
{
    struct store_part part = {BYTES_OF(file, 1025), 0};
    struct store_plan p;
    (void)state;
    assert_err(store_plan_make(&part, 1, 4, &p), TSM_TOO_LONG); /* 257 blocks */
    assert_err(store_plan_make(&part, 0, 4, &p), TSM_BAD_LENGTH);
    assert_err(store_plan_make(&part, 1, 0, &p), TSM_BAD_VALUE);
    part.data.len = 0;
    assert_err(store_plan_make(&part, 1, 4, &p), TSM_BAD_LENGTH);
    part.data.len = 1;
    for (unsigned p1 = 0; p1 < 256; p1++) {
        bool legal = !(p1 & 0x86) && (p1 & 0x60) != 0x40 && (p1 & 0x18) != 0x18;
        part.p1 = (uint8_t)p1;
        assert_int_equal(store_plan_make(&part, 1, 4, &p) == TSM_OK, legal);
    }
}

static void whole_groupings_are_packed_into_blocks(void **state)
{
    struct octets dgis = octets_of("0101020102 010201AA 0103050102030405 010400");
    struct store_part parts[4];
    size_t count = 4;
    (void)state;
    assert_ok(store_whole_dgis(octets_bytes(&dgis), STORE_DGI, 10, parts, &count));
    assert_int_equal(count, 3);
    assert_hex(parts[0].data, "0101020102 010201AA");
    assert_hex(parts[1].data, "0103050102030405");
    assert_hex(parts[2].data, "010400");
    count = 4;
    assert_err(store_whole_dgis(octets_bytes(&dgis), STORE_DGI, 7, parts, &count), TSM_TOO_LONG);
    count = 2;
    assert_err(store_whole_dgis(octets_bytes(&dgis), STORE_DGI, 10, parts, &count), TSM_TOO_LONG);
    count = 4;
    assert_err(store_whole_dgis(HEX("01010201"), STORE_DGI, 10, parts, &count), TSM_SHORT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_file_comes_together_again_at_every_block_size),
        cmocka_unit_test(the_first_block_begins_with_C4_and_the_length_of_the_whole),
        cmocka_unit_test(block_numbers_wrap_and_the_plan_says_so),
        cmocka_unit_test(loads_that_cannot_be_are_refused),
        cmocka_unit_test(parts_of_a_personalisation_keep_their_own_P1),
        cmocka_unit_test(a_case_4_block_asks_for_an_answer),
        cmocka_unit_test(store_data_comes_together_again_at_every_block_size),
        cmocka_unit_test(runs_that_cannot_be_are_refused),
        cmocka_unit_test(whole_groupings_are_packed_into_blocks),
    };
    return cmocka_run_group_tests_name("gp/transfer", tests, NULL, NULL);
}
