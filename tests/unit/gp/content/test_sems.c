/* SPDX-License-Identifier: Apache-2.0 */
/* Offline scripts: what is written is read back, and nothing that was changed. Unit test of gp/sems. Keys:
 * root of RFC 6979 A.2.5, writer of RFC 4754 8.1. */
#include <string.h>

#include "../rig.h"
#include "gp/sems/sems.h"

#define ROOT_D "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define ROOT_POINT                                                       \
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6" \
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
#define WRITER_D "DC51D3866A15BACDE33D96F992FCA99DA7E6EF0934E7097559C27F1614C88A7F"
#define WRITER_POINT                                                     \
    "042442A5CC0ECD015FA3CA31DC8E2BBC70BF42D60CBCA20085E0822CB04235E970" \
    "6FC98BD7E50211A4A27102FA3549DF79EBCB4BF246B80945CDDFE7D509BBFD7D"

enum { ROOM = 2048 };

struct bench {
    struct sign_key root, writer;
    uint8_t certificate[512], script[ROOM];
    size_t certificate_len, script_len;
};

static void make(struct bench *b, size_t commands)
{
    const struct bytes list[] = {HEX("80F24002024F0000"), HEX("80CA006600"), HEX("80CA00E000")};
    struct writer c = WRITER(b->certificate), s = WRITER(b->script);
    struct sems_certificate says = {.serial = HEX("01"),
                                    .issuer = HEX("4F54534D4C414201"),
                                    .holder = HEX("4241414E"),
                                    .usage = HEX("0080"),
                                    .issuer_key = HEX("0000000000000001"),
                                    .domain = HEX("A000000151000000"),
                                    .point = HEX(WRITER_POINT)};
    struct sems_script script = {.number = 7, .command = list, .commands = commands};
    struct sems_signer root, writer;
    assert_ok(sign_key_ec(HEX(ROOT_POINT), HEX(ROOT_D), &b->root));
    assert_ok(sign_key_ec(HEX(WRITER_POINT), HEX(WRITER_D), &b->writer));
    root = sems_signer_of(&b->root);
    writer = sems_signer_of(&b->writer);
    assert_ok(sems_certify(&says, &root, &c));
    b->certificate_len = c.len;
    script.certificate = BYTES_OF(b->certificate, c.len);
    assert_ok(sems_write(&script, &writer, &s));
    b->script_len = s.len;
}

static void drop(struct bench *b)
{
    sign_key_free(&b->root);
    sign_key_free(&b->writer);
}

/* Walks the whole script; how it ended. */
static enum tsm_err play(struct bench *b, struct bytes script, size_t *commands)
{
    struct sems_reader r;
    struct sems_command c;
    enum tsm_err e = sems_open(script, &b->root, &r);
    *commands = 0;
    while (e == TSM_OK && (e = sems_next(&r, &c)) == TSM_OK)
        ++*commands;
    return e;
}

static void a_script_is_read_back_command_by_command(void **state)
{
    struct bench b;
    struct sems_reader r;
    struct sems_command c;
    (void)state;
    make(&b, 3);
    assert_ok(sems_open(BYTES_OF(b.script, b.script_len), &b.root, &r));
    assert_int_equal(r.number, 7);
    assert_hex(r.certificate.domain, "A000000151000000");
    assert_ok(sems_next(&r, &c));
    assert_hex(c.plain, "80F24002024F0000");
    assert_int_equal(c.frame.at[2], 0x00);
    assert_ok(sems_next(&r, &c));
    assert_hex(c.plain, "80CA006600");
    assert_ok(sems_next(&r, &c));
    assert_hex(c.plain, "80CA00E000");
    assert_int_equal(c.frame.at[2], 0x80); /* P1: the last */
    assert_err(sems_next(&r, &c), TSM_NOT_FOUND);
    drop(&b);
}

static void no_octet_can_be_changed(void **state)
{
    struct bench b;
    size_t n;
    (void)state;
    make(&b, 2);
    assert_err(play(&b, BYTES_OF(b.script, b.script_len), &n), TSM_NOT_FOUND);
    for (size_t at = 0; at < b.script_len; at++) {
        b.script[at] ^= 0x01;
        assert_int_not_equal(play(&b, BYTES_OF(b.script, b.script_len), &n), TSM_NOT_FOUND);
        b.script[at] ^= 0x01;
    }
    drop(&b);
}

static void nothing_can_be_left_out_or_put_behind(void **state)
{
    struct bench b;
    uint8_t longer[ROOM];
    struct writer w = WRITER(longer);
    size_t n;
    (void)state;
    make(&b, 3);
    for (size_t len = 0; len < b.script_len; len++)
        assert_int_not_equal(play(&b, BYTES_OF(b.script, len), &n), TSM_NOT_FOUND);
    assert_ok(write_span(&w, BYTES_OF(b.script, b.script_len)));
    assert_ok(write_u8(&w, 0x40));
    assert_err(play(&b, written(&w), &n), TSM_TRAILING_BYTES);
    drop(&b);
}

static void another_root_has_certified_nobody(void **state)
{
    struct bench b;
    struct sems_reader r;
    (void)state;
    make(&b, 1);
    assert_err(sems_open(BYTES_OF(b.script, b.script_len), &b.writer, &r), TSM_MAC_WRONG);
    drop(&b);
}

static void what_cannot_be_carried_is_refused(void **state)
{
    struct bench b;
    uint8_t big[SEMS_COMMAND_MAX + 1] = {0x80}, out[ROOM];
    struct bytes one = BYTES(big);
    struct writer w = WRITER(out);
    struct sems_signer writer;
    struct sems_script s = {.number = 1, .command = &one, .commands = 1};
    (void)state;
    make(&b, 1);
    writer = sems_signer_of(&b.writer);
    s.certificate = BYTES_OF(b.certificate, b.certificate_len);
    assert_err(sems_write(&s, &writer, &w), TSM_TOO_LONG);
    s.commands = 0;
    assert_err(sems_write(&s, &writer, &w), TSM_BAD_VALUE);
    assert_int_equal(w.len, 0);
    drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_script_is_read_back_command_by_command),
        cmocka_unit_test(no_octet_can_be_changed),
        cmocka_unit_test(nothing_can_be_left_out_or_put_behind),
        cmocka_unit_test(another_root_has_certified_nobody),
        cmocka_unit_test(what_cannot_be_carried_is_refused),
    };
    return cmocka_run_group_tests_name("gp sems", tests, NULL, NULL);
}
