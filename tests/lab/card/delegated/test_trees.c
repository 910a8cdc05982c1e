/* SPDX-License-Identifier: Apache-2.0 */
/* Hierarchies of security domains on the laboratory's card: what may move where, whom a domain obeys, roots
 * beside the issuer's (GPCS 2.3.1 7.2, 9.4, 9.5, 11.5.2.3.4, 11.5.2.3.5). */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint16_t extradite(struct desk *d, const char *domain, const char *aid)
{
    struct install f = {domain, "", aid, "", ""};

    return install(d, 0x10, &f);
}

/* A personalised domain below the one at work; the session ends up in the new one's parent again. */
static void child_of(struct desk *d, const char *parent, const char *aid, const char *c9)
{
    char parameters[64];
    struct install f = {SD_PACKAGE, SD_MODULE, aid, "808000", parameters};

    snprintf(parameters, sizeof parameters, "C9%02zX%s", strlen(c9) / 2, c9);
    assert_int_equal(install(d, 0x0C, &f), 0x9000);
    assert_int_equal(select_aid(d, aid), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    enter(d, parent);
}

static void content_does_not_enter_a_foreign_tree(void **state)
{
    struct install both = {PROVIDER, "", APP, "", ""};
    struct desk *d = opened(NULL);

    (void)state;
    domain_with(d, PROVIDER, "80C000");
    domain_with(d, OTHER, "808000");
    load_file(d, OTHER);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(extradite(d, PROVIDER, PROVIDER), 0x9000);
    assert_int_equal(secure(d, "80F24002094F07" PROVIDER "00"), 0x9000);
    assert_non_null(strstr(d->data, "CC07" PROVIDER));
    /* from the issuer's tree into the provider's */
    assert_int_equal(extradite(d, PROVIDER, APP), 0x6985);
    assert_int_equal(extradite(d, PROVIDER, APP_PACKAGE), 0x6985);
    assert_int_equal(begin_load(d, PROVIDER, ""), 0x6985);
    assert_int_equal(install(d, 0x40, &both), 0x6985);
    /* the issuer has no say over the provider's tree but by Global Delete and Global Lock */
    assert_int_equal(extradite(d, ISD, PROVIDER), 0x6985);
    enter(d, PROVIDER);
    assert_int_equal(extradite(d, PROVIDER, APP), 0x6985);
    assert_int_equal(extradite(d, OTHER, APP), 0x6985);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x6985);
    enter(d, ISD);
    assert_int_equal(secure(d, "80F0408007" PROVIDER), 0x9000);
    assert_int_equal(secure(d, "80E40000094F07" PROVIDER "00"), 0x9000);
    desk_free(d);
}

static void a_domain_stands_alone_only_with_keys_of_its_own(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(create_domain(d, OTHER, ""), 0x9000);
    assert_int_equal(extradite(d, OTHER, OTHER), 0x6985);
    assert_int_equal(extradite(d, ISD, ISD), 0x6985);
    assert_int_equal(extradite(d, OTHER, "F0999999AA"), 0x6A88);
    assert_int_equal(extradite(d, "F0999999AA", OTHER), 0x6A88);
    desk_free(d);
}

static void no_domain_moves_below_itself(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    domain_with(d, PROVIDER, "80C000");
    enter(d, PROVIDER);
    child_of(d, PROVIDER, OTHER, "");
    enter(d, ISD);
    assert_int_equal(extradite(d, OTHER, PROVIDER), 0x6985);
    assert_int_equal(extradite(d, ISD, OTHER), 0x9000);
    assert_int_equal(extradite(d, OTHER, PROVIDER), 0x9000);
    desk_free(d);
}

static void a_domain_obeys_those_its_policy_names(void **state)
{
    static const struct {
        const char *c9;
        uint16_t in, out, gone; /* by the issuer's domain, two levels above */
    } rows[] = {
        {"", 0x9000, 0x9000, 0x9000},       {"820180", 0x9000, 0x9000, 0x9000},
        {"820140", 0x9000, 0x9000, 0x9000}, {"820120", 0x9000, 0x9000, 0x9000},
        {"820108", 0x6985, 0, 0},           {"820100", 0x6985, 0, 0},
        {"870100", 0x9000, 0x6985, 0x9000}, {"870180", 0x9000, 0x9000, 0x9000},
        {"830100", 0x9000, 0x9000, 0x9000}, /* Global Delete asks nobody */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *d = opened(NULL);

        domain_with(d, PROVIDER, "80C000");
        enter(d, PROVIDER);
        child_of(d, PROVIDER, OTHER, rows[i].c9);
        enter(d, ISD);
        load_file(d, "");
        assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
        assert_int_equal(extradite(d, OTHER, APP), rows[i].in);
        if (rows[i].out != 0) {
            assert_int_equal(extradite(d, PROVIDER, APP), rows[i].out);
            assert_int_equal(secure(d, "80E40000094F07" APP "00"), rows[i].gone);
        }
        desk_free(d);
    }
}

static void a_domain_above_deletes_only_as_the_policy_allows(void **state)
{
    static const struct {
        const char *c9;
        uint16_t sw;
    } rows[] = {{"", 0x9000}, {"830100", 0x6985}, {"830180", 0x9000}, {"830120", 0x6985}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *d = opened(NULL);

        domain_with(d, PROVIDER, "80C000");
        enter(d, PROVIDER);
        child_of(d, PROVIDER, OTHER, rows[i].c9);
        load_file(d, OTHER);
        assert_int_equal(secure(d, "80E40000074F05" APP_PACKAGE "00"), rows[i].sw);
        desk_free(d);
    }
}

static void global_privileges_reach_beyond_the_own_tree(void **state)
{
    static const struct {
        const char *privileges;
        uint16_t listed, locked, deleted;
    } rows[] = {
        {"80C000", 0x6A88, 0x6985, 0x6985}, /* none */
        {"80C400", 0x9000, 0x6985, 0x6985}, /* Global Registry */
        {"80C800", 0x6A88, 0x9000, 0x6985}, /* Global Lock */
        {"80D000", 0x6A88, 0x6985, 0x9000}, /* Global Delete */
        {"809000", 0x6A88, 0x6985, 0x6985}, /* Global Delete, but no management at all */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk *d = opened(NULL);

        load_file(d, "");
        assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
        domain_with(d, PROVIDER, rows[i].privileges);
        enter(d, PROVIDER);
        assert_int_equal(secure(d, "80F24002094F07" APP "00"), rows[i].listed);
        assert_int_equal(secure(d, "80F0408007" APP), rows[i].locked);
        assert_int_equal(secure(d, "80E40000094F07" APP "00"), rows[i].deleted);
        desk_free(d);
    }
}

static void a_registry_update_gives_and_takes_management(void **state)
{
    struct install authorized = {"", "", PROVIDER, "80C000", ""};
    struct install wrong = {"", "", PROVIDER, "A0C000", ""};
    struct install second = {"", "", PROVIDER, "80A000", ""};
    struct install none = {"", "", PROVIDER, "808000", ""};
    struct install issuer = {"", "", ISD, "808000", ""};
    struct desk *d = opened(NULL);

    (void)state;
    domain_with(d, PROVIDER, "808000");
    assert_int_equal(install(d, 0x40, &wrong), 0x6A80);
    assert_int_equal(install(d, 0x40, &second), 0x6985);
    assert_int_equal(install(d, 0x40, &issuer), 0x6985);
    enter(d, PROVIDER);
    assert_int_equal(begin_load(d, "", ""), 0x6985);
    enter(d, ISD);
    assert_int_equal(install(d, 0x40, &authorized), 0x9000);
    enter(d, PROVIDER);
    load_file(d, "");
    enter(d, ISD);
    assert_int_equal(install(d, 0x40, &none), 0x9000);
    enter(d, PROVIDER);
    assert_int_equal(secure(d, "80E40000074F05" APP_PACKAGE "00"), 0x6985);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_does_not_enter_a_foreign_tree),
        cmocka_unit_test(a_domain_stands_alone_only_with_keys_of_its_own),
        cmocka_unit_test(no_domain_moves_below_itself),
        cmocka_unit_test(a_domain_obeys_those_its_policy_names),
        cmocka_unit_test(a_domain_above_deletes_only_as_the_policy_allows),
        cmocka_unit_test(global_privileges_reach_beyond_the_own_tree),
        cmocka_unit_test(a_registry_update_gives_and_takes_management),
    };

    return cmocka_run_group_tests_name("lab card: hierarchies", tests, NULL, NULL);
}
