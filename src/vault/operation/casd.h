/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain's first keys agreed with the CASD of its card: the provider's vault makes the request, whoever
 * owns the card carries it, and the keys come into being here and in the card alone. Stations 5 and 7. Edge.
 * [gp/casd/casd.h]
 */
#ifndef TSM_VAULT_OPERATION_CASD_H
#define TSM_VAULT_OPERATION_CASD_H

#include "gp/casd/casd.h"
#include "gp/certificate/certificate.h"
#include "vault/keys/handover.h"
#include "vault/operation/channel/scp11.h"

/* Appends the groupings for STORE DATA and, to its own writer, the sealed ephemeral key
 * (SEALED_EPHEMERAL_MAX) under `id`. `curve` is that of the CASD's certificate. Scenario 3 alone: UNSUPPORTED
 * else. On failure both writers are as they were. */
struct casd_start {
    const struct casd_terms *terms;
    enum ec_curve curve;
    uint64_t id;
};
enum tsm_err vault_start_casd(struct vault_party *p, const struct casd_start *s, struct writer *dgis,
                              struct writer *ephemeral);

/* The key set (SCP03, the terms' version and length) that the card's answer proves. `casd` is out of a
 * verified certificate. CRYPTOGRAM_WRONG and the other errors of casd_derive; the blob of the ephemeral key
 * is then to be deleted all the same. */
struct casd_finish {
    const struct casd_terms *terms;
    struct sealed_keyset ephemeral;
    struct ec_public casd;
    struct bytes answer;
};
enum tsm_err vault_take_casd(struct vault_party *p, const struct casd_finish *f, struct keyset_target to);

/* Push: a key set that the vault holds, encrypted for the card whose certificate this is (verified, uses
 * CERTIFICATE_DECIPHERS): RSAES-OAEP with SHA-256 over ENC, MAC and DEK in a row [GPCS B.3]. The terms'
 * version and key length are the set's: BAD_VALUE else. KEY_REFUSED for a certificate without an RSA key or
 * with one of less than 2048 bits. */
struct casd_push {
    const struct casd_terms *terms;
    struct sealed_keyset keys;
    const struct gp_certificate *casd;
};
enum tsm_err vault_push_casd(struct vault_party *p, const struct casd_push *push, struct writer *dgis);

#endif
