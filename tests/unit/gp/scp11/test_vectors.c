/* SPDX-License-Identifier: Apache-2.0 */
/* The SCP11 sessions and certificates of the published vector file: one test each. Unit test of gp/scp11 and
 * gp/certificate. */
#include <string.h>

#include "../../rows.h"
#include "gp/certificate/certificate.h"
#include "gp/scp11/pso.h"
#include "gp/scp11/store.h"
#include "session.h"

enum { ROOM = 2048, FLIP_EVERY = 7, COMMANDS_MAX = 8, ANY_DAY = 0x20260301 };

static const struct {
    const char *name;
    enum ec_curve curve;
} curve_names[] = {{"P256", EC_P256},
                   {"P384", EC_P384},
                   {"BP256", EC_BRAINPOOL_P256},
                   {"BP384", EC_BRAINPOOL_P384},
                   {"BP512", EC_BRAINPOOL_P512}};

static enum ec_curve curve_in(const json_t *v)
{
    const char *name = vector_text(v, "inputs.curve");
    for (size_t i = 0; i < sizeof curve_names / sizeof curve_names[0]; i++)
        if (!strcmp(name, curve_names[i].name))
            return curve_names[i].curve;
    fail_msg("the file names the curve %s", name);
    return EC_CURVES;
}

/* GET DATA is the published one but for its class, and the store holds the key that the session is made with.
 */
static void check_store(const json_t *v, enum ec_curve curve)
{
    struct octets command = vector_octets(v, "inputs.get_data_bf21_capdu"),
                  answer = vector_octets(v, "inputs.certificate_store");
    struct scp11_key_ref key = {command.at[9], command.at[10], BYTES_NONE};
    struct gp_certificate c;
    struct bytes chain;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    assert_ok(scp11_get_certificates_write(&key, &w));
    command.at[0] = out[0];
    assert_true(bytes_equal(written(&w), octets_bytes(&command)));
    assert_ok(scp11_certificates_read(octets_bytes(&answer), &chain));
    assert_ok(certificate_read(chain, &c));
    assert_int_equal(c.uses, CERTIFICATE_AGREES);
    assert_int_equal(c.key.curve, curve);
    assert_ok(ec_public_check(c.key));
    assert_hex(c.key.point, vector_text(v, "inputs.pk_sd_ecka"));
}

/* The commands from number `first` on that make up one certificate are those that a plan gives; how many. */
static size_t check_certificate(const json_t *list, size_t first)
{
    struct octets text[COMMANDS_MAX];
    struct apdu a;
    uint8_t joined[ROOM];
    struct writer all = WRITER(joined);
    struct pso_chain chain = {.style = PSO_CHAIN_BOTH};
    struct pso_plan p;
    struct gp_certificate c;
    size_t n = 0;
    do {
        assert_true(n < COMMANDS_MAX);
        text[n] = octets_of(json_string_value(json_array_get(list, first + n)));
        assert_ok(apdu_read(octets_bytes(&text[n++]), &a));
        assert_ok(write_span(&all, a.data));
    } while (a.p1 & 0x80);
    chain.certificates = written(&all);
    chain.ca_kvn = a.p1;
    chain.ca_kid = a.p2;
    assert_ok(certificate_read(chain.certificates, &c));
    assert_int_equal(c.uses, CERTIFICATE_AGREES);
    assert_ok(pso_plan_make(&chain, &p));
    assert_int_equal(p.commands, n);
    for (size_t i = 0; i < n; i++) {
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_ok(pso_plan_command(&p, i, &w));
        assert_true(bytes_equal(written(&w), octets_bytes(&text[i])));
    }
    return n;
}

static void session_row(void **state)
{
    const json_t *v = *state, *steps = vector_member(v, "expected.steps"),
                 *list = vector_member(v, "inputs.pso_capdus");
    const char variant = vector_text(v, "inputs.variant")[0];
    struct scp11_row row = {
        .name = vector_text(v, "id"),
        .variant = variant == 'a'   ? SCP11A
                   : variant == 'b' ? SCP11B
                                    : SCP11C,
        .curve = curve_in(v),
        .oce = vector_has(v, "inputs.sk_oce_ecka") ? vector_text(v, "inputs.sk_oce_ecka") : NULL,
        .ephemeral = vector_text(v, "inputs.esk_oce_ecka"),
        .ephemeral_point = vector_text(v, "inputs.epk_oce_ecka"),
        .sd = vector_text(v, "inputs.pk_sd_ecka"),
        .command = vector_text(v, "inputs.mutual_authenticate_capdu"),
        .answer = vector_text(v, "inputs.mutual_authenticate_rapdu"),
        .mac_len = (uint8_t)vector_number(v, "inputs.mac_len"),
        .shared = variant == 'a' ? vector_text(v, "expected.shared_secret") : NULL,
        .s_enc = vector_text(v, "expected.s_enc"),
        .s_mac = vector_text(v, "expected.s_mac"),
        .s_rmac = vector_text(v, "expected.s_rmac"),
        .s_dek = vector_has(v, "expected.s_dek") ? vector_text(v, "expected.s_dek") : NULL,
        .receipt = vector_text(v, "expected.receipt"),
        .flip_every = FLIP_EVERY,
    };
    assert_true(json_array_size(steps) <= 2);
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *s = json_array_get(steps, i);
        row.step[i] = (struct session_step){vector_text(s, "plain_capdu"), vector_text(s, "wrapped_capdu"),
                                            vector_text(s, "wrapped_rapdu"), vector_text(s, "plain_rapdu")};
    }
    run_scp11(&row);
    check_store(v, row.curve);
    for (size_t n = 0; n < json_array_size(list);)
        n += check_certificate(list, n);
}

static void certificate_row(void **state)
{
    const json_t *v = *state;
    struct octets text = vector_octets(v, "inputs.certificate"),
                  ca = vector_octets(v, "inputs.ca_public_point");
    struct certificate_trust trust = {{EC_P256, octets_bytes(&ca)}, ANY_DAY, NULL, 0};
    struct gp_certificate c;
    assert_ok(certificate_chain_verify(octets_bytes(&text), &trust, &c));
    assert_hex(c.signed_data, vector_text(v, "expected.signed_data"));
    assert_hex(c.signature, vector_text(v, "expected.signature_rs"));
    assert_hex(c.serial, vector_text(v, "expected.serial"));
    assert_hex(c.issuer, vector_text(v, "expected.ca"));
    assert_hex(c.subject, vector_text(v, "expected.subject"));
    for (size_t bit = 0; bit < 8 * text.len; bit++) {
        text.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(certificate_chain_verify(octets_bytes(&text), &trust, &c), TSM_OK);
        text.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void the_vector_file_is_there(void **state)
{
    struct vectors v = vectors_open("vectors-gp.json");
    (void)state;
    vectors_close(&v);
}

static void add_rows(struct row_tests *rows, const struct vectors *v, const char *kind,
                     CMUnitTestFunction run)
{
    size_t at = 0;
    const json_t *row;
    while ((row = vectors_next(v, "vectors", kind, &at)))
        rows_add(rows, "vector ", vector_text(row, "id"), run, row);
}

int main(void)
{
    static struct row_tests rows;
    struct vectors v = {NULL};
    int failed;
    rows_add(&rows, "the_vector_file_is_there", "", the_vector_file_is_there, NULL);
    if (vectors_load("vectors-gp.json", &v)) {
        add_rows(&rows, &v, "scp11_session", session_row);
        add_rows(&rows, &v, "gp_certificate_7f21", certificate_row);
    }
    failed = rows_run(&rows, "gp/scp11 vectors", rig_setup, rig_teardown);
    json_decref(v.document);
    return failed;
}
