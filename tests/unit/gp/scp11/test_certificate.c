/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of both forms: read, written, verified in chains, and what is refused. Unit test of
 * gp/certificate. */
#include <string.h>

#include "../rig.h"
#include "certs.h"
#include "gp/certificate/certificate.h"

enum { ROOM = 2048, TODAY = 0x20270101, CHAIN_ROOM = 2048 };

static enum tsm_err read_one(struct bytes in)
{
    struct gp_certificate c;
    return certificate_read(in, &c);
}

/* Certificates of these texts in a row, and the key they lead to. */
struct chain {
    struct octets row, ca;
    struct certificate_trust trust;
};
static void chain_of(struct chain *c, enum ec_curve curve, const char *ca, const char *first,
                     const char *second)
{
    memset(c, 0, sizeof *c);
    c->ca = octets_of(ca);
    c->row = octets_of(first);
    if (second) {
        struct octets more = octets_of(second);
        memcpy(c->row.at + c->row.len, more.at, more.len);
        c->row.len += more.len;
    }
    c->trust = (struct certificate_trust){{curve, octets_bytes(&c->ca)}, TODAY, NULL, 0};
}
static enum tsm_err verify(const struct chain *c, struct gp_certificate *leaf)
{
    return certificate_chain_verify(octets_bytes(&c->row), &c->trust, leaf);
}

static void the_published_certificate_is_read_and_verified(void **state)
{
    struct octets text = octets_of(cert_published);
    struct gp_certificate c;
    struct chain chain;
    (void)state;
    assert_ok(certificate_read(octets_bytes(&text), &c));
    assert_int_equal(c.form, CERTIFICATE_GP);
    assert_int_equal(c.uses, CERTIFICATE_AGREES);
    assert_int_equal(c.key.curve, EC_P256);
    assert_int_equal(c.effective, 0x20260101);
    assert_int_equal(c.expiry, 0x20361231);
    assert_hex(c.serial, "01020304");
    assert_hex(c.issuer, "A000000151000000");
    assert_hex(c.subject, "A000000151535041");
    chain_of(&chain, EC_P256, cert_published_ca, cert_published, NULL);
    assert_ok(verify(&chain, &c));
}

static void a_certificate_with_the_habits_of_a_maker_is_read(void **state)
{
    struct octets text = octets_of(cert_samsung);
    struct gp_certificate c;
    (void)state;
    assert_ok(certificate_read(octets_bytes(&text), &c));
    assert_int_equal(c.serial.len, 20);
    assert_int_equal(c.expiry, 0x20281231); /* coded 14 1C 0C 1F */
    assert_int_equal(c.signature.at[0], 0x30);
}

static void chains_lead_from_the_authority_to_the_domain(void **state)
{
    static const struct {
        enum ec_curve curve;
        const char *ca, *first, *second, *subject, *point;
    } rows[] = {
        {EC_P384, cert_gp_ca, cert_gp_ka, cert_gp_sd, "47524F55502D37", cert_gp_sd_point},
        {EC_P256, cert_x_ca, cert_x_ka, cert_x_sd, "47524F55502D37", cert_gp_sd_point},
        {EC_BRAINPOOL_P256, cert_bp_ca, cert_bp_sd, NULL, "5344", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct chain chain;
        struct gp_certificate leaf;
        chain_of(&chain, rows[i].curve, rows[i].ca, rows[i].first, rows[i].second);
        assert_ok(verify(&chain, &leaf));
        assert_hex(leaf.subject, rows[i].subject);
        if (rows[i].point)
            assert_hex(leaf.key.point, rows[i].point);
    }
}

static void an_X509_certificate_says_what_its_extensions_say(void **state)
{
    struct octets text = octets_of(cert_x_sd), ka = octets_of(cert_x_ka), plain = octets_of(cert_x_sd_plain);
    struct gp_certificate c;
    (void)state;
    assert_ok(certificate_read(octets_bytes(&text), &c));
    assert_int_equal(c.form, CERTIFICATE_X509);
    assert_int_equal(c.uses, CERTIFICATE_AGREES);
    assert_hex(c.serial, "DEADBEEF01"); /* the sign's octet is gone */
    assert_hex(c.discretionary, "7303C80101");
    assert_int_equal(c.effective, 0x20260101);
    assert_int_equal(c.expiry, 0x20281231);
    assert_ok(certificate_read(octets_bytes(&ka), &c));
    assert_int_equal(c.uses, CERTIFICATE_SIGNS);
    assert_int_equal(c.key.curve, EC_P384);
    assert_ok(certificate_read(octets_bytes(&plain), &c));
    assert_true(bytes_equal(c.subject, c.name)); /* no subject id: the Name stands for it */
}

static void an_X509_certificate_inside_7F21_is_read_too(void **state)
{
    struct octets inner = octets_of(cert_x_sd_plain);
    struct gp_certificate c;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    assert_ok(write_span(&w, HEX("7F218201B6")));
    assert_int_equal(inner.len, 0x1B6);
    assert_ok(write_span(&w, octets_bytes(&inner)));
    assert_ok(certificate_read(written(&w), &c));
    assert_int_equal(c.form, CERTIFICATE_X509);
}

static void an_RSA_key_is_for_deciphering_and_for_nothing_else(void **state)
{
    struct octets text = octets_of(cert_rsa);
    struct chain chain;
    struct gp_certificate c, leaf;
    uint8_t out[ROOM];
    struct writer w = WRITER(out);
    (void)state;
    chain_of(&chain, EC_P256, cert_x_ca, cert_rsa, NULL);
    assert_ok(certificate_read(octets_bytes(&text), &c));
    assert_int_equal(c.modulus.len, 256);
    assert_hex(c.exponent, "010001");
    assert_ok(certificate_verify(&c, &chain.trust, CERTIFICATE_DECIPHERS));
    assert_err(certificate_verify(&c, &chain.trust, CERTIFICATE_SIGNS), TSM_KEY_REFUSED);
    assert_err(verify(&chain, &leaf), TSM_KEY_REFUSED);
    assert_int_not_equal(certificate_write_signed(&c, &w), TSM_OK);
    for (size_t bit = 0; bit < 8 * text.len; bit += 3) {
        text.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (certificate_read(octets_bytes(&text), &c) == TSM_OK)
            assert_int_not_equal(certificate_verify(&c, &chain.trust, CERTIFICATE_DECIPHERS), TSM_OK);
        text.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void prefixes_and_appended_octets_are_refused(void **state)
{
    static const char *const texts[] = {cert_published, cert_gp_ka, cert_gp_sd, cert_bp_sd,
                                        cert_samsung,   cert_x_ka,  cert_x_sd,  cert_x_sd_plain};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_refuses_prefixes_and_tail(read_one, texts[i]);
}

static void no_bit_of_a_chain_may_change(void **state)
{
    static const struct {
        enum ec_curve curve;
        const char *ca, *first, *second;
    } rows[] = {{EC_P384, cert_gp_ca, cert_gp_ka, cert_gp_sd}, {EC_P256, cert_x_ca, cert_x_ka, cert_x_sd}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct chain chain;
        struct gp_certificate leaf;
        chain_of(&chain, rows[i].curve, rows[i].ca, rows[i].first, rows[i].second);
        for (size_t bit = 0; bit < 8 * chain.row.len; bit += 3) {
            chain.row.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (verify(&chain, &leaf) == TSM_OK)
                fail_msg("row %zu: bit %zu was changed and the chain taken", i, bit);
            chain.row.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t n = 0; n < chain.row.len; n++) { /* the first certificate alone may not agree on keys */
            struct bytes part = BYTES_OF(chain.row.at, n);
            assert_int_not_equal(certificate_chain_verify(part, &chain.trust, &leaf), TSM_OK);
        }
    }
}

static void a_chain_that_does_not_hold_says_why(void **state)
{
    static const struct {
        enum ec_curve curve;
        const char *ca, *first, *second;
        uint32_t today;
        enum tsm_err due;
        const char *cause;
    } rows[] = {
        {EC_P384, cert_gp_ca, cert_gp_ka, cert_gp_sd, 0x20271130, TSM_OK, ""},
        {EC_P384, cert_gp_ca, cert_gp_ka, cert_gp_sd, 0x20271201, TSM_EXPIRED, "valid until 20271130"},
        {EC_P384, cert_gp_ca, cert_gp_ka, cert_gp_sd, 0x20251231, TSM_EXPIRED, "valid from 20260101"},
        {EC_P384, cert_gp_ca, cert_gp_ka, NULL, TODAY, TSM_KEY_REFUSED, "may not agree"},
        {EC_P256, cert_gp_sd_point, cert_gp_sd, NULL, TODAY, TSM_MAC_WRONG, "signature"},
        {EC_P384, cert_gp_ca, cert_gp_sd, cert_gp_ka, TODAY, TSM_BAD_VALUE, ""},
        {EC_P256, cert_published_ca, cert_published, cert_gp_sd, TODAY, TSM_KEY_REFUSED, "may not sign"},
        {EC_P384, cert_gp_ca, cert_gp_ka, cert_x_sd, TODAY, TSM_BAD_VALUE, ""}, /* two forms */
        {EC_P256, cert_x_ca, cert_x_ka, cert_x_sd_stray, TODAY, TSM_BAD_VALUE, ""},
        {EC_P256, cert_x_ca, cert_x_ka, cert_x_sd_critical, TODAY, TSM_UNSUPPORTED, "critical"},
        {EC_P256, cert_x_ca, cert_x_ka_no_ca, cert_x_sd, TODAY, TSM_KEY_REFUSED, "may not sign"},
        {EC_P384, cert_x_ca, cert_x_ka, cert_x_sd, TODAY, TSM_UNSUPPORTED,
         ""}, /* the hash of another curve */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct chain chain;
        struct gp_certificate leaf = {.serial = {NULL, 77}};
        chain_of(&chain, rows[i].curve, rows[i].ca, rows[i].first, rows[i].second);
        chain.trust.today = rows[i].today;
        err_clear();
        assert_err(verify(&chain, &leaf), rows[i].due);
        assert_non_null(strstr(err_cause(), rows[i].cause));
        if (rows[i].due != TSM_OK)
            assert_int_equal(leaf.serial.len, 77);
    }
}

static void denied_serials_and_empty_chains_are_refused(void **state)
{
    struct chain chain;
    struct gp_certificate leaf;
    struct octets serial = octets_of("0102");
    struct bytes denied = octets_bytes(&serial);
    (void)state;
    chain_of(&chain, EC_P384, cert_gp_ca, cert_gp_ka, cert_gp_sd);
    chain.trust.denied = &denied;
    chain.trust.denied_n = 1;
    assert_err(verify(&chain, &leaf), TSM_KEY_REFUSED);
    serial.at[1] = 0x77;
    assert_ok(verify(&chain, &leaf));
    chain.row.len = 0;
    assert_err(verify(&chain, &leaf), TSM_MISSING_FIELD);
}

static struct gp_certificate to_write(const struct octets *point)
{
    return (struct gp_certificate){.uses = CERTIFICATE_AGREES,
                                   .effective = 0x20260101,
                                   .expiry = 0x20361231,
                                   .serial = bytes_of_text("1"),
                                   .issuer = bytes_of_text("CA"),
                                   .subject = bytes_of_text("OCE"),
                                   .authorizations = bytes_of_text("\x80\x01\x01"),
                                   .discretionary = bytes_of_text("\xC8\x01\x01"),
                                   .discretionary_is_tlv = true,
                                   .key = {EC_P256, octets_bytes(point)}};
}

static void what_is_written_is_read_back(void **state)
{
    struct octets point = octets_of(cert_gp_sd_point), rs = {.len = 64};
    struct gp_certificate c = to_write(&point), back;
    uint8_t body[ROOM], out[ROOM];
    struct writer b = WRITER(body), w = WRITER(out);
    (void)state;
    assert_ok(certificate_write_signed(&c, &b));
    assert_ok(certificate_write(written(&b), octets_bytes(&rs), &w));
    assert_ok(certificate_read(written(&w), &back));
    assert_true(bytes_equal(back.signed_data, written(&b)));
    assert_true(bytes_equal(back.subject, c.subject) && bytes_equal(back.serial, c.serial));
    assert_true(bytes_equal(back.authorizations, c.authorizations));
    assert_true(bytes_equal(back.discretionary, c.discretionary) && back.discretionary_is_tlv);
    assert_true(bytes_equal(back.key.point, c.key.point));
    assert_int_equal(back.uses, c.uses);
    assert_int_equal(back.effective, c.effective);
    assert_int_equal(back.expiry, c.expiry);
}

static void the_published_signed_data_are_written_as_they_stand(void **state)
{
    struct octets text = octets_of(cert_published);
    struct gp_certificate c;
    uint8_t body[ROOM], out[ROOM];
    struct writer b = WRITER(body), w = WRITER(out);
    (void)state;
    assert_ok(certificate_read(octets_bytes(&text), &c));
    assert_ok(certificate_write_signed(&c, &b));
    assert_true(bytes_equal(written(&b), c.signed_data));
    assert_ok(certificate_write(written(&b), c.signature, &w));
    assert_hex(written(&w), cert_published);
}

static void a_certificate_that_the_standard_does_not_allow_is_not_written(void **state)
{
    struct octets point = octets_of(cert_gp_sd_point), many = {.len = 17};
    struct gp_certificate c[8];
    (void)state;
    for (size_t i = 0; i < 8; i++)
        c[i] = to_write(&point);
    c[0].uses = 0;
    c[1].uses = CERTIFICATE_SIGNS; /* with authorizations */
    c[2].expiry = 0x20361301;
    c[3].expiry = 0x2036123A;
    c[4].serial = octets_bytes(&many);
    c[5].key.curve = EC_P384;
    c[6].key.curve = EC_CURVES;
    c[7].subject = BYTES_NONE;
    for (size_t i = 0; i < 8; i++) {
        uint8_t out[ROOM];
        struct writer w = WRITER(out);
        assert_int_not_equal(certificate_write_signed(&c[i], &w), TSM_OK);
        assert_int_equal(w.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_certificate_is_read_and_verified),
        cmocka_unit_test(a_certificate_with_the_habits_of_a_maker_is_read),
        cmocka_unit_test(chains_lead_from_the_authority_to_the_domain),
        cmocka_unit_test(an_X509_certificate_says_what_its_extensions_say),
        cmocka_unit_test(an_X509_certificate_inside_7F21_is_read_too),
        cmocka_unit_test(an_RSA_key_is_for_deciphering_and_for_nothing_else),
        cmocka_unit_test(prefixes_and_appended_octets_are_refused),
        cmocka_unit_test(no_bit_of_a_chain_may_change),
        cmocka_unit_test(a_chain_that_does_not_hold_says_why),
        cmocka_unit_test(denied_serials_and_empty_chains_are_refused),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(the_published_signed_data_are_written_as_they_stand),
        cmocka_unit_test(a_certificate_that_the_standard_does_not_allow_is_not_written),
    };
    return cmocka_run_group_tests_name("gp/certificate", tests, rig_setup, rig_teardown);
}
