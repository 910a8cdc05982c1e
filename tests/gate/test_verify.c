/* SPDX-License-Identifier: Apache-2.0 */
/* The admission gate over the packages of tests/fuzz/seeds/gp_verify, each bit of them turned, and the tables
 * of what packages of others export. Unit test of gp/verify. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gp/verify/gate.h"
#include "gp/verify/type/type.h"
#include "rig.h"

enum { FILE_MAX = 4096, PATH_ROOM = 1024 };

static struct cap_model model;
static struct cap_report report;

static size_t read_seed(const char *name, uint8_t out[FILE_MAX])
{
    const char *root = getenv("TSM_SOURCE_ROOT");
    char path[PATH_ROOM];
    size_t len;
    FILE *f;
    snprintf(path, sizeof path, "%s/tests/fuzz/seeds/gp_verify/%s.ijc", root ? root : ".", name);
    f = fopen(path, "rb");
    if (!f)
        fail_msg("%s cannot be opened", path);
    len = fread(out, 1, FILE_MAX, f);
    fclose(f);
    return len;
}

/* CAP_RULE_COUNT: no finding; CAP_RULE_FILE also where the components cannot be read. */
static enum cap_rule first_rule(struct bytes file)
{
    struct cap cap;
    if (cap_read_joined(file, &cap) != TSM_OK)
        return CAP_RULE_FILE;
    assert_ok(cap_verify(&cap, NULL, &model, &report));
    return report.findings ? report.finding[0].rule : CAP_RULE_COUNT;
}

static const char *const seeds[] = {"purse", "numbers", "shapes"};
enum { SEEDS = sizeof seeds / sizeof seeds[0] };

static void good_packages_have_no_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEEDS; i++) {
        uint8_t at[FILE_MAX];
        size_t len = read_seed(seeds[i], at);
        assert_int_equal(first_rule(BYTES_OF(at, len)), CAP_RULE_COUNT);
        assert_true(model.steps > 0 && model.steps < CAP_STEPS_MAX / 100);
    }
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEEDS; i++) {
        uint8_t at[FILE_MAX];
        for (size_t len = read_seed(seeds[i], at); len-- > 0;) {
            enum cap_rule rule = first_rule(BYTES_OF(at, len));
            /* the descriptor is the last one: without it nothing is proven */
            assert_true(rule == CAP_RULE_FILE || rule == CAP_RULE_DESCRIBED);
        }
    }
}

/* Constants, versions and AIDs may be others; most octets may not. */
static void most_turned_bits_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEEDS; i++) {
        uint8_t at[FILE_MAX];
        size_t len = read_seed(seeds[i], at), found = 0;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            at[bit / 8] ^= (uint8_t)(1u << bit % 8);
            found += first_rule(BYTES_OF(at, len)) != CAP_RULE_COUNT;
            at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        assert_true(100 * found > 75 * 8 * len);
    }
}

/* Kinds, tokens and types of all rows: a slip of the pen there would believe or refuse the wrong thing. */
static void the_tables_of_exports_are_whole(void **state)
{
    static const char *const aids[] = {"A0000000620001", "A0000000620101", "A0000000620102",
                                       "A0000000620201"};
    static const struct cap nothing;
    static struct signature s;
    struct cap_api *api = &model.api;
    (void)state;
    model.cap = &nothing;
    assert_ok(api_begin(api));
    for (size_t i = 0; i < sizeof aids / sizeof aids[0]; i++)
        assert_ok(api_add_known(api, HEX(aids[i])));
    for (size_t i = 0; i < api->members; i++) {
        assert_non_null(strchr("csv", (char)api->member[i].kind));
        assert_true(signature_of_text(&model, api->member[i].type, &s));
        assert_true(id_of(s.result) != ID_NAMELESS);
        for (size_t k = 0; k < s.args; k++)
            assert_true(id_of(s.arg[k]) != ID_NAMELESS);
    }
    for (size_t i = 0; i < api->supers; i++)
        assert_true(api_class_by_name(api, api->super[i]) >= 0);
    for (size_t i = 0; i < api->classes; i++)
        assert_int_equal(api_class_by_name(api, api->class[i].name), i);
}

static uint32_t known(const char *name)
{
    int index = api_class_by_name(&model.api, bytes_of_text(name));
    assert_true(index >= 0);
    return type_of(TYPE_OBJECT, ID_KNOWN + (uint32_t)index);
}

static void classes_fit_and_meet_as_their_parents_say(void **state)
{
    uint32_t iso, apdu_exception, runtime, object, bytes = type_of(TYPE_BYTES, 0),
                                                   null = type_of(TYPE_NULL, 0);
    (void)state;
    the_tables_of_exports_are_whole(state);
    iso = known("javacard/framework/ISOException");
    apdu_exception = known("javacard/framework/APDUException");
    runtime = known("javacard/framework/CardRuntimeException");
    object = known("java/lang/Object");
    assert_int_equal(type_fits(&model, iso, runtime), TYPE_YES);
    assert_int_equal(type_fits(&model, runtime, iso), TYPE_NO);
    assert_int_equal(type_fits(&model, known("javacard/framework/OwnerPIN"), known("javacard/framework/PIN")),
                     TYPE_YES);
    assert_int_equal(type_fits(&model, known("javacard/security/AESKey"), known("javacard/security/Key")),
                     TYPE_YES);
    assert_int_equal(type_fits(&model, object, known("javacard/security/Key")), TYPE_NO);
    assert_int_equal(type_fits(&model, bytes, object), TYPE_YES);
    assert_int_equal(type_fits(&model, bytes, type_of(TYPE_BOOLEANS, 0)), TYPE_NO);
    assert_int_equal(type_fits(&model, null, bytes), TYPE_YES);
    assert_int_equal(type_fits(&model, type_of(TYPE_SHORT, 0), object), TYPE_NO);
    assert_int_equal(type_meet(&model, iso, apdu_exception), runtime);
    assert_int_equal(type_meet(&model, iso, bytes), object);
    assert_int_equal(type_meet(&model, bytes, null), bytes);
    assert_int_equal(kind_of(type_meet(&model, iso, type_of(TYPE_SHORT, 0))), TYPE_NOTHING);
}

static void rules_have_ids_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAP_RULE_COUNT; i++) {
        assert_int_equal(strncmp(cap_rule_id((enum cap_rule)i), "CAP-", 4), 0);
        assert_true(cap_rule_holds((enum cap_rule)i)[0] && cap_rule_advice((enum cap_rule)i)[0]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(cap_rule_id((enum cap_rule)i), cap_rule_id((enum cap_rule)k));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_packages_have_no_finding),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(most_turned_bits_are_found),
        cmocka_unit_test(the_tables_of_exports_are_whole),
        cmocka_unit_test(classes_fit_and_meet_as_their_parents_say),
        cmocka_unit_test(rules_have_ids_of_their_own),
    };
    return cmocka_run_group_tests_name("gp/verify", tests, rig_setup, rig_teardown);
}
