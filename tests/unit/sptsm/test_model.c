/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the administration interface: operations, attributes, refusals, rules, without a server.
 * [TR-03165 4.1] */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "role/sp/sptsm/model/form.h"
#include "role/sp/sptsm/model/operation.h"
#include "role/sp/sptsm/model/rules.h"

#define UID "6c4a3aa8-5240-4d98-8673-a820be2df3b0"

static json_t *parse(const char *text)
{
    json_t *v = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(v);
    return v;
}

/* The category of a body, 0 where it is taken. */
static int judged(enum tr_kind kind, const char *given, const char *old, const char *published)
{
    struct refusal refusal = {.category = TR_NO_REFUSAL};
    struct judging j = {.kind = kind,
                        .create = !old,
                        .published_by = published,
                        .assigned = {[FROM_UID] = UID, [FROM_PROVIDER] = UID, [FROM_PARENT] = UID},
                        .refusal = &refusal};
    json_t *body = parse(given), *before = old ? parse(old) : NULL, *out = NULL;
    enum tsm_err e = judge_body(&j, body, before, &out);
    json_decref(body);
    json_decref(before);
    json_decref(out);
    assert_int_equal(e == TSM_OK, refusal.category == TR_NO_REFUSAL);
    return e == TSM_OK ? 0 : refusal_number(refusal.category);
}

static void an_operation_is_found_by_method_and_path(void **state)
{
    static const struct {
        const char *method, *path, *id;
    } rows[] = {
        {"POST", "/auth", "createAccessToken"},
        {"GET", "/service-providers/current", "getAccountInformation"},
        {"GET", "/serviceproviders/current", "getAccountInformation"},
        {"PUT", "/services/a/flavors/b/executable-load-files", "unlinkElfs"},
        {"GET", "/services/a/versions/1.0.0/flavors/b/secure-component-profiles/",
         "listAssociatedSecureComponentProfiles"},
        {"GET", "/spos-configs/a/services", "listSposConfigRelatedServices"},
        {"GET", "/nothing", NULL},
        {"GET", "/services/a/b/c/d", NULL},
        {"PATCH", "/services", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_params names;
        bool other;
        const struct tr_operation *o =
            tr_operation_find(rows[i].method, bytes_of_text(rows[i].path), &names, &other);
        assert_int_equal(o != NULL, rows[i].id != NULL);
        if (o)
            assert_string_equal(o->id, rows[i].id);
        else
            assert_int_equal(other, !strcmp(rows[i].path, "/services"));
    }
}

static void refusals_have_the_texts_of_the_guideline(void **state)
{
    struct refusal r;
    char value[600];
    json_t *shown;
    (void)state;
    assert_int_equal(refuse(&r, TR_INVALID_FORMAT, "v", "name", "text"), TSM_BAD_VALUE);
    assert_string_equal(r.text,
                        "Invalid format \xE2\x80\x98v\xE2\x80\x99 for name. Supported format is text.");
    refuse(&r, TR_NOT_EXISTING, "Service", "12345", NULL);
    assert_string_equal(r.text, "Not existing: Service with id \xE2\x80\x98"
                                "12345\xE2\x80\x99 does not exist.");
    assert_int_equal(refusal_status(TR_NOT_AUTHENTICATED), 401);
    assert_int_equal(refusal_status(TR_INTERNAL), 500);
    memset(value, 0xC3, sizeof value - 1); /* no character is cut in the middle, no message is too long */
    for (size_t i = 1; i < sizeof value - 1; i += 2)
        value[i] = (char)0xA9;
    value[sizeof value - 1] = 0;
    refuse(&r, TR_INVALID_FORMAT, value, value, value);
    assert_true(strlen(r.text) <= REFUSAL_TEXT_MAX);
    json_decref(shown = json_string(r.text)); /* UTF-8 still */
    assert_non_null(shown);
}

/* A path may be decoded to any octets. */
static void a_refusal_is_utf8_whatever_it_shows(void **state)
{
    static const char *const sent[] = {"\xFF",         "\xC3",     "\xC0\xAF",         "\xED\xA0\x80",
                                       "\xE0\x80\xAF", "\xE2\x82", "\xF4\x90\x80\x80", "\xF0\x8F\xBF\xBF",
                                       "\xE2\x82x",    "\x80\x80"};
    struct refusal r;
    json_t *shown;
    (void)state;
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        refuse(&r, TR_NOT_EXISTING, "ELF", sent[i], NULL);
        json_decref(shown = refusal_json(&r));
        assert_non_null(shown);
        assert_non_null(strchr(r.text, '?'));
    }
    refuse(&r, TR_NOT_EXISTING, "ELF", "\xF0\x9F\x98\x80 \xE2\x82\xAC \xC3\xBC", NULL);
    assert_string_equal(r.text, "Not existing: ELF with id \xE2\x80\x98\xF0\x9F\x98\x80 \xE2\x82\xAC \xC3\xBC"
                                "\xE2\x80\x99 does not exist.");
}

static void a_form_is_told_whole(void **state)
{
    const struct tr_attribute *privileges =
        tr_attribute(tr_attribute(tr_entity(TR_CONFIG)->attributes, "installConfig")->inside, "privileges");
    struct refusal r;
    (void)state;
    refuse(&r, TR_INVALID_FORMAT, "x", "installConfig.privileges", form_wrong(privileges, json_true()));
    assert_non_null(strstr(r.text, "PrivacyTrusted."));
}

static void bodies_are_held_against_the_tables(void **state)
{
    static const struct {
        enum tr_kind kind;
        const char *given, *old;
        int category;
    } rows[] = {
        {TR_SERVICE, "{\"name\":\"a\"}", NULL, 0},
        {TR_SERVICE, "{\"name\":\"a\",\"id\":\"\",\"spId\":null}", NULL, 0},
        {TR_SERVICE, "{\"name\":\"a\",\"id\":\"" UID "\"}", NULL, 1003},
        {TR_SERVICE, "{}", NULL, 1004},
        {TR_SERVICE, "{\"name\":\"\"}", NULL, 1004},
        {TR_SERVICE, "{\"name\":\"b\",\"id\":\"" UID "\"}", "{\"id\":\"x\",\"name\":\"a\"}", 1005},
        {TR_SERVICE, "{\"name\":\"b\",\"id\":\"x\"}", "{\"id\":\"x\",\"name\":\"a\"}", 0},
        {TR_SERVICE, "{\"spParameters\":{}}", "{\"id\":\"x\",\"name\":\"a\"}", 1006},
        {TR_SERVICE, "{\"name\":\"a\",\"nam\":1}", NULL, 1007},
        {TR_SERVICE, "{\"name\":1}", NULL, 1008},
        {TR_SERVICE, "[]", NULL, 1002},
        {TR_VERSION, "{\"tag\":\"1.0\",\"allowedDeployments\":{\"f\":[]}}", NULL, 1008},
        {TR_VERSION, "{\"tag\":\"1.0.0\",\"allowedDeployments\":{\"f\":[\"s\"],\"g\":[\"s\"]}}", NULL, 1008},
        {TR_VERSION, "{\"tag\":\"1.0.0\",\"allowedDeployments\":{\"f\":[\"s\",\"s\"]}}", NULL, 1008},
        {TR_VERSION, "{\"tag\":\"1.0.0\",\"allowedDeployments\":{\"f\":[\"s\"],\"g\":[\"t\"]}}", NULL, 0},
        {TR_SPOS, "{\"url\":\"/path\",\"certificateId\":\"" UID "\"}", NULL, 0},
        {TR_SPOS, "{\"url\":\"https://a.example/b\",\"certificateId\":\"" UID "\"}", NULL, 0},
        {TR_SPOS, "{\"url\":\"http://a.example/b\",\"certificateId\":\"" UID "\"}", NULL, 0},
        {TR_SPOS, "{\"url\":\"https://\",\"certificateId\":\"" UID "\"}", NULL, 1008},
        {TR_SPOS, "{\"url\":\"https://a.example/b?c\",\"certificateId\":\"" UID "\"}", NULL, 1008},
        {TR_SPOS, "{\"url\":\"no uri\",\"certificateId\":\"" UID "\"}", NULL, 1008},
        {TR_SPOS, "{\"url\":\"https://\",\"certificateId\":\"" UID "\"}", NULL, 1008},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(judged(rows[i].kind, rows[i].given, rows[i].old, NULL), rows[i].category);
}

static void what_a_published_flavor_holds_is_fast(void **state)
{
    static const char flavor[] = "{\"name\":\"a\",\"executableLoadFileIds\":[],"
                                 "\"applicationInstantiationConfigs\":[]}";
    static const char config[] = "{\"instanceAid\":\"A000000001\",\"installConfig\":{\"privileges\":[]}}";
    (void)state;
    assert_int_equal(judged(TR_FLAVOR, "{\"name\":\"b\"}", flavor, UID), 0);
    assert_int_equal(judged(TR_FLAVOR, "{\"executableLoadFileIds\":[]}", flavor, UID), 0);
    assert_int_equal(judged(TR_FLAVOR, "{\"executableLoadFileIds\":[\"" UID "\"]}", flavor, UID), 1015);
    assert_int_equal(judged(TR_FLAVOR, "{\"executableLoadFileIds\":[\"" UID "\"]}", flavor, NULL), 0);
    assert_int_equal(judged(TR_CONFIG, "{\"instanceAid\":\"A000000002\"}", config, UID), 1005);
    assert_int_equal(
        judged(TR_CONFIG,
               "{\"instanceAid\":\"A000000001\",\"installConfig\":{\"privileges\":[\"GlobalService\"]}}",
               config, UID),
        1005);
    assert_int_equal(judged(TR_CONFIG, "{\"instanceAid\":\"A000000001\",\"name\":\"n\"}", config, UID), 0);
}

static void versions_are_compared_by_their_numbers(void **state)
{
    (void)state;
    assert_true(rules_compare_versions("3.0.4", "3.0.5") < 0);
    assert_true(rules_compare_versions("3.10.0", "3.9.9") > 0);
    assert_int_equal(rules_compare_versions("1.7", "1.7.0"), 0);
    assert_true(rules_rank("1.10.0") > rules_rank("1.9.999"));
    assert_true(form_is_tag("4.31.005"));
    assert_false(form_is_tag("4.31"));
    assert_false(form_is_tag("4.31.0051"));
    assert_false(form_is_tag("4.31.5."));
}

static void privileges_are_the_bits_of_the_card_specification(void **state)
{
    (void)state;
    assert_int_equal(tr_privilege_bits("CVMManagement"), 0x020000);
    assert_int_equal(tr_privilege_bits("GlobalService"), 0x000100);
    assert_int_equal(tr_privilege_bits("ContactlessSelfActivation"), 0x000010);
    assert_int_equal(tr_privilege_bits("PrivacyTrusted"), 0x000008);
    assert_int_equal(tr_privilege_bits("SecurityDomain"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_is_found_by_method_and_path),
        cmocka_unit_test(refusals_have_the_texts_of_the_guideline),
        cmocka_unit_test(a_refusal_is_utf8_whatever_it_shows),
        cmocka_unit_test(a_form_is_told_whole),
        cmocka_unit_test(bodies_are_held_against_the_tables),
        cmocka_unit_test(what_a_published_flavor_holds_is_fast),
        cmocka_unit_test(versions_are_compared_by_their_numbers),
        cmocka_unit_test(privileges_are_the_bits_of_the_card_specification),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
