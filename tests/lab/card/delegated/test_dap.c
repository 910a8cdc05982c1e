/* SPDX-License-Identifier: Apache-2.0 */
/* DAP and mandated DAP on the laboratory's card: who must have signed a load file, with which kinds of keys,
 * and that a refused one leaves nothing behind (GPCS 2.3.1 9.2.1, 9.3.5, 11.6.2.3, C.3). */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAP_KEY "707172737475767778797A7B7C7D7E7F"

/* A domain that verifies DAPs with the office's key; the session is in the issuer's domain. */
static void verifier(struct desk *d, const struct office *o, const char *aid, const char *privileges)
{
    domain_with(d, aid, privileges);
    enter(d, aid);
    assert_int_equal(put_office_key(d, o, 0x73), 0x9000);
    enter(d, ISD);
}

/* The E2 block of the office over `hash`. */
static const char *dap_block(const struct office *o, const char *aid, const char *hash)
{
    static char blocks[4][1300];
    static size_t next;
    char *to = blocks[next++ % 4];
    char signature[1100], inner[1250];
    size_t n;

    office_sign(o, hash, signature);
    n = strlen(signature) / 2;
    n = (size_t)sprintf(inner,
                        n > 255   ? "4F07%sC382%04zX%s"
                        : n > 127 ? "4F07%sC381%02zX%s"
                                  : "4F07%sC3%02zX%s",
                        aid, n, signature) /
        2;
    sprintf(to, n > 255 ? "E282%04zX%s" : n > 127 ? "E281%02zX%s" : "E2%02zX%s", n, inner);
    return to;
}

/* INSTALL [for load] with the hash and LOAD of the file in as many blocks as it needs. */
static uint16_t load_with(struct desk *d, const char *domain, const char *hash, const char *daps)
{
    char file[4000];
    uint16_t sw = begin_load(d, domain, hash);
    size_t n, block = 0;

    snprintf(file, sizeof file, "%s" LOAD_FILE, daps);
    n = strlen(file);
    for (size_t at = 0; sw == 0x9000 && at < n; at += 400, block++) {
        size_t part = n - at < 400 ? n - at : 400;

        sw = secure(d, "80E8%02X%02zX%02zX%.*s00", at + part == n ? 0x80U : 0x00U, block, part / 2, (int)part,
                    file + at);
    }
    return sw;
}

static void nothing_is_loaded(struct desk *d, unsigned long memory)
{
    assert_int_equal(secure(d, "80F22002074F05" APP_PACKAGE "00"), 0x6A88);
    assert_int_equal(memory_now(d), memory);
}

static void every_kind_of_key_verifies_the_daps_of_its_domain(void **state)
{
    struct office kinds[] = {office_sym(KEY_TYPE_AES, DAP_KEY), office_sym(KEY_TYPE_DES, DAP_KEY),
                             office_rsa(1024), office_rsa(2048), office_ecc("P-256", 0x00)};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct desk *d = opened(NULL);
        char other[65];
        unsigned long memory;

        verifier(d, &kinds[i], PROVIDER, "C08000");
        memory = memory_now(d);
        snprintf(other, sizeof other, "00%s", cap_hash() + 2);
        assert_int_equal(load_with(d, PROVIDER, cap_hash(), ""), 0x6985);
        assert_int_equal(load_with(d, PROVIDER, cap_hash(), dap_block(&kinds[i], PROVIDER, other)), 0x6985);
        assert_int_equal(load_with(d, PROVIDER, other, dap_block(&kinds[i], PROVIDER, other)), 0x6A80);
        nothing_is_loaded(d, memory);
        assert_int_equal(load_with(d, PROVIDER, cap_hash(), dap_block(&kinds[i], PROVIDER, cap_hash())),
                         0x9000);
        desk_free(d);
        office_close(&kinds[i]);
    }
}

static void a_mandated_dap_is_due_for_every_load_file(void **state)
{
    struct office authority = office_sym(KEY_TYPE_AES, DAP_KEY), provider = office_sym(KEY_TYPE_AES, NEW_KEY);
    char both[400];
    struct desk *d = opened(NULL);
    unsigned long memory;

    (void)state;
    verifier(d, &authority, OTHER, "C18000");
    verifier(d, &provider, PROVIDER, "C08000");
    memory = memory_now(d);
    assert_int_equal(load_with(d, "", "", ""), 0x6985);
    assert_int_equal(load_with(d, PROVIDER, cap_hash(), dap_block(&provider, PROVIDER, cap_hash())), 0x6985);
    assert_int_equal(load_with(d, PROVIDER, cap_hash(), dap_block(&authority, OTHER, cap_hash())), 0x6985);
    nothing_is_loaded(d, memory);
    snprintf(both, sizeof both, "%s%s", dap_block(&authority, OTHER, cap_hash()),
             dap_block(&provider, PROVIDER, cap_hash()));
    assert_int_equal(load_with(d, PROVIDER, cap_hash(), both), 0x9000);
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    assert_int_equal(load_with(d, "", cap_hash(), dap_block(&authority, OTHER, cap_hash())), 0x9000);
    desk_free(d);
}

static void a_dap_must_name_a_domain_that_verifies(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, DAP_KEY);
    struct desk *d = opened(NULL);
    unsigned long memory;

    (void)state;
    domain_with(d, PROVIDER, "808000");
    domain_with(d, OTHER, "C08000"); /* no DAP key yet */
    memory = memory_now(d);
    assert_int_equal(load_with(d, "", cap_hash(), dap_block(&o, PROVIDER, cap_hash())), 0x6985);
    assert_int_equal(load_with(d, "", cap_hash(), dap_block(&o, OTHER, cap_hash())), 0x6985);
    assert_int_equal(load_with(d, "", cap_hash(), dap_block(&o, "F0999999999999", cap_hash())), 0x6985);
    assert_int_equal(load_with(d, "", "", dap_block(&o, OTHER, cap_hash())), 0x6A80);
    nothing_is_loaded(d, memory);
    desk_free(d);
}

static void malformed_dap_blocks_are_refused(void **state)
{
    static const char *const rows[] = {
        "E200",
        "E2024F00",
        "E2094F07" PROVIDER,
        "E20B4F07" PROVIDER "C301",
        "E20D4F07" PROVIDER "C3010000",
        "E20BC301004F07" PROVIDER "",
        "E2820401",
    };
    struct office o = office_sym(KEY_TYPE_AES, DAP_KEY);
    struct desk *d = opened(NULL);
    unsigned long memory;

    (void)state;
    verifier(d, &o, PROVIDER, "C08000");
    memory = memory_now(d);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (load_with(d, "", cap_hash(), rows[i]) != 0x6A80)
            fail_msg("row %zu", i);
    nothing_is_loaded(d, memory);
    desk_free(d);
}

static void a_sha1_hash_is_too_weak_for_a_stronger_signature(void **state)
{
    struct office o = office_ecc("P-256", 0x00);
    struct desk *d = opened(NULL);
    uint8_t cap[64], hash[20];
    char hex[41];
    size_t n;

    (void)state;
    verifier(d, &o, PROVIDER, "C08000");
    assert_true(lab_hex_read(CAP, cap, sizeof cap, &n));
    assert_true(lab_digest(sizeof hash, cap, n, hash));
    lab_hex_write(hash, sizeof hash, hex);
    assert_int_equal(load_with(d, PROVIDER, hex, dap_block(&o, PROVIDER, hex)), 0x6A80);
    desk_free(d);
    office_close(&o);
}

/* Amendment D, Table 8-1: AES-256 asks for SHA-512, though a MAC has no hash inside. */
static void an_aes_key_wants_a_hash_as_strong_as_itself(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, DAP_KEY DAP_KEY);
    struct desk *d = opened(NULL);
    uint8_t cap[64], hash[64];
    char hex[129];
    size_t n;

    (void)state;
    verifier(d, &o, PROVIDER, "C08000");
    assert_int_equal(load_with(d, PROVIDER, cap_hash(), dap_block(&o, PROVIDER, cap_hash())), 0x6A80);
    assert_true(lab_hex_read(CAP, cap, sizeof cap, &n));
    assert_true(lab_digest(sizeof hash, cap, n, hash));
    lab_hex_write(hash, sizeof hash, hex);
    assert_int_equal(load_with(d, PROVIDER, hex, dap_block(&o, PROVIDER, hex)), 0x9000);
    desk_free(d);
    office_close(&o);
}

static void a_load_file_does_not_slip_into_a_verifying_domain_later(void **state)
{
    struct install move_file = {PROVIDER, "", APP_PACKAGE, "", ""};
    struct office o = office_sym(KEY_TYPE_AES, DAP_KEY);
    struct desk *d = opened(NULL);

    (void)state;
    verifier(d, &o, PROVIDER, "C08000");
    load_file(d, "");
    assert_int_equal(install(d, 0x10, &move_file), 0x6985);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_key_verifies_the_daps_of_its_domain),
        cmocka_unit_test(a_mandated_dap_is_due_for_every_load_file),
        cmocka_unit_test(a_dap_must_name_a_domain_that_verifies),
        cmocka_unit_test(malformed_dap_blocks_are_refused),
        cmocka_unit_test(a_sha1_hash_is_too_weak_for_a_stronger_signature),
        cmocka_unit_test(an_aes_key_wants_a_hash_as_strong_as_itself),
        cmocka_unit_test(a_load_file_does_not_slip_into_a_verifying_domain_later),
    };

    return cmocka_run_group_tests_name("lab card: DAP", tests, NULL, NULL);
}
