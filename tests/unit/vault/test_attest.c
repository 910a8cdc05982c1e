/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation tokens: read as they were written, refused when they were cut, and verified by openssl alone.
 * Unit test of gp/attestation and vault/operation/attest.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rig.h"
#include "vault/operation/attest.h"

static const struct attest_subject subject = {"OpenTSM attestation", "260101000000Z", "351231235959Z"};

static struct attestation says(uint8_t oid[ATTESTATION_OID_MAX])
{
    struct writer w = {oid, 0, ATTESTATION_OID_MAX};
    struct attestation a = {.process = {1, 2, 3}, .flavor = {4, 5, 6}};
    assert_ok(attestation_oid("2.999.3165.1", &w));
    a.tsm = written(&w);
    return a;
}

static void save(const char *folder, const char *name, struct bytes b)
{
    char path[200];
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(b.at, 1, b.len, f), b.len);
    fclose(f);
}

/* What a provider does who has neither our code nor our interface. */
static int openssl_says(const char *folder)
{
    char command[900];
    int status;
    snprintf(command, sizeof command,
             "cd %s && openssl x509 -inform DER -in cert.der -noout -pubkey > pub.pem && "
             "openssl x509 -inform DER -in cert.der -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' "
             ":\\n' > ski && "
             "openssl dgst -sha256 -verify pub.pem -signature sig.der body.der > /dev/null 2>&1 && "
             "od -An -v -tx1 body.der | tr -d ' \\n' | tr a-f A-F | grep -q \"8514$(cat ski)$\" && "
             "openssl verify -CAfile cert.pem cert.pem > /dev/null 2>&1",
             folder);
    status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void openssl_alone_verifies_a_token(void **state)
{
    struct vault_party *p = rig_party("tsm");
    uint8_t room[ATTESTATION_MAX], der[CERTIFICATE_MAX], oid[ATTESTATION_OID_MAX];
    struct writer w = WRITER(room), c = WRITER(der);
    struct attestation a = says(oid);
    struct attestation_parts parts;
    char folder[] = "/tmp/attest-XXXXXX", command[300];
    (void)state;
    if (system("openssl version > /dev/null 2>&1") != 0)
        skip();
    assert_ok(vault_attest(p, &a, &w));
    assert_ok(vault_attestation_certificate(p, &subject, &c));
    assert_ok(attestation_read(written(&w), &parts));
    assert_memory_equal(parts.says.flavor, a.flavor, sizeof a.flavor);
    assert_non_null(mkdtemp(folder));
    save(folder, "body.der", parts.body);
    save(folder, "sig.der", parts.signature);
    save(folder, "cert.der", written(&c));
    snprintf(command, sizeof command, "cd %s && openssl x509 -inform DER -in cert.der -out cert.pem", folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(openssl_says(folder), 0);
    room[w.len - parts.signature.len - 30] ^= 1; /* another signer or flavor than was signed */
    save(folder, "body.der", parts.body);
    assert_int_not_equal(openssl_says(folder), 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void a_cut_or_longer_token_is_refused(void **state)
{
    struct vault_party *p = rig_party("tsm");
    uint8_t room[ATTESTATION_MAX + 1], oid[ATTESTATION_OID_MAX];
    struct writer w = {room, 0, ATTESTATION_MAX};
    struct attestation a = says(oid);
    struct attestation_parts parts;
    (void)state;
    a.diversification = bytes_of_text("0123456789");
    assert_ok(vault_attest(p, &a, &w));
    assert_ok(attestation_read(written(&w), &parts));
    assert_int_equal(parts.says.diversification.len, 10);
    for (size_t n = 0; n < w.len; n++)
        assert_true(attestation_read(BYTES_OF(room, n), &parts) != TSM_OK);
    room[w.len] = 0;
    assert_err(attestation_read(BYTES_OF(room, w.len + 1), &parts), TSM_TRAILING_BYTES);
}

static void identifiers_are_written_as_the_standard_does(void **state)
{
    static const char *const wrong[] = {"", "2", "3.1", "1.40", "1..2", "1.2.", "1.2.x", ".1.2"};
    uint8_t room[ATTESTATION_OID_MAX];
    struct writer w = WRITER(room);
    (void)state;
    assert_ok(attestation_oid("2.999.3", &w)); /* the example of ISO 8825-1 8.19.5 */
    assert_hex(written(&w), "883703");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_true(attestation_oid(wrong[i], &w) != TSM_OK);
    assert_int_equal(w.len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_alone_verifies_a_token),
        cmocka_unit_test(a_cut_or_longer_token_is_refused),
        cmocka_unit_test(identifiers_are_written_as_the_standard_does),
    };
    return cmocka_run_group_tests_name("vault/attest", tests, rig_setup, rig_teardown);
}
