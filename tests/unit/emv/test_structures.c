/* SPDX-License-Identifier: Apache-2.0 */
/* The published payment structures that stand beside the tree: data groupings, STORE DATA chains, PPSE,
 * locators, object lists, BER-TLV. Unit test of emv/ and base/ber. */
#include <string.h>

#include "../vectors.h"
#include "base/ber.h"
#include "emv/perso/cps.h"
#include "emv/ppse.h"
#include "emv/record.h"
#include "emv_keys.h"

static const char file[] = "vectors-payments.json";
static uint8_t room[16384];

static void every(const char *kind, void (*check)(const json_t *v))
{
    struct vectors v = vectors_open(file);
    size_t at = 0;
    const json_t *one;
    while ((one = vectors_next(&v, "vectors", kind, &at))) {
        print_message("# %s\n", vector_text(one, "name"));
        check(one);
    }
    vectors_close(&v);
    assert_true(at > 0);
}

static uint32_t tag_of(const char *hex)
{
    struct octets o = octets_of(hex);
    struct reader r = READER(octets_bytes(&o));
    uint32_t tag;
    assert_ok(ber_read_tag(&r, &tag));
    assert_ok(read_end(&r));
    return tag;
}

/* All objects of `in`, those inside constructed ones as well, against a list of [tag, value or list]. */
static void check_tree(struct bytes in, const json_t *tree)
{
    struct reader r = READER(in);
    struct ber object;
    const json_t *want;
    size_t i;
    json_array_foreach(tree, i, want)
    {
        const json_t *value = json_array_get(want, 1);
        assert_ok(ber_read(&r, &object));
        assert_int_equal(object.tag, tag_of(json_string_value(json_array_get(want, 0))));
        if (json_is_array(value))
            check_tree(object.value, value);
        else
            assert_hex(object.value, json_string_value(value));
    }
    assert_ok(read_end(&r));
}

static void check_encode(const json_t *v)
{
    struct octets value = vector_octets(v, "inputs.value"), id = vector_octets(v, "inputs.dgi");
    struct writer w = WRITER(room);
    struct reader r;
    struct cps_dgi d;
    assert_ok(cps_dgi_write(&w, (uint16_t)(id.at[0] << 8 | id.at[1]), octets_bytes(&value)));
    assert_hex(written(&w),
               vector_text(v, vector_has(v, "expected.encoded") ? "expected.encoded" : "expected.data"));
    r = READER(written(&w));
    assert_ok(cps_dgi_read(&r, &d));
    assert_true(bytes_equal(d.value, octets_bytes(&value)));
    if (vector_has(v, "expected.tree"))
        check_tree(d.value, vector_member(v, "expected.tree"));
}

static void check_dgi_reject(const json_t *v)
{
    struct octets data = vector_octets(v, "inputs.data");
    struct reader r = READER(octets_bytes(&data));
    struct cps_dgi d;
    enum tsm_err e = TSM_OK;
    while (e == TSM_OK && r.left.len)
        e = cps_dgi_read(&r, &d);
    assert_int_not_equal(e, TSM_OK);
}

/* The data octets of a STORE DATA command. */
static struct bytes data_of(const struct octets *capdu)
{
    struct reader r = READER(octets_bytes(capdu));
    struct bytes header, data;
    assert_ok(read_span(&r, 4, &header));
    assert_ok(read_lv(&r, &data));
    return data;
}

/* The values are enciphered here as the data key of the session would: ECB, no padding. */
static void check_chain(const json_t *v)
{
    struct cipher_key dek =
        tdes_of("9118E7A554398AAF88699E3507B3ED8F"); /* SKUdek of the vector cps-session */
    const json_t *groups = vector_member(v, "inputs.groups"),
                 *commands = vector_member(v, "expected.commands"), *g;
    static struct octets values[32];
    struct cps_dgi dgis[32];
    static struct cps_plan plan;
    struct writer w = WRITER(room);
    size_t i, n = json_array_size(groups);
    assert_true(n <= 32);
    json_array_foreach(groups, i, g)
    {
        struct octets id = vector_octets(g, "dgi");
        values[i] = vector_octets(g, "clear");
        dgis[i] = (struct cps_dgi){(uint16_t)(id.at[0] << 8 | id.at[1]), octets_bytes(&values[i]),
                                   json_is_true(vector_member(g, "encrypted"))};
        if (dgis[i].encrypted)
            assert_ok(crypto_ecb(&dek, ENCRYPT, octets_bytes(&values[i]), values[i].at));
    }
    assert_ok(cps_plan_make(dgis, n, (struct cps_style){.block_max = CPS_BLOCK_MAX}, &w, &plan));
    assert_int_equal(plan.count, json_array_size(commands));
    json_array_foreach(commands, i, g)
    {
        struct octets capdu = vector_octets(g, "capdu");
        assert_int_equal(plan.at[i].p1, capdu.at[2]);
        assert_int_equal(plan.at[i].p2, capdu.at[3]);
        assert_true(bytes_equal(plan.at[i].data, data_of(&capdu)));
    }
}

/* An answer without its status words. */
static struct bytes without_sw(const struct octets *rapdu)
{
    return BYTES_OF(rapdu->at, rapdu->len - 2);
}

static void check_ppse(const json_t *v)
{
    struct octets rapdu = vector_octets(v, "expected.rapdu");
    struct ppse_entry entries[4];
    struct writer w = WRITER(room);
    size_t n;
    assert_ok(ppse_read(without_sw(&rapdu), entries, 4, &n));
    assert_ok(ppse_fci_write(entries, n, &w));
    assert_true(bytes_equal(written(&w), without_sw(&rapdu)));
}

static void check_ppse_dgi(const json_t *v)
{
    struct octets capdu = vector_octets(v, "inputs.capdu"), id = vector_octets(v, "expected.dgi");
    struct reader r = READER(data_of(&capdu));
    struct ppse_entry entries[4];
    struct cps_dgi d;
    struct writer w = WRITER(room), fci = WRITER(room);
    size_t n;
    assert_ok(cps_dgi_read(&r, &d));
    assert_int_equal(d.id, id.at[0] << 8 | id.at[1]);
    assert_hex(d.value, vector_text(v, "expected.fci_proprietary_template"));
    assert_ok(ppse_read(d.value, entries, 4, &n));
    assert_ok(ppse_write(entries, n, &w));
    assert_hex(written(&w), vector_text(v, "expected.fci_proprietary_template"));
    assert_ok(ppse_fci_write(entries, n, &fci));
    assert_hex(written(&fci), vector_text(v, "expected.fci"));
}

static void check_afl(const json_t *v)
{
    struct octets afl = vector_octets(v, "inputs.afl");
    struct reader r = READER(octets_bytes(&afl));
    struct afl_entry e;
    enum tsm_err err = TSM_OK;
    const json_t *want;
    size_t i;
    if (vector_has(v, "expected.reject")) {
        while (err == TSM_OK && r.left.len)
            err = afl_read(&r, &e);
        assert_int_not_equal(err, TSM_OK);
        return;
    }
    json_array_foreach(vector_member(v, "expected.entries"), i, want)
    {
        assert_ok(afl_read(&r, &e));
        assert_int_equal(e.sfi, vector_number(want, "sfi"));
        assert_int_equal(e.first, vector_number(want, "first"));
        assert_int_equal(e.last, vector_number(want, "last"));
        assert_int_equal(e.authenticated, vector_number(want, "oda_records"));
    }
    assert_ok(read_end(&r));
}

static void check_dol(const json_t *v)
{
    struct octets dol = vector_octets(v, "inputs.dol");
    struct reader r = READER(octets_bytes(&dol));
    struct dol_entry e;
    const json_t *want;
    size_t i, len;
    json_array_foreach(vector_member(v, "expected.entries"), i, want)
    {
        assert_ok(dol_read(&r, &e));
        assert_int_equal(e.tag, tag_of(json_string_value(json_array_get(want, 0))));
        assert_int_equal(e.len, json_integer_value(json_array_get(want, 1)));
    }
    assert_ok(dol_data_len(octets_bytes(&dol), &len));
    assert_int_equal(len, vector_number(v, "expected.length"));
}

static void check_dol_reject(const json_t *v)
{
    struct octets dol = vector_octets(v, "inputs.dol");
    size_t len;
    assert_int_not_equal(dol_data_len(octets_bytes(&dol), &len), TSM_OK);
}

static void check_record(const json_t *v)
{
    struct octets rapdu = vector_octets(v, "expected.rapdu");
    if (vector_has(v, "expected.tree"))
        check_tree(without_sw(&rapdu), vector_member(v, "expected.tree"));
}

static void check_tlv(const json_t *v)
{
    struct octets tlv = vector_octets(v, "inputs.tlv");
    struct reader r = READER(octets_bytes(&tlv));
    struct ber object;
    if (!vector_has(v, "expected.tag"))
        return;
    assert_ok(ber_read(&r, &object));
    assert_int_equal(object.tag, tag_of(vector_text(v, "expected.tag")));
    assert_hex(object.value, vector_text(v, "expected.value"));
}

/* Reads all, inside constructed objects as well; the first error. */
static enum tsm_err walk(struct bytes in, unsigned depth)
{
    struct reader r = READER(in);
    while (r.left.len) {
        struct ber object;
        uint8_t first = r.left.at[0];
        TRY(ber_read(&r, &object));
        if (first & 0x20 && depth < 8)
            TRY(walk(object.value, depth + 1));
    }
    return TSM_OK;
}

static void check_tlv_reject(const json_t *v)
{
    struct octets tlv = vector_octets(v, "inputs.tlv");
    assert_int_not_equal(walk(octets_bytes(&tlv), 0), TSM_OK);
}

static void check_tlv_encode(const json_t *v)
{
    struct octets value = vector_octets(v, "inputs.value");
    uint32_t tag = tag_of(vector_text(v, "inputs.tag"));
    struct writer w = WRITER(room);
    size_t mark;
    assert_ok(ber_write(&w, tag, octets_bytes(&value)));
    assert_hex(written(&w), vector_text(v, "expected.tlv"));
    assert_int_equal(ber_size(tag, value.len), w.len);
    w = WRITER(room);
    assert_ok(ber_open(&w, tag, &mark));
    assert_ok(write_span(&w, octets_bytes(&value)));
    assert_ok(ber_close(&w, mark));
    assert_hex(written(&w), vector_text(v, "expected.tlv"));
}

#define TEST(name, kind, check)    \
    static void name(void **state) \
    {                              \
        (void)state;               \
        every(kind, check);        \
    }
TEST(every_data_grouping, "dgi_encode", check_encode)
TEST(every_broken_grouping, "dgi_reject", check_dgi_reject)
TEST(every_grouping_of_a_script, "store_data", check_encode)
TEST(every_store_data_chain, "store_data_chain", check_chain)
TEST(every_ppse, "ppse", check_ppse)
TEST(every_ppse_grouping, "ppse_dgi", check_ppse_dgi)
TEST(every_locator, "afl", check_afl)
TEST(every_record, "read_record", check_record)
TEST(every_object_list, "dol_parse", check_dol)
TEST(every_broken_object_list, "dol_reject", check_dol_reject)
TEST(every_object, "tlv_decode", check_tlv)
TEST(every_broken_object, "tlv_reject", check_tlv_reject)
TEST(every_written_object, "tlv_encode", check_tlv_encode)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_data_grouping),
        cmocka_unit_test(every_broken_grouping),
        cmocka_unit_test(every_grouping_of_a_script),
        cmocka_unit_test(every_store_data_chain),
        cmocka_unit_test(every_ppse),
        cmocka_unit_test(every_ppse_grouping),
        cmocka_unit_test(every_locator),
        cmocka_unit_test(every_record),
        cmocka_unit_test(every_object_list),
        cmocka_unit_test(every_broken_object_list),
        cmocka_unit_test(every_object),
        cmocka_unit_test(every_broken_object),
        cmocka_unit_test(every_written_object),
    };
    return cmocka_run_group_tests_name("emv/published structures", tests, emv_setup, emv_teardown);
}
