/* SPDX-License-Identifier: Apache-2.0 */
/* Life cycles on the laboratory's card: the card's own, locking of applications and domains, selection
 * (GPCS 2.3.1 5.1, 5.3, 6.4, 9.6, 11.9, 11.10). */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A personalised domain that has the application. */
static void domain_with_app(struct desk *d)
{
    personalised_domain(d, DOMAIN);
    load_file(d, DOMAIN);
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
}

static void the_card_moves_through_its_life_and_ends(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(secure(d, "80F0800F00"), 0x6985);
    assert_int_equal(secure(d, "80F0800100"), 0x6985);
    assert_int_equal(secure(d, "80F0804200"), 0x6A86);
    assert_int_equal(secure(d, "80F0800700"), 0x9000);
    assert_int_equal(secure(d, "80F0800F00"), 0x9000);
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(secure(d, "80F0807F00"), 0x9000);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x6985);
    assert_int_equal(select_aid(d, APP), 0x6A81);
    assert_int_equal(select_aid(d, ISD), 0x6283);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F28002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "9F70017F"));
    assert_int_equal(secure(d, "80F0800F00"), 0x9000);
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F080FF00"), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x6A81);
    assert_int_equal(plain(d, "8050000008000102030405060700"), 0x6985);
    card_reset(d->card);
    assert_int_equal(plain(d, "80CA9F7F00"), 0x9000);
    assert_int_equal(plain(d, "8050000008000102030405060700"), 0x6985);
    desk_free(d);
}

static void selection_answers_what_it_is_asked_for(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    for (unsigned form = 0x00; form <= 0x08; form += 0x04) { /* FCI, FCP, FMD: there is one answer */
        assert_int_equal(plain(d, "00A404%02X08" ISD "00", form), 0x9000);
        assert_string_equal(d->data, "6F108408" ISD "A5049F6501FF");
    }
    assert_int_equal(plain(d, "00A4040C08" ISD), 0x9000);
    assert_string_equal(d->data, "");
    assert_int_equal(plain(d, "00A4040E08" ISD), 0x6A82); /* the next one behind it */
    for (unsigned bit = 0x10; bit <= 0x80; bit <<= 1)
        assert_int_equal(plain(d, "00A404%02X08" ISD "00", bit), 0x6A86);
    assert_int_equal(plain(d, "00A4040108" ISD "00"), 0x6A86);
    assert_int_equal(plain(d, "00A4040308" ISD "00"), 0x6A86);
    desk_free(d);
}

static void locking_hides_an_application_and_unlocking_restores_it(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    load_file(d, "");
    assert_int_equal(install_app(d, 0x0C, "C900"), 0x9000);
    assert_int_equal(secure(d, "80F0400007" APP), 0x6985);
    assert_int_equal(secure(d, "80F0408007" APP), 0x9000);
    assert_int_equal(secure(d, "80F0408007" APP), 0x6985);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "9F700187"));
    assert_int_equal(select_aid(d, APP), 0x6A82);
    assert_int_equal(secure(d, "80F0400007" APP), 0x9000);
    assert_int_equal(select_aid(d, APP), 0x9000);
    assert_int_equal(select_aid(d, ISD), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F0408007F0999999999999"), 0x6A88);
    assert_int_equal(secure(d, "80F0408008" ISD), 0x6985);
    assert_int_equal(secure(d, "80F0208007" APP), 0x6A86);
    desk_free(d);
}

static void a_domain_locks_its_own_applications(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    domain_with_app(d);
    assert_int_equal(create_domain(d, "F04F5453440002", ""), 0x9000);
    assert_int_equal(select_aid(d, DOMAIN), 0x9000);
    use_key(d, KEY_TYPE_AES, NEW_KEY);
    assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
    assert_int_equal(secure(d, "80F0408007F04F5453440002"), 0x6985);
    assert_int_equal(secure(d, "80F0408007" APP), 0x9000);
    assert_int_equal(select_aid(d, APP), 0x6A82);
    assert_int_equal(secure(d, "80F0400007" APP), 0x9000);
    desk_free(d);
}

static void a_locked_domain_is_silent_and_its_tree_goes_with_it(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    domain_with_app(d);
    assert_int_equal(secure(d, "80F0608007" DOMAIN), 0x9000);
    assert_int_equal(secure(d, "80F0608007" DOMAIN), 0x9000);
    assert_int_equal(select_aid(d, DOMAIN), 0x6A82);
    assert_int_equal(select_aid(d, APP), 0x6A82);
    assert_int_equal(secure(d, "80F0600007" APP), 0x6A80);
    assert_int_equal(secure(d, "80F0600007" DOMAIN), 0x9000);
    assert_int_equal(select_aid(d, APP), 0x9000);
    desk_free(d);
}

static void selection_takes_partial_names_and_the_next_match(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(create_domain(d, "F04F5453440001", ""), 0x9000);
    assert_int_equal(create_domain(d, "F04F5453440002", ""), 0x9000);
    assert_int_equal(select_aid(d, "F04F545344"), 0x9000);
    assert_non_null(strstr(d->data, "8407F04F5453440001"));
    assert_int_equal(plain(d, "00A4040205F04F54534400"), 0x9000);
    assert_non_null(strstr(d->data, "8407F04F5453440002"));
    assert_int_equal(plain(d, "00A4040205F04F54534400"), 0x6A82);
    assert_int_equal(plain(d, "00A4040000"), 0x9000);
    assert_string_equal(d->data, "6F108408" ISD "A5049F6501FF");
    assert_int_equal(plain(d, "00A4040105F04F54534400"), 0x6A86);
    assert_int_equal(plain(d, "00A4040011000102030405060708090A0B0C0D0E0F1000"), 0x6700);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_card_moves_through_its_life_and_ends),
        cmocka_unit_test(selection_answers_what_it_is_asked_for),
        cmocka_unit_test(locking_hides_an_application_and_unlocking_restores_it),
        cmocka_unit_test(a_domain_locks_its_own_applications),
        cmocka_unit_test(a_locked_domain_is_silent_and_its_tree_goes_with_it),
        cmocka_unit_test(selection_takes_partial_names_and_the_next_match),
    };

    return cmocka_run_group_tests_name("lab card: life cycles", tests, NULL, NULL);
}
