/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation tokens signed in the token. Station 5. Edge. [BSI TR-03165 appendix A; RFC 5280 4.2.1.2 (1)] */
#include "vault/operation/attest.h"

#include <string.h>

#include "base/ec/ec.h"
#include "vault/party.h"

/* The public point and its identifier: SHA-1 over the bits of the key. */
static enum tsm_err open_key(struct vault_party *p, uint8_t point[EC_POINT_LEN],
                             uint8_t key_id[ATTESTATION_SIGNER])
{
    enum tsm_err e = token_public(p->token, VAULT_KEY_ATTESTATION, point);
    struct bytes bits = BYTES_OF(point, EC_POINT_LEN);
    if (e == TSM_KEY_MISSING) {
        e = token_generate(p->token, VAULT_KEY_ATTESTATION, TOKEN_EC_SIGN, 0);
        if (e == TSM_UNIQUE || e == TSM_OK) /* another process may have been faster */
            e = token_public(p->token, VAULT_KEY_ATTESTATION, point);
    }
    TRY(e);
    WORKER(w);
    return crypto_sha1(w->crypto, &bits, 1, key_id);
}

/* ECDSA over SHA-256 of the body, as SEQUENCE { r, s }. */
static enum tsm_err sign(struct vault_party *p, struct bytes body, struct writer *der)
{
    uint8_t digest[SHA256_LEN], plain[EC_SIGNATURE_LEN];
    {
        WORKER(w);
        TRY(crypto_sha256(w->crypto, &body, 1, digest));
    }
    TRY(token_sign(p->token, VAULT_KEY_ATTESTATION, digest, plain));
    return ec_signature_der(BYTES(plain), der);
}

enum tsm_err vault_attest(struct vault_party *p, const struct attestation *says, struct writer *token)
{
    uint8_t point[EC_POINT_LEN], body[ATTESTATION_MAX], der[EC_DER_MAX];
    struct writer b = WRITER(body), s = WRITER(der);
    struct attestation a = *says;
    TRY(open_key(p, point, a.signer));
    TRY(attestation_body_write(&a, &b));
    TRY(sign(p, written(&b), &s));
    return attestation_write(written(&b), written(&s), token);
}

enum tsm_err vault_attestation_certificate(struct vault_party *p, const struct attest_subject *s,
                                           struct writer *der)
{
    struct attestation_subject subject = {.name = s->name, .from = s->from, .until = s->until};
    uint8_t point[EC_POINT_LEN], body[CERTIFICATE_MAX], signature[EC_DER_MAX];
    struct writer b = WRITER(body), sig = WRITER(signature);
    TRY(open_key(p, point, subject.key_id));
    subject.point = BYTES(point);
    TRY(vault_random(subject.serial, sizeof subject.serial));
    TRY(attestation_certificate_body(&subject, &b));
    TRY(sign(p, written(&b), &sig));
    return attestation_certificate(written(&b), written(&sig), der);
}
