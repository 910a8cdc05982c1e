/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles of secure elements: what is read, what is left out, and each member wrong once and named. Unit
 * test of order/profile.c. */
#include <string.h>

#include "rig.h"

static void a_profile_is_read_member_by_member(void **state)
{
    struct se_profile p;
    json_t *o = rig_uicc();
    (void)state;
    assert_ok(profile_read(o, &p));
    json_decref(o);
    assert_string_equal(p.name, "uicc");
    assert_string_equal(p.certificate, "lab");
    assert_int_equal(p.bearer, BEARER_SMS);
    assert_hex(BYTES_OF(p.isd_aid, p.isd_aid_len), "A000000151000000");
    assert_hex(BYTES_OF(p.ssd_package, p.ssd_package_len), "A0000001515350");
    assert_hex(BYTES_OF(p.ssd_module, p.ssd_module_len), "A000000151535041");
    assert_int_equal(p.protocol, 0x80);
    assert_int_equal(p.isd_kvn, 1);
    assert_int_equal(p.first_kvn, 2);
    assert_int_equal(p.own_kvn, 3);
    assert_int_equal(p.spi1, 0x16);
    assert_int_equal(p.spi2, 0x39);
    assert_int_equal(p.tar_first, 0xB20200);
    assert_int_equal(p.tar_count, 16);
    assert_int_equal(p.segments, 2);
    assert_int_equal(p.answer_s, 30);
}

static void what_is_left_out_is_that_of_a_common_aes_card(void **state)
{
    static const char *const optional[] = {
        "certificate",  "i",        "level",     "command_max", "batch",        "spi",
        "kic_alg",      "kid_alg",  "cc_len",    "format",      "concat",       "segments",
        "max_messages", "answer_s", "tar_first", "tar_count",   "put_key_1171", "counter_only_with_data"};
    struct se_profile p;
    json_t *o = rig_uicc();
    (void)state;
    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++)
        json_object_del(o, optional[i]);
    assert_ok(profile_read(o, &p));
    json_decref(o);
    assert_string_equal(p.certificate, "");
    assert_int_equal(p.scp_i, 0x70);
    assert_int_equal(p.level, 0x33);
    assert_int_equal(p.spi1, 0x16);
    assert_int_equal(p.spi2, 0x39);
    assert_int_equal(p.kic_alg, 2);
    assert_int_equal(p.kid_alg, 2);
    assert_int_equal(p.cc_len, 8);
    assert_int_equal(p.format, FORMAT_EXPANDED);
    assert_int_equal(p.segments, 2);
    assert_int_equal(p.tar_first, 0xB20200);
}

/* One wrong value a member; NULL leaves a needed one out. The value is JSON. */
static const struct {
    const char *member, *value;
    enum tsm_err e;
} wrong[] = {
    {"name", "\"\"", TSM_BAD_LENGTH},
    {"name", NULL, TSM_MISSING_FIELD},
    {"name", "7", TSM_BAD_VALUE},
    {"certificate", "true", TSM_BAD_VALUE},
    {"cplc", "\"47906\"", TSM_BAD_FORM}, /* half a byte */
    {"cplc", "\"4790??\"", TSM_BAD_FORM},
    {"recognition", "\"73XX\"", TSM_BAD_FORM},
    {"bearer", "\"pigeon\"", TSM_BAD_VALUE},
    {"bearer", "\"seram\"", TSM_BAD_VALUE}, /* an agent carries no secured packets */
    {"bearer", NULL, TSM_MISSING_FIELD},
    {"isd_aid", "\"A0000001510\"", TSM_BAD_FORM}, /* half a byte */
    {"isd_aid", "\"A00000015100000G\"", TSM_BAD_FORM},
    {"isd_aid", "\"A0000001\"", TSM_BAD_LENGTH},
    {"isd_aid", NULL, TSM_MISSING_FIELD},
    {"ssd_package", "\"A00000015153XX\"", TSM_BAD_FORM},
    {"ssd_package", "7", TSM_BAD_VALUE},
    {"ssd_module", "\"A0000001515350411\"", TSM_BAD_FORM},
    {"ssd_module", "\"A0000001\"", TSM_BAD_LENGTH},
    {"memory", "-1", TSM_BAD_VALUE},
    {"memory", NULL, TSM_MISSING_FIELD},
    {"protocol", "129", TSM_BAD_VALUE},
    {"protocol", "5", TSM_BAD_VALUE}, /* in the range, but none */
    {"protocol", NULL, TSM_MISSING_FIELD},
    {"i", "256", TSM_BAD_VALUE},
    {"level", "52", TSM_BAD_VALUE},
    {"command_max", "31", TSM_BAD_VALUE},
    {"batch", "0", TSM_BAD_VALUE},
    {"batch", "65", TSM_BAD_VALUE},
    {"isd_kvn", "0", TSM_BAD_VALUE},
    {"isd_kvn", "16", TSM_BAD_VALUE}, /* KIc has four bits for it */
    {"isd_kvn", NULL, TSM_MISSING_FIELD},
    {"first_kvn", "16", TSM_BAD_VALUE},
    {"first_kvn", NULL, TSM_MISSING_FIELD},
    {"own_kvn", "2", TSM_BAD_VALUE}, /* that of the first set */
    {"own_kvn", "128", TSM_BAD_VALUE},
    {"own_kvn", NULL, TSM_MISSING_FIELD},
    {"spi", "\"16\"", TSM_BAD_LENGTH},
    {"spi", "\"16ZZ\"", TSM_BAD_FORM},
    {"spi", "\"1638\"", TSM_BAD_VALUE}, /* no proof of receipt */
    {"spi", "\"1631\"", TSM_BAD_VALUE}, /* one that anybody can make */
    {"spi", "\"1635\"", TSM_BAD_VALUE}, /* a redundancy check is none against forgers */
    {"spi", "\"1439\"", TSM_BAD_VALUE}, /* commands that anybody can make */
    {"spi", "\"1539\"", TSM_BAD_VALUE},
    {"spi", "\"0639\"", TSM_BAD_VALUE}, /* AES without a counter */
    {"spi", "\"0E39\"", TSM_BAD_VALUE}, /* and with one that is not looked at */
    {"kic_alg", "16", TSM_BAD_VALUE},
    {"kic_alg", "5", TSM_UNSUPPORTED}, /* triple DES: no token here does it */
    {"kid_alg", "16", TSM_BAD_VALUE},
    {"kid_alg", "9", TSM_UNSUPPORTED},
    {"component", "7", TSM_BAD_VALUE},
    {"component", "{\"scType\": 5}", TSM_BAD_VALUE},
    {"component", "{\"os\": 7}", TSM_BAD_VALUE},
    {"component", "{\"csp\": {\"vendor\": 7}}", TSM_BAD_VALUE},
    {"component", "{\"javaCardFeatures\": {\"cypher\": \"AES\"}}", TSM_BAD_VALUE},
    {"component", "{\"colour\": \"red\"}", TSM_UNKNOWN_FIELD},
    {"no_dap", "2", TSM_BAD_VALUE},
    {"cc_len", "3", TSM_BAD_VALUE},
    {"cc_len", "5", TSM_BAD_VALUE}, /* in the range, but none */
    {"format", "\"long\"", TSM_BAD_VALUE},
    {"concat", "\"last\"", TSM_BAD_VALUE},
    {"segments", "6", TSM_BAD_VALUE},
    {"max_messages", "0", TSM_BAD_VALUE},
    {"answer_s", "0", TSM_BAD_VALUE},
    {"tar_first", "\"B202\"", TSM_BAD_LENGTH},
    {"tar_first", "\"B2020G\"", TSM_BAD_FORM},
    {"tar_count", "257", TSM_BAD_VALUE},
    {"put_key_1171", "2", TSM_BAD_VALUE},
    {"counter_only_with_data", "2", TSM_BAD_VALUE},
};

static void every_member_is_refused_by_its_name_when_it_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct se_profile p = {.name = "untouched"};
        json_t *o = rig_uicc();
        if (wrong[i].value)
            json_object_set_new(o, wrong[i].member, json_loads(wrong[i].value, JSON_DECODE_ANY, NULL));
        else
            json_object_del(o, wrong[i].member);
        err_clear();
        assert_err(profile_read(o, &p), wrong[i].e);
        assert_string_equal(err_field(), wrong[i].member);
        assert_string_equal(p.name, "untouched");
        json_decref(o);
    }
}

static bool is_tried(const char *member)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (!strcmp(wrong[i].member, member))
            return true;
    return false;
}

static void the_test_leaves_no_member_out(void **state)
{
    json_t *both = rig_uicc(), *ese = rig_ese(), *unused;
    const char *member;
    (void)state;
    json_object_update(both, ese);
    json_object_foreach(both, member, unused) assert_true(is_tried(member));
    assert_int_equal(json_object_size(both), 30); /* the rows of the reader's table */
    json_decref(both);
    json_decref(ese);
}

static void unknown_members_and_other_kinds_of_documents_are_refused(void **state)
{
    struct se_profile p;
    json_t *o = rig_ese(), *list = json_array();
    (void)state;
    assert_ok(profile_read(o, &p));
    assert_int_equal(p.bearer, BEARER_SERAM);
    json_object_set_new(o, "colour", json_string("blue"));
    assert_err(profile_read(o, &p), TSM_UNKNOWN_FIELD);
    assert_string_equal(err_field(), "colour");
    assert_err(profile_read(list, &p), TSM_BAD_FORM);
    assert_err(profile_read(NULL, &p), TSM_BAD_FORM);
    json_decref(o);
    json_decref(list);
}

static void the_range_of_tars_ends_with_the_tars(void **state)
{
    struct se_profile p;
    json_t *o = rig_uicc();
    (void)state;
    json_object_set_new(o, "tar_first", json_string("FFFFF0"));
    assert_ok(profile_read(o, &p)); /* sixteen: up to FFFFFF */
    json_object_set_new(o, "tar_count", json_integer(17));
    assert_err(profile_read(o, &p), TSM_BAD_VALUE);
    assert_string_equal(err_field(), "tar_count");
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_is_read_member_by_member),
        cmocka_unit_test(what_is_left_out_is_that_of_a_common_aes_card),
        cmocka_unit_test(every_member_is_refused_by_its_name_when_it_is_wrong),
        cmocka_unit_test(the_test_leaves_no_member_out),
        cmocka_unit_test(unknown_members_and_other_kinds_of_documents_are_refused),
        cmocka_unit_test(the_range_of_tars_ends_with_the_tars),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
