/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by STORE DATA on the laboratory's card: both dialects of DGI 00B9, hand-over to a new domain, failed
 * runs (GPCS 2.3.1 7.3.2, 11.11, B.6). */
#include "scene.h"
#include "vectors.h"

#include "card/command/key_dgi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEY_256 "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F"

/* Key data of a domain: template in the dialect asked for, then the three encrypted keys. */
static void key_groups(struct desk *d, bool shared, uint8_t kvn, const char *key, char *to)
{
    char kcv[7], cipher[130];
    size_t len = strlen(key) / 2, n = 0;
    char template[400] = "";

    kcv_of(KEY_TYPE_AES, key, kcv);
    under_dek(d, key, cipher);
    if (shared)
        n += (size_t)sprintf(template, "B7108001888101%02zX8301%02X96010097020003", len, kvn);
    for (unsigned kid = 1; kid <= 3; kid++) {
        if (shared)
            n += (size_t)sprintf(template + n, "B9088201%02X8403%s", kid, kcv);
        else
            n += (size_t)sprintf(template + n, "B9179501%02X9601008001888101%02zX8201%02X8301%02X8403%s",
                                 kid == 1   ? 0x18U
                                 : kid == 2 ? 0x14U
                                            : 0x48U,
                                 len, kid, kvn, kcv);
    }
    n = (size_t)sprintf(to, "00B9%02zX%s", strlen(template) / 2, template);
    for (int i = 0; i < 3; i++)
        n += (size_t)sprintf(to + n, "8113%02zX%s", strlen(cipher) / 2, cipher);
}

static uint16_t store_whole(struct desk *d, const char *groups)
{
    size_t len = strlen(groups) / 2, block = 200, at = 0;
    uint16_t sw = 0x9000;

    for (unsigned n = 0; sw == 0x9000 && at < len; n++, at += block) {
        size_t part = len - at < block ? len - at : block;

        sw = secure(d, "80E2%02X%02X%02zX%.*s", at + part == len ? 0x88U : 0x08U, n, part, (int)(2 * part),
                    groups + 2 * at);
    }
    return sw;
}

static void a_new_domain_gets_its_keys_from_its_parent_in_both_dialects(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        struct desk *d = opened(NULL);
        char groups[900];

        assert_int_equal(create_domain(d, DOMAIN, "81020370"), 0x9000);
        assert_int_equal(target(d, DOMAIN), 0x9000);
        key_groups(d, shared, 0x30, KEY_256, groups);
        assert_int_equal(store_whole(d, groups), 0x9000);
        assert_int_equal(secure(d, "80F24002024F0000"), 0x9000);
        assert_non_null(strstr(d->data, "9F70010F"));
        /* Its own keys now, no longer its parent's, and no more data from the parent. */
        assert_int_equal(target(d, DOMAIN), 0x6985);
        assert_int_equal(select_aid(d, DOMAIN), 0x9000);
        assert_int_equal(plain(d, "8050000008000102030405060700"), 0x9000);
        use_key(d, KEY_TYPE_AES, KEY_256);
        assert_int_equal(open_session(d, 0x30, 0x33), 0x9000);
        assert_int_equal(secure(d, "80CA00E000"), 0x9000);
        assert_string_equal(d->data, "E012C00401308820C00402308820C00403308820");
        assert_int_equal(put_aes(d, 0, 0x31, KEY_256, true), 0x9000);
        desk_free(d);
    }
}

static void a_failed_key_run_leaves_no_key_and_restarts_at_block_zero(void **state)
{
    struct desk *d = opened(NULL);
    char groups[900];

    (void)state;
    assert_int_equal(create_domain(d, DOMAIN, "81020370"), 0x9000);
    assert_int_equal(target(d, DOMAIN), 0x9000);
    key_groups(d, true, 0x30, NEW_KEY, groups);
    groups[strlen(groups) - 1] = groups[strlen(groups) - 1] == '0' ? '1' : '0';
    assert_int_equal(store_whole(d, groups), 0x6982);
    key_groups(d, true, 0x30, NEW_KEY, groups);
    assert_int_equal(secure(d, "80E28801%02zX%s", (size_t)8, "00B90100B9010000"), 0x6A86);
    groups[strlen(groups) - 2 * 19] = '\0'; /* the third key is missing */
    assert_int_equal(store_whole(d, groups), 0x6A80);
    assert_int_equal(secure(d, "80F24002024F0000"), 0x9000);
    assert_non_null(strstr(d->data, "9F700107"));
    key_groups(d, true, 0x30, NEW_KEY, groups);
    assert_int_equal(store_whole(d, groups), 0x9000);
    desk_free(d);
}

static void the_personalization_target_is_lost_on_another_command(void **state)
{
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(create_domain(d, DOMAIN, "81020370"), 0x9000);
    assert_int_equal(target(d, DOMAIN), 0x9000);
    assert_int_equal(secure(d, "80CA006600"), 0x9000);
    /* Now the data is the issuer's own. */
    assert_int_equal(secure(d, "80E2900006450401020304"), 0x9000);
    assert_int_equal(secure(d, "80CA004500"), 0x9000);
    assert_string_equal(d->data, "450401020304");
    desk_free(d);
}

static void targets_are_own_selectable_entries(void **state)
{
    struct install installed = {SD_PACKAGE, SD_MODULE, DOMAIN, "80", "C900"};
    struct install untrusted = {SD_PACKAGE, SD_MODULE, "F04F5453440002", "800000", "C900"};
    struct desk *d = opened(NULL);

    (void)state;
    assert_int_equal(target(d, DOMAIN), 0x6A88);
    assert_int_equal(target(d, ISD), 0x6985);
    assert_int_equal(install(d, 0x04, &installed), 0x9000);
    assert_int_equal(target(d, DOMAIN), 0x6985);
    assert_int_equal(install(d, 0x0C, &untrusted), 0x9000);
    assert_int_equal(target(d, "F04F5453440002"), 0x9000);
    desk_free(d);
}

static void check_published_groups(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    struct session s = {.dek = key_of(in, "dek", KEY_TYPE_AES)};
    struct key_data k = {.session = &s};
    uint8_t data[512], key[32];
    const json_t *keys = json_object_get(in, "keys");
    size_t n = bytes_of(json_object_get(vector, "expected"), "data", data, sizeof data);
    struct store_data cmd = {.p1 = 0x88, .first = true, .data = data, .len = n, .session = &s};

    assert_int_equal(dgi_feed(&k.stream, &cmd, key_data_take, &k), 0x9000);
    assert_int_equal(k.change.count, json_array_size(keys));
    for (size_t i = 0; i < k.change.count; i++) {
        size_t len;

        assert_true(lab_hex_read(json_string_value(json_array_get(keys, i)), key, sizeof key, &len));
        assert_int_equal(k.change.keys[i].secret.len, len);
        assert_memory_equal(k.change.keys[i].secret.value, key, len);
        assert_int_equal(k.change.keys[i].kid, i + 1);
    }
}

static void published_key_data_groups_are_read(void **state)
{
    json_t *file = vectors_load("vectors-gp.json");

    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "store_data_keys", check_published_groups) > 0);
    json_decref(file);
}

static void check_kcv(const json_t *vector)
{
    const json_t *in = json_object_get(vector, "inputs");
    bool des = strstr(text_of(in, "type"), "DES") != NULL;
    struct sym_key k = key_of(in, "key", des ? KEY_TYPE_DES : KEY_TYPE_AES);
    uint8_t kcv[SYM_KCV_LEN], expected[8];

    assert_true(sym_kcv(&k, kcv));
    bytes_of(json_object_get(vector, "expected"), "kcv", expected, sizeof expected);
    assert_memory_equal(kcv, expected, sizeof kcv);
}

static void published_check_values_are_met(void **state)
{
    json_t *file = vectors_load("vectors-gp.json");

    (void)state;
    if (file == NULL)
        skip();
    assert_true(each_of_kind(file, "kcv", check_kcv) > 0);
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_domain_gets_its_keys_from_its_parent_in_both_dialects),
        cmocka_unit_test(a_failed_key_run_leaves_no_key_and_restarts_at_block_zero),
        cmocka_unit_test(the_personalization_target_is_lost_on_another_command),
        cmocka_unit_test(targets_are_own_selectable_entries),
        cmocka_unit_test(published_key_data_groups_are_read),
        cmocka_unit_test(published_check_values_are_met),
    };

    return cmocka_run_group_tests_name("lab card: key data groups", tests, NULL, NULL);
}
