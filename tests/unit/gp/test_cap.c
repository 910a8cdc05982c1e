/* SPDX-License-Identifier: Apache-2.0 */
/* CAP files as components, put together here octet by octet. Unit test of gp/cap. */
#include <string.h>

#include "gp/cap/cap.h"
#include "rig.h"

enum { ROOM = 1024 };

/* A package of one applet that imports javacard.framework 1.3 and java.lang 1.0; the sizes in the directory
 * are those of the components below. */
static const char *const parts[CAP_COMPONENTS] = {
    [CAP_HEADER] = "01 0011 DECAFFED 0202 04 0001 06A00000000101 00",
    [CAP_DIRECTORY] =
        "02 0021 0011 0021 000B 0015 0005 0002 0003 000A 0004 0000 0002 0000 0007 0000 0000 02 01 00",
    [CAP_APPLET] = "03 000B 01 07A0000000010101 0008",
    [CAP_IMPORT] = "04 0015 02 0301 07A0000000620101 0001 07A0000000620001",
    [CAP_CONSTANT_POOL] = "05 0005 0001020304",
    [CAP_CLASS] = "06 0002 AABB",
    [CAP_METHOD] = "07 0003 CCDDEE",
    [CAP_STATIC_FIELD] = "08 000A 0007 0000 0000 0000 0000",
    [CAP_REFERENCE_LOCATION] = "09 0004 00000000",
    [CAP_DESCRIPTOR] = "0B 0002 1122",
};

/* The order of loading, with the descriptor in a foreign place. */
static const enum cap_tag file_order[] = {
    CAP_DESCRIPTOR, CAP_METHOD,        CAP_HEADER, CAP_IMPORT,
    CAP_CLASS,      CAP_CONSTANT_POOL, CAP_APPLET, CAP_REFERENCE_LOCATION,
    CAP_DIRECTORY,  CAP_STATIC_FIELD};

static struct octets file_of(const char *const components[CAP_COMPONENTS])
{
    struct octets all = {0};
    for (size_t i = 0; i < sizeof file_order / sizeof file_order[0]; i++) {
        struct octets one;
        if (!components[file_order[i]])
            continue;
        one = octets_of(components[file_order[i]]);
        memcpy(all.at + all.len, one.at, one.len);
        all.len += one.len;
    }
    return all;
}

static enum tsm_err read_with(enum cap_tag tag, const char *instead)
{
    const char *components[CAP_COMPONENTS];
    struct octets all;
    struct cap cap;
    memcpy(components, parts, sizeof components);
    components[tag] = instead;
    all = file_of(components);
    return cap_read_joined(octets_bytes(&all), &cap);
}

static void a_cap_file_tells_package_applets_and_imports(void **state)
{
    struct octets all = file_of(parts);
    struct cap cap;
    (void)state;
    assert_ok(cap_read_joined(octets_bytes(&all), &cap));
    assert_hex(cap.package.aid, "A00000000101");
    assert_int_equal(cap.package.major, 1);
    assert_int_equal(cap.package.minor, 0);
    assert_int_equal(cap.format_minor, 2);
    assert_int_equal(cap.applets, 1);
    assert_hex(cap.applet[0].aid, "A0000000010101");
    assert_int_equal(cap.applet[0].install_offset, 8);
    assert_int_equal(cap.imports, 2);
    assert_string_equal(cap_package_name(cap.import[0].aid), "javacard.framework");
    assert_string_equal(cap_package_name(cap.import[1].aid), "java.lang");
    assert_string_equal(cap_java_card(&cap), "2.2.2");
    assert_int_equal(cap.static_size, 7);
    assert_true(cap.has_applets);
    assert_null(cap_package_name(HEX("A000000099")));
}

static void the_load_file_has_the_order_of_the_standard_and_no_descriptor(void **state)
{
    static const enum cap_tag order[] = {CAP_HEADER,       CAP_DIRECTORY,     CAP_IMPORT,
                                         CAP_APPLET,       CAP_CLASS,         CAP_METHOD,
                                         CAP_STATIC_FIELD, CAP_CONSTANT_POOL, CAP_REFERENCE_LOCATION};
    struct octets all = file_of(parts), want = {0};
    struct cap cap;
    uint8_t out[ROOM], hash[SHA256_LEN], due[SHA256_LEN];
    struct writer w = WRITER(out);
    struct bytes whole;
    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        struct octets one = octets_of(parts[order[i]]);
        memcpy(want.at + want.len, one.at, one.len);
        want.len += one.len;
    }
    assert_ok(cap_read_joined(octets_bytes(&all), &cap));
    assert_ok(cap_lfdb_write(&cap, &w));
    whole = written(&w);
    assert_true(bytes_equal(whole, octets_bytes(&want)));
    assert_int_equal(cap.code_size, want.len);
    assert_ok(cap_lfdb_hash(&cap, rig_crypto(), hash));
    assert_ok(crypto_sha256(rig_crypto(), &whole, 1, due));
    assert_memory_equal(hash, due, sizeof due);
    w = (struct writer){out, 0, want.len - 1};
    assert_err(cap_lfdb_write(&cap, &w), TSM_NO_ROOM);
    assert_int_equal(w.len, 0);
}

static void a_file_without_a_mandatory_component_is_refused(void **state)
{
    static const enum cap_tag needed[] = {
        CAP_HEADER,       CAP_DIRECTORY,          CAP_IMPORT, CAP_CONSTANT_POOL, CAP_METHOD,
        CAP_STATIC_FIELD, CAP_REFERENCE_LOCATION, CAP_APPLET};
    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        assert_err(read_with(needed[i], NULL), TSM_MISSING_FIELD);
    assert_ok(read_with(CAP_DESCRIPTOR, NULL)); /* not mandatory to load */
}

static void components_that_contradict_themselves_are_refused(void **state)
{
    (void)state;
    assert_err(read_with(CAP_HEADER, "01 0011 DECAFFEE 0202 04 0001 06A00000000101 00"), TSM_BAD_VALUE);
    assert_err(read_with(CAP_HEADER, "01 0011 DECAFFED 0203 04 0001 06A00000000101 00"),
               TSM_BAD_VALUE);                                             /* format 3 */
    assert_err(read_with(CAP_METHOD, "07 0004 CCDDEEFF"), TSM_BAD_LENGTH); /* the directory says 3 */
    assert_err(read_with(CAP_IMPORT, "04 0015 03 0301 07A0000000620101 0001 07A0000000620001"),
               TSM_SHORT_INPUT);
    assert_err(read_with(CAP_IMPORT, "04 0015 01 0301 07A0000000620101 0001 07A0000000620001"),
               TSM_TRAILING_BYTES);
    assert_err(read_with(CAP_APPLET, "03 000B 01 04A0000000 0008 0000 00"), TSM_BAD_LENGTH); /* AID of 4 */
    assert_err(read_with(CAP_DESCRIPTOR, "0D 0002 1122"), TSM_BAD_VALUE); /* no such component */
    assert_err(read_with(CAP_DESCRIPTOR, "07 0003 CCDDEE"), TSM_DUPLICATE_TAG);
}

static void a_cut_file_is_refused(void **state)
{
    struct octets all = file_of(parts);
    struct cap cap;
    (void)state;
    for (size_t n = 0; n < all.len; n++)
        assert_int_not_equal(cap_read_joined(BYTES_OF(all.at, n), &cap), TSM_OK);
    all.len++;
    assert_err(cap_read_joined(octets_bytes(&all), &cap), TSM_SHORT_INPUT);
}

static void components_have_their_file_names(void **state)
{
    (void)state;
    assert_string_equal(cap_component_file(CAP_HEADER), "Header.cap");
    assert_string_equal(cap_component_file(CAP_DEBUG), "Debug.cap");
    assert_null(cap_component_file((enum cap_tag)0));
    assert_null(cap_component_file(CAP_COMPONENTS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cap_file_tells_package_applets_and_imports),
        cmocka_unit_test(the_load_file_has_the_order_of_the_standard_and_no_descriptor),
        cmocka_unit_test(a_file_without_a_mandatory_component_is_refused),
        cmocka_unit_test(components_that_contradict_themselves_are_refused),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(components_have_their_file_names),
    };
    return cmocka_run_group_tests_name("gp/cap", tests, rig_setup, rig_teardown);
}
