/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens on the laboratory's card: every kind of key, every command, every way to be wrong (GPCS 2.3.1 9.1.3,
 * 9.2.3, 11.1.5.1, C.2, C.4). */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TOKEN_KEY "606162636465666768696A6B6C6D6E6F"

static const char *const install_fields_of_app[] = {APP_PACKAGE, APP_MODULE, APP, "00", "C900"};

/* Load, install, make selectable in two steps, delete: each with a token of the office. */
static void whole_life(struct office *o)
{
    const char *selectable[] = {"", "", APP, "00", ""};
    struct desk *d = delegated(o, NULL);

    assert_int_equal(load_token(d, o, ""), 0x9000);
    assert_int_equal(install_token(d, o, 0x04, install_fields_of_app, 5), 0x9000);
    assert_int_equal(install_token(d, o, 0x08, selectable, 5), 0x9000);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x9000);
    assert_non_null(strstr(d->data, "9F700107"));
    assert_non_null(strstr(d->data, "CC07" PROVIDER));
    assert_int_equal(delete_token(d, o, APP_PACKAGE, ""), 0x9000);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x6A88);
    desk_free(d);
    office_close(o);
}

static void every_kind_of_key_verifies_tokens(void **state)
{
    struct office kinds[] = {
        office_sym(KEY_TYPE_AES, TOKEN_KEY),
        office_sym(KEY_TYPE_AES, TOKEN_KEY TOKEN_KEY),
        office_sym(KEY_TYPE_DES, TOKEN_KEY),
        office_rsa(1024),
        office_rsa(2048),
        office_ecc("P-256", 0x00),
        office_ecc("brainpoolP256r1", 0x03),
    };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        whole_life(&kinds[i]);
}

static void a_strong_curve_wants_a_strong_hash_of_the_load_file(void **state)
{
    struct office o = office_ecc("P-384", 0x01);
    struct desk *d = delegated(&o, NULL);

    (void)state;
    assert_int_equal(load_token(d, &o, ""), 0x6A80); /* SHA-256 under an ECDSA with SHA-384: Table C-3 */
    desk_free(d);
    office_close(&o);
}

static void a_token_is_worth_nothing_over_other_data(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY), forger = office_sym(KEY_TYPE_AES, NEW_KEY);
    const char *no_hash[] = {APP_PACKAGE, "", "", ""};
    struct desk *d = delegated(&o, NULL);
    char body[400], input[800], token[64];

    (void)state;
    assert_int_equal(load_token(d, &forger, ""), 0x6985);
    assert_int_equal(install_token(d, &o, 0x02, no_hash, 4), 0x6A80);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_int_equal(install_token(d, &forger, 0x0C, install_fields_of_app, 5), 0x6985);
    join(install_fields_of_app, 5, body);
    assert_int_equal(secure(d, "80E60C00%02zX%s0000", strlen(body) / 2 + 1, body), 0x6985);
    /* a token for [for install] alone, used for [for install and make selectable] */
    snprintf(input, sizeof input, "0400%02zX%s", strlen(body) / 2, body);
    office_sign(&o, input, token);
    assert_int_equal(secure(d, "80E60C00%02zX%s10%s00", strlen(body) / 2 + 17, body, token), 0x6985);
    assert_int_equal(secure(d, "80E60400%02zX%s10%s00", strlen(body) / 2 + 17, body, token), 0x9000);
    assert_int_equal(delete_token(d, &forger, APP, ""), 0x6985);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x6985);
    assert_int_equal(delete_token(d, &o, APP, ""), 0x9000);
    desk_free(d);
}

static void a_wrong_token_can_be_refused_with_9484(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY), forger = office_sym(KEY_TYPE_AES, NEW_KEY);
    struct card_config cfg = {.quirk = "token-9484"}, refusing = {.fault = "token-refused"};
    struct desk *d = delegated(&o, &cfg);

    (void)state;
    assert_int_equal(load_token(d, &forger, ""), 0x9484);
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    desk_free(d);
    d = delegated(&o, &refusing);
    assert_int_equal(load_token(d, &o, ""), 0x6985);
    desk_free(d);
}

static void a_token_names_its_verifier_rightly_or_not_at_all(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct desk *d = delegated(&o, NULL);

    (void)state;
    assert_int_equal(load_token(d, &o, ""), 0x9000);
    assert_int_equal(delete_token(d, &o, APP_PACKAGE, "42049999900E"), 0x6985);
    assert_int_equal(delete_token(d, &o, APP_PACKAGE, "450101"), 0x6985);
    assert_int_equal(delete_token(d, &o, APP_PACKAGE, "42049999900F5F2002AABB930107"), 0x9000);
    desk_free(d);
}

static void without_a_token_key_nothing_is_delegated(void **state)
{
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct desk *d = opened(NULL);

    (void)state;
    domain_with(d, PROVIDER, "A08000");
    enter(d, PROVIDER);
    assert_int_equal(load_token(d, &o, ""), 0x6985);
    desk_free(d);
}

static void an_authorized_domain_manages_without_tokens_and_refuses_them(void **state)
{
    struct install app = {APP_PACKAGE, APP_MODULE, APP, "00", "C900"};
    struct office o = office_sym(KEY_TYPE_AES, TOKEN_KEY);
    struct desk *d = delegated(&o, NULL);

    (void)state;
    enter(d, ISD);
    domain_with(d, OTHER, "80C000");
    enter(d, OTHER);
    assert_int_equal(load_token(d, &o, ""), 0x6985);
    load_file(d, "");
    assert_int_equal(install(d, 0x0C, &app), 0x9000);
    assert_string_equal(d->data, "00");
    assert_int_equal(secure(d, "80E40080074F05" APP_PACKAGE "00"), 0x9000);
    assert_string_equal(d->data, "00");
    desk_free(d);
}

static void a_hierarchy_below_another_authorized_domain_has_its_own_verifier(void **state)
{
    struct office issuer = office_sym(KEY_TYPE_AES, TOKEN_KEY), other = office_sym(KEY_TYPE_AES, NEW_KEY);
    struct install child = {SD_PACKAGE, SD_MODULE, "F04F5453440021", "A08000", "C900"};
    struct card_config cfg = {.quirk = "no-receipts"};
    struct desk *d = delegated(&issuer, &cfg);

    (void)state;
    enter(d, ISD);
    domain_with(d, OTHER, "80E000"); /* Authorized Management and Token Verification */
    enter(d, OTHER);
    assert_int_equal(put_office_key(d, &other, 0x70), 0x9000);
    assert_int_equal(install(d, 0x0C, &child), 0x9000);
    assert_int_equal(select_aid(d, "F04F5453440021"), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    enter(d, "F04F5453440021");
    assert_int_equal(load_token(d, &issuer, ""), 0x6985);
    assert_int_equal(load_token(d, &other, ""), 0x9000);
    assert_string_equal(d->data, "00");
    desk_free(d);
}

static void management_privileges_exclude_each_other(void **state)
{
    static const struct {
        const char *privileges;
        uint16_t sw;
    } rows[] = {
        {"A0C000", 0x6A80}, /* delegated and authorized */
        {"A0A000", 0x6A80}, /* delegated and token verification */
        {"A08080", 0x6A80}, /* delegated and receipts */
        {"818000", 0x6A80}, /* mandated DAP without DAP */
        {"80A000", 0x6985}, /* a second verifier below the issuer's domain */
        {"808080", 0x6985}, /* a second maker of receipts */
        {"80E080", 0x9000}, /* both in a hierarchy of its own */
        {"C18000", 0x9000}, {"A08000", 0x9000}, {"E08000", 0x9000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct install f = {SD_PACKAGE, SD_MODULE, OTHER, rows[i].privileges, "C900"};
        struct desk *d = opened(NULL);

        if (install(d, 0x0C, &f) != rows[i].sw)
            fail_msg("%s", rows[i].privileges);
        desk_free(d);
    }
}

static void chains_are_gathered_in_order_or_dropped(void **state)
{
    struct card_config cfg = {.quirk = "no-chaining"};
    struct office o = office_rsa(2048);
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(put_office_key(d, &o, 0x70), 0x9000);
    assert_string_equal(d->data, "70");
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_non_null(strstr(d->data, "C0060170A100A003"));
    /* another command between the parts */
    assert_int_equal(plain(d, "84E68C0002000000"), 0x9000);
    assert_int_equal(plain(d, "84F28002024F0000"), 0x6985);
    assert_int_equal(plain(d, "84E68C0002000000"), 0x9000);
    assert_int_equal(plain(d, "84E60400020000"), 0x6985);
    assert_int_equal(secure(d, "80F28002024F0000"), 0x9000);
    desk_free(d);
    d = opened(&cfg);
    assert_int_equal(put_office_key(d, &o, 0x70), 0x6A86);
    desk_free(d);
    office_close(&o);
}

static void a_chain_has_an_end(void **state)
{
    struct desk *d = opened(NULL);
    char part[511];
    uint16_t sw = 0x9000;
    unsigned parts = 0;

    (void)state;
    memset(part, '0', sizeof part - 1);
    part[sizeof part - 1] = '\0';
    while (sw == 0x9000 && parts++ < 20)
        sw = plain(d, "84E68C00FF%s00", part);
    assert_int_equal(sw, 0x6A86);
    assert_in_range(parts, 5, 19);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_key_verifies_tokens),
        cmocka_unit_test(a_strong_curve_wants_a_strong_hash_of_the_load_file),
        cmocka_unit_test(a_token_is_worth_nothing_over_other_data),
        cmocka_unit_test(a_wrong_token_can_be_refused_with_9484),
        cmocka_unit_test(a_token_names_its_verifier_rightly_or_not_at_all),
        cmocka_unit_test(without_a_token_key_nothing_is_delegated),
        cmocka_unit_test(an_authorized_domain_manages_without_tokens_and_refuses_them),
        cmocka_unit_test(a_hierarchy_below_another_authorized_domain_has_its_own_verifier),
        cmocka_unit_test(management_privileges_exclude_each_other),
        cmocka_unit_test(chains_are_gathered_in_order_or_dropped),
        cmocka_unit_test(a_chain_has_an_end),
    };

    return cmocka_run_group_tests_name("lab card: tokens", tests, NULL, NULL);
}
