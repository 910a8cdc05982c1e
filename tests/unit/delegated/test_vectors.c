/* SPDX-License-Identifier: Apache-2.0 */
/* The published tokens, receipts, DAP signatures and load file data block hashes, one test each. Unit test of
 * gp/delegated. [GPCS C.2 to C.5] */
#include <string.h>

#include "../rows.h"
#include "gp/apdu/apdu.h"
#include "gp/delegated/dap.h"
#include "gp/delegated/receipt.h"
#include "gp/delegated/token.h"
#include "rig.h"

static struct vectors file;

static const json_t *row_named(const char *id)
{
    size_t at = 0;
    json_t *row;
    while ((row = vectors_next(&file, "vectors", NULL, &at)))
        if (!strcmp(vector_text(row, "id"), id))
            return row;
    fail_msg("no vector %s", id);
    return NULL;
}

static struct gp_signer rsa_named(const char *id, bool whole)
{
    const json_t *key = row_named(id);
    return rig_rsa(vector_text(key, "expected.n"), vector_text(key, "expected.e"),
                   whole ? vector_text(key, "expected.d") : NULL);
}

/* The plain command that this input belongs to: INS by P1 and the first octet of the data. */
static struct octets command_of(const struct octets *input)
{
    struct octets capdu = {.len = 0};
    struct writer w = WRITER(capdu.at);
    bool deletion = input->at[0] == 0 && input->at[3] == 0x4F;
    struct apdu a = {.cla = 0x80, .ins = deletion ? 0xE4 : 0xE6, .p1 = input->at[0], .p2 = input->at[1]};
    struct octets data = {.len = input->len - 3u + (deletion ? 0 : 1)};
    memcpy(data.at, input->at + 3, input->len - 3); /* an empty token behind it, but for DELETE */
    a.data = octets_bytes(&data);
    assert_ok(apdu_write(&a, &w));
    capdu.len = w.len;
    return capdu;
}

static void token_row(void **state)
{
    const json_t *v = *state;
    struct octets input = vector_octets(v, "inputs.dtbs"), capdu = command_of(&input);
    struct octets wanted = vector_octets(v, "expected.token");
    uint8_t out[GP_TOKEN_MAX], whole[APDU_SHORT_MAX], again[APDU_SHORT_MAX];
    struct writer token = WRITER(out), with = WRITER(whole), w = WRITER(again);
    struct gp_token_command c;
    struct gp_signer s = rsa_named(vector_text(v, "inputs.key"), true);
    assert_int_equal(s.scheme, GP_SCHEME_RSA_1);
    assert_ok(gp_token_command_read(octets_bytes(&capdu), &c));
    assert_ok(gp_token_command_input(&c, &w));
    assert_hex(written(&w), vector_text(v, "inputs.dtbs"));
    assert_ok(gp_token_make(&s, octets_bytes(&capdu), &token));
    assert_hex(written(&token), vector_text(v, "expected.token"));
    assert_ok(gp_token_put(octets_bytes(&capdu), octets_bytes(&wanted), &with));
    s = rsa_named(vector_text(v, "inputs.key"), false);
    assert_ok(gp_token_check(&s, written(&with)));
}

static void token_input_row(void **state)
{
    const json_t *v = *state;
    const json_t *aids = vector_member(v, "inputs.aids");
    uint8_t data[256], out[256];
    struct writer d = WRITER(data), w = WRITER(out);
    for (size_t i = 0; i < json_array_size(aids); i++) {
        assert_ok(write_u8(&d, 0x4F));
        assert_ok(write_lv(&d, HEX(json_string_value(json_array_get(aids, i)))));
    }
    assert_ok(gp_token_input(vector_octets(v, "inputs.p1").at[0], vector_octets(v, "inputs.p2").at[0],
                             written(&d), &w));
    assert_hex(written(&w), vector_text(v, "expected.dtbs"));
}

/* The members of an event from the context of a vector, in the order of the receipt's table. */
static struct receipt_event event_of(const char *id, struct bytes context)
{
    struct receipt_event e = {.kind = RECEIPT_FOR_DELETE};
    struct reader r = READER(context);
    struct bytes *const load[] = {&e.load_file, &e.domain}, *const install[] = {&e.load_file, &e.application},
                        *const deletion[] = {&e.application};
    struct bytes *const update[] = {&e.domain, &e.application, &e.new_domain, &e.privileges, &e.parameters};
    struct bytes *const *members = deletion;
    size_t n = 0;
    if (strstr(id, "load"))
        e.kind = RECEIPT_FOR_LOAD, members = load;
    if (strstr(id, "install"))
        e.kind = RECEIPT_FOR_INSTALL, members = install;
    if (strstr(id, "extradition"))
        e.kind = RECEIPT_FOR_EXTRADITION, members = update;
    if (strstr(id, "registry_update"))
        e.kind = RECEIPT_FOR_REGISTRY_UPDATE, members = update;
    while (r.left.len)
        assert_ok(read_lv(&r, members[n++]));
    return e;
}

static void receipt_row(void **state)
{
    const json_t *v = *state;
    bool aes = strncmp(vector_text(v, "inputs.alg"), "AES", 3) == 0;
    struct gp_signer s = rig_secret(aes ? CIPHER_AES : CIPHER_TDES, vector_text(v, "inputs.receipt_key"));
    struct octets context = vector_octets(v, "inputs.context"), answer;
    struct octets unique = octets_of("42040102030445060A0B0C0D0E0F");
    struct receipt_event event = event_of(vector_text(v, "id"), octets_bytes(&context));
    struct receipt_data data = {.counter = 1, .sd_unique = octets_bytes(&unique)};
    struct receipt_terms terms = {.sd_unique = octets_bytes(&unique), .last = 0};
    struct receipt_judgement j;
    uint8_t out[256];
    struct writer w = WRITER(out);
    data.counter = vector_octets(v, "inputs.confirmation_data").at[2];
    assert_ok(receipt_make(&s, &data, &event, &w));
    assert_hex(written(&w), vector_text(v, "expected.response_data_field"));
    answer = vector_octets(v, "expected.response_data_field");
    terms.last = data.counter - 1;
    assert_ok(receipt_judge(&s, &terms, &event, octets_bytes(&answer), &j));
    assert_int_equal(j.verdict, RECEIPT_GOOD);
}

static void dap_row(void **state)
{
    const json_t *v = *state;
    bool aes = strncmp(vector_text(v, "inputs.alg"), "AES", 3) == 0;
    struct gp_signer s = aes ? rig_secret(CIPHER_AES, vector_text(v, "inputs.key"))
                             : rsa_named(vector_text(v, "inputs.key"), true);
    struct octets hash = vector_octets(v, "inputs.lfdbh"), wanted = vector_octets(v, "expected.dap");
    struct bytes domain = HEX("A000000151000000"), input = octets_bytes(&hash);
    uint8_t out[512];
    struct writer w = WRITER(out);
    struct dap d = {domain, octets_bytes(&wanted)};
    assert_ok(gp_signature_write(&s, &input, 1, &w));
    assert_hex(written(&w), vector_text(v, "expected.dap"));
    assert_ok(dap_check(&s, &d, input));
    w.len = 0;
    assert_ok(dap_make(&s, domain, input, &w));
    assert_int_equal(out[0], 0xE2);
}

static void hash_row(void **state)
{
    const json_t *v = *state;
    struct octets lfdb = vector_octets(v, "inputs.lfdb");
    uint8_t out[HASH_LEN_MAX];
    struct writer w = WRITER(out);
    assert_ok(lfdb_hash(HASH_SHA256, octets_bytes(&lfdb), &w));
    assert_hex(written(&w), vector_text(v, "expected.sha256"));
    w.len = 0;
    assert_ok(lfdb_hash(HASH_SHA1, octets_bytes(&lfdb), &w));
    assert_hex(written(&w), vector_text(v, "expected.sha1"));
}

static const struct {
    const char *kind;
    CMUnitTestFunction run;
} kinds[] = {
    {"dm_token", token_row},     {"dm_token_dtbs", token_input_row},
    {"dm_receipt", receipt_row}, {"dap_signature", dap_row},
    {"lfdb_hash", hash_row},
};

static void the_vector_file_is_there(void **state)
{
    struct vectors v = vectors_open("vectors-gp.json");
    (void)state;
    vectors_close(&v);
}

int main(void)
{
    static struct row_tests rows;
    int failed;
    rows_add(&rows, "the_vector_file_is_there", "", the_vector_file_is_there, NULL);
    if (vectors_load("vectors-gp.json", &file))
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            size_t at = 0;
            const json_t *row;
            while ((row = vectors_next(&file, "vectors", kinds[k].kind, &at)))
                rows_add(&rows, "vector ", vector_text(row, "id"), kinds[k].run, row);
        }
    failed = rows_run(&rows, "delegated/vectors", rig_setup, rig_teardown);
    json_decref(file.document);
    return failed;
}
