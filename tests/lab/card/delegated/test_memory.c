/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of the laboratory's card: minima, quotas and reserved memory of both kinds, grants over all content
 * of a domain (GPCS 2.3.1 9.7, 11.5.2.3.7, Tables 11-48 and 11-49). */
#include "office.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned long ram_now(struct desk *d)
{
    assert_int_equal(secure(d, "80CAFF2100"), 0x9000);
    return strtoul(strstr(d->data, "8302") + 4, NULL, 16);
}

static uint16_t load_needing(struct desk *d, const char *parameters)
{
    struct install f = {APP_PACKAGE, "", "", parameters, NULL};

    return install(d, 0x02, &f);
}

static void a_load_is_refused_when_its_minimum_is_not_there(void **state)
{
    struct desk *d = opened(NULL);
    unsigned long ram = ram_now(d);

    (void)state;
    assert_int_equal(load_needing(d, "EF06C60400040001"), 0x6A84);
    assert_int_equal(load_needing(d, "EF0CC60400020000C80400020000"), 0x6A84); /* together too much */
    assert_int_equal(load_needing(d, "EF06C60400020000"), 0x9000);
    assert_int_equal(load_needing(d, "EF04C7027FFF"), 0x6A84);
    assert_int_equal(load_needing(d, "EF04C7020010"), 0x9000);
    assert_int_equal(load_needing(d, "EF03C70110"), 0x6A80);
    assert_int_equal(ram_now(d), ram); /* a minimum takes nothing away (9.7) */
    desk_free(d);
}

static void volatile_memory_has_quota_and_reserve_too(void **state)
{
    struct desk *d = opened(NULL);
    unsigned long ram;

    (void)state;
    load_file(d, "");
    ram = ram_now(d);
    assert_int_equal(install_app(d, 0x0C, "C900EF04C7020001"), 0x6A84);         /* less than it needs */
    assert_int_equal(install_app(d, 0x0C, "C900EF08C7020040D7020080"), 0x6A84); /* quota below reserve */
    assert_int_equal(install_app(d, 0x0C, "C900EF04D7027FFF"), 0x6A84);
    assert_int_equal(ram_now(d), ram);
    assert_int_equal(install_app(d, 0x0C, "C900EF08C7020100D7020100"), 0x9000);
    assert_int_equal(ram - ram_now(d), 0x100);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x9000);
    assert_int_equal(ram_now(d), ram);
    desk_free(d);
}

static void a_quota_holds_for_the_life_of_an_entry(void **state)
{
    struct install small = {SD_PACKAGE, SD_MODULE, PROVIDER, "808000", "C900EF04C8020290"};
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(install(d, 0x0C, &small), 0x9000);
    assert_int_equal(select_aid(d, PROVIDER), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    /* 640 bytes of the domain leave room for less than three keys of 48: not even one is taken */
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x6A84);
    assert_int_equal(secure(d, "80CA00E000"), 0x9000);
    assert_string_equal(d->data, "E000");
    desk_free(d);
}

/* A domain that was granted this much for its content, with Authorized Management. */
static struct desk *granted(const char *system)
{
    char parameters[64];
    struct install f = {SD_PACKAGE, SD_MODULE, PROVIDER, "80C000", parameters};
    struct desk *d = opened(NULL);

    snprintf(parameters, sizeof parameters, "C900EF%02zX%s", strlen(system) / 2, system);
    assert_int_equal(install(d, 0x0C, &f), 0x9000);
    assert_int_equal(select_aid(d, PROVIDER), 0x9000);
    assert_int_equal(open_session(d, 0, 0x33), 0x9000);
    assert_int_equal(put_aes(d, 0, 0x30, NEW_KEY, true), 0x9000);
    return d;
}

static void a_grant_limits_all_content_of_a_domain_together(void **state)
{
    struct install child = {SD_PACKAGE, SD_MODULE, OTHER, "808000", "C900"};
    struct install app = {APP_PACKAGE, APP_MODULE, APP, "00", "C900"};
    struct install second = {APP_PACKAGE, APP_MODULE, "F0415050010102", "00", "C900"};
    struct desk *d = granted("83020100"); /* 256 bytes */

    (void)state;
    enter(d, PROVIDER);
    assert_int_equal(memory_now(d), 256);
    assert_int_equal(install(d, 0x0C, &child), 0x6A84);
    load_file(d, ""); /* 64 + 31 */
    assert_int_equal(memory_now(d), 256 - 95);
    assert_int_equal(install(d, 0x0C, &app), 0x9000); /* 96 */
    assert_int_equal(install(d, 0x0C, &second), 0x6A84);
    assert_int_equal(memory_now(d), 256 - 95 - 96);
    assert_int_equal(secure(d, "80E40000094F07" APP "00"), 0x9000);
    assert_int_equal(install(d, 0x0C, &second), 0x9000);
    desk_free(d);
}

static void content_does_not_move_into_a_domain_without_room(void **state)
{
    struct install move = {PROVIDER, "", APP, "", ""};
    struct install big = {APP_PACKAGE, APP_MODULE, APP, "00", "C900EF04D8020200"};
    struct desk *d = granted("83020100");

    (void)state;
    enter(d, ISD);
    load_file(d, "");
    assert_int_equal(install(d, 0x0C, &big), 0x9000);
    assert_int_equal(install(d, 0x10, &move), 0x6A84);
    assert_int_equal(install(d, 0x40, &move), 0x6A84);
    assert_int_equal(secure(d, "80F24002094F07" APP "00"), 0x9000);
    assert_non_null(strstr(d->data, "CC08" ISD));
    assert_int_equal(begin_load(d, PROVIDER, ""), 0x6985);
    desk_free(d);
}

static void a_load_file_too_large_for_the_grant_is_refused_at_its_length(void **state)
{
    struct desk *d = granted("8302007882020040");

    (void)state;
    enter(d, PROVIDER);
    assert_int_equal(ram_now(d), 0x40);
    assert_int_equal(load_needing(d, "EF04C6020079"), 0x6A84);
    assert_int_equal(load_needing(d, "EF04C7020041"), 0x6A84);
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_int_equal(secure(d, "80E8000003C4813F00"), 0x6A80); /* 3F has a shorter form */
    assert_int_equal(begin_load(d, "", ""), 0x9000);
    assert_int_equal(secure(d, "80E8000002C44000"), 0x6A84);
    assert_int_equal(memory_now(d), 0x78);
    desk_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_is_refused_when_its_minimum_is_not_there),
        cmocka_unit_test(volatile_memory_has_quota_and_reserve_too),
        cmocka_unit_test(a_quota_holds_for_the_life_of_an_entry),
        cmocka_unit_test(a_grant_limits_all_content_of_a_domain_together),
        cmocka_unit_test(content_does_not_move_into_a_domain_without_room),
        cmocka_unit_test(a_load_file_too_large_for_the_grant_is_refused_at_its_length),
    };

    return cmocka_run_group_tests_name("lab card: memory", tests, NULL, NULL);
}
