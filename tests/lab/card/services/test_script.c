/* SPDX-License-Identifier: Apache-2.0 */
/* Signed scripts that a card runs without a server: a whole one, a tampered one, an old one (GPCS Amendment
 * I; the frames' contents are the laboratory's, card/sems/sems.h). */
#include "desk.h"
#include "scene.h"

#include "common/crypto/asym.h"
#include "common/tlv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEMS "A00000015153454D5300000001"
/* RFC 6979 A.2.5: the laboratory's root; and a script writer's key pair of RFC 4754 8.1. */
#define ROOT_PRIVATE   "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define WRITER_PRIVATE "DC51D3866A15BACDE33D96F992FCA99DA7E6EF0934E7097559C27F1614C88A7F"
#define WRITER_PUBLIC                                                    \
    "042442A5CC0ECD015FA3CA31DC8E2BBC70BF42D60CBCA20085E0822CB04235E970" \
    "6FC98BD7E50211A4A27102FA3549DF79EBCB4BF246B80945CDDFE7D509BBFD7D"
#define MAX_COMMANDS 4

static struct asym_key private_key(const char *hex)
{
    struct asym_key k = {.type = KEY_TYPE_ECC_PRIVATE, .curve = 0, .len = 32};
    size_t n;

    assert_true(lab_hex_read(hex, k.value, sizeof k.value, &n));
    return k;
}

static void sign(const char *key, const struct out *over, struct out *to)
{
    struct asym_key k = private_key(key);
    uint8_t signature[ASYM_MAX_SIGNATURE];

    assert_int_equal(asym_sign(&k, over->at, over->len, signature), 64);
    out_tlv(to, 0x5F37, signature, 64);
}

static void hex_object(struct out *o, const char *hex)
{
    uint8_t bytes[256];
    size_t n;

    assert_true(lab_hex_read(hex, bytes, sizeof bytes, &n));
    out_bytes(o, bytes, n);
}

struct script {
    uint8_t certificate[512], authentication[256], commands[MAX_COMMANDS][255];
    size_t certificate_len, authentication_len, lens[MAX_COMMANDS], count;
};

/* 7F21 around serial, issuer, holder, usage, issuer's key, domain, public key, signature. */
static void certify(struct script *s, const char *root, const char *domain)
{
    static uint8_t body[512], part[64];
    struct out o, d, c;
    size_t mark;

    out_init(&d, part, sizeof part);
    mark = out_open(&d, 0x53);
    hex_object(&d, "4F08");
    hex_object(&d, domain);
    out_close(&d, mark);
    out_init(&o, body, sizeof body);
    hex_object(&o, "930101"
                   "42084F54534D4C414201"
                   "5F20044241414E"
                   "95020080"
                   "45080000000000000001");
    out_bytes(&o, part, d.len);
    hex_object(&o, "7F49438641" WRITER_PUBLIC);
    out_init(&c, s->certificate, sizeof s->certificate);
    mark = out_open(&c, 0x7F21);
    out_bytes(&c, body, o.len);
    sign(root, &o, &c);
    out_close(&c, mark);
    s->certificate_len = c.len;
}

/* Binds each command to the next one, then signs the first. */
static void bind_commands(struct script *s, uint32_t number, const char *const *capdus, size_t count)
{
    uint8_t next[32] = {0};
    struct out o;

    s->count = count;
    for (size_t i = count; i-- > 0;) {
        out_init(&o, s->commands[i], sizeof s->commands[i]);
        out_bytes(&o, next, sizeof next);
        hex_object(&o, capdus[i]);
        s->lens[i] = o.len;
        assert_true(lab_digest(32, s->commands[i], o.len, next));
    }
    out_init(&o, s->authentication, sizeof s->authentication);
    out_number(&o, 0x8104, 2);
    out_number(&o, number, 4);
    out_tlv(&o, 0x90, next, sizeof next);
    sign(WRITER_PRIVATE, &(struct out){.at = o.at, .len = o.len}, &o);
    s->authentication_len = o.len;
}

static void make_script(struct script *s, uint32_t number, const char *const *capdus, size_t count)
{
    certify(s, ROOT_PRIVATE, ISD);
    bind_commands(s, number, capdus, count);
}

static uint16_t frame(struct desk *d, unsigned p1, const uint8_t *at, size_t n)
{
    char hex[511];

    lab_hex_write(at, n, hex);
    return plain(d, "80A0%02X00%02zX%s", p1, n, hex);
}

static uint16_t open_script(struct desk *d, const struct script *s)
{
    uint16_t sw;

    assert_int_equal(select_aid(d, SEMS), 0x9000);
    assert_non_null(strstr(d->data, "65"
                                    "14"
                                    "42084F54534D4C41420145080000000000000001"));
    sw = frame(d, 0x01, s->certificate, 100);
    if (sw == 0x9000)
        sw = frame(d, 0x00, s->certificate + 100, s->certificate_len - 100);
    return sw == 0x9000 ? frame(d, 0x00, s->authentication, s->authentication_len) : sw;
}

/* The whole script; stops at the first refusal. */
static uint16_t run(struct desk *d, const struct script *s)
{
    uint16_t sw = open_script(d, s);

    for (size_t i = 0; sw == 0x9000 && i < s->count; i++)
        sw = frame(d, i + 1 == s->count ? 0x80 : 0x00, s->commands[i], s->lens[i]);
    return sw;
}

static struct desk *with_sems(void)
{
    struct card_config cfg = {.with = "sems"};

    return desk_new(&cfg);
}

#define CREATE "80E60C002107" SD_PACKAGE "08" SD_MODULE "07" DOMAIN "0380800002C90000"
static const char *const creation[] = {CREATE, "80F24002024F0000"};

static void a_signed_script_runs_without_a_server(void **state)
{
    struct desk *d = with_sems();
    struct script s;

    (void)state;
    make_script(&s, 1, creation, 2);
    assert_int_equal(run(d, &s), 0x9000);
    assert_non_null(strstr(d->data, "4F07" DOMAIN));
    assert_int_equal(plain(d, "80CA004600"), 0x9000);
    assert_string_equal(d->data, "460100");
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    desk_free(d);
}

static void a_tampered_command_is_refused_and_ends_the_script(void **state)
{
    struct script s;

    (void)state;
    for (size_t at = 0; at < 8; at++) {
        struct desk *d = with_sems();

        make_script(&s, 1, creation, 2);
        s.commands[1][at * 5] ^= 0x01;
        assert_int_equal(run(d, &s), 0x6982);
        assert_int_equal(frame(d, 0x80, s.commands[1], s.lens[1]), 0x6982);
        assert_int_equal(plain(d, "80CA004600"), 0x9000);
        assert_string_equal(d->data, "460101");
        desk_free(d);
    }
}

static void a_command_out_of_its_place_is_refused(void **state)
{
    struct desk *d = with_sems();
    struct script s;

    (void)state;
    make_script(&s, 1, creation, 2);
    assert_int_equal(open_script(d, &s), 0x9000);
    assert_int_equal(frame(d, 0x00, s.commands[1], s.lens[1]), 0x6982);
    assert_int_equal(select_aid(d, DOMAIN), 0x6A82);
    desk_free(d);
}

static void an_old_script_does_not_run_again(void **state)
{
    static const char *const list[] = {"80F28002024F0000"};
    struct desk *d = with_sems();
    struct script s;

    (void)state;
    make_script(&s, 7, list, 1);
    assert_int_equal(run(d, &s), 0x9000);
    assert_int_equal(run(d, &s), 0x6982);
    make_script(&s, 6, list, 1);
    assert_int_equal(run(d, &s), 0x6982);
    make_script(&s, 8, list, 1);
    assert_int_equal(run(d, &s), 0x9000);
    desk_free(d);
}

static void a_certificate_of_another_root_or_changed_is_refused(void **state)
{
    struct desk *d = with_sems();
    struct script s;

    (void)state;
    make_script(&s, 1, creation, 2);
    certify(&s, WRITER_PRIVATE, ISD);
    assert_int_equal(run(d, &s), 0x6982);
    for (size_t at = 5; at < s.certificate_len; at += 13) {
        certify(&s, ROOT_PRIVATE, ISD);
        s.certificate[at] ^= 0x01;
        assert_int_not_equal(open_script(d, &s), 0x9000);
    }
    certify(&s, ROOT_PRIVATE, "F04F545344000199"); /* a domain that is not there */
    assert_int_equal(run(d, &s), 0x6A88);
    desk_free(d);
}

static void a_signature_over_another_script_is_refused(void **state)
{
    struct desk *d = with_sems();
    struct script s;

    (void)state;
    make_script(&s, 1, creation, 2);
    s.authentication[s.authentication_len - 1] ^= 0x01;
    assert_int_equal(run(d, &s), 0x6982);
    make_script(&s, 1, creation, 2);
    s.authentication[5] ^= 0x02; /* the number */
    assert_int_equal(run(d, &s), 0x6982);
    assert_int_equal(plain(d, "80A0020001"
                              "00"),
                     0x6A86);
    assert_int_equal(plain(d, "80A0000000"), 0x6700);
    desk_free(d);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_script_runs_without_a_server),
        cmocka_unit_test(a_tampered_command_is_refused_and_ends_the_script),
        cmocka_unit_test(a_command_out_of_its_place_is_refused),
        cmocka_unit_test(an_old_script_does_not_run_again),
        cmocka_unit_test(a_certificate_of_another_root_or_changed_is_refused),
        cmocka_unit_test(a_signature_over_another_script_is_refused),
    };

    (void)argc;
    (void)argv;
    return cmocka_run_group_tests_name("lab card: offline scripts", tests, NULL, NULL);
}
