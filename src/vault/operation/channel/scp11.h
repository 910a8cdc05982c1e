/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secure channels SCP11: the ephemeral key made here, the static one by name in the token, the session's keys
 * sealed. With the sealed session and the channel the calls of operation.h work as with a key set: scripts
 * are wrapped, answers opened, new keys packed. Stations 5, 7 and 10. Edge. [Amendment F 1.4]
 *
 * Between the command and the card's answer lies a poll of a device, so the ephemeral key is kept sealed
 * until then; the caller deletes that blob with the answer, or forward secrecy is only as good as the data
 * key.
 */
#ifndef TSM_VAULT_OPERATION_CHANNEL_SCP11_H
#define TSM_VAULT_OPERATION_CHANNEL_SCP11_H

#include "gp/scp11/scp11.h"
#include "vault/vault.h"

/* The name that a party's key for SCP11a and c has unless told otherwise: SK.OCE.ECKA, on P-256. */
#define VAULT_KEY_OCE "oce"

/* Makes the pair in the token. UNIQUE when the name is taken. */
enum tsm_err vault_make_oce(struct vault_party *p, const char *name);
/* Its public half, 04 | x | y, for the certificate that a CA-KLOC gives. KEY_MISSING. */
enum { VAULT_OCE_POINT = 65 };
enum tsm_err vault_oce_public(struct vault_party *p, const char *name, uint8_t point[VAULT_OCE_POINT]);

enum {
    SEALED_EPHEMERAL_MAX = SEAL_OVERHEAD + 2 + EC_SIDE_MAX + EC_SPOT_MAX,
    SEALED_SESSION_MAX = SEAL_OVERHEAD + 2 + 4 * 32,
};

/* A session that is begun: `curve` is that of the domain's certificate, `id` seals the ephemeral key. */
struct scp11_start {
    const struct scp11_terms *terms;
    enum ec_curve curve;
    uint64_t id;
};
/* Appends MUTUAL or INTERNAL AUTHENTICATE, and the sealed ephemeral key to its own writer. Errors of
 * scp11_check; UNSUPPORTED for another curve. On failure both writers are as they were. */
enum tsm_err vault_start_scp11(struct vault_party *p, const struct scp11_start *s,
                               struct writer *authenticate, struct writer *ephemeral);

/*
 * And the card's answer to it. `oce` is the name of our static key, NULL in SCP11b. `sd` is out of a verified
 * certificate. An empty `answer` prepares a script of SCP11c: out->chain is then the receipt to expect
 * (scp11_answer_check). `dek`: a key set whose DEK is the domain's static Key-DEK, or an empty blob when it
 * has none. `id` seals the session.
 */
struct scp11_finish {
    const struct scp11_terms *terms;
    struct sealed_keyset ephemeral;
    const char *oce;
    struct ec_public sd;
    struct bytes answer;
    struct sealed_keyset dek;
    uint64_t id;
};
/* Gives the state to store and appends the sealed session, to be handed to vault_wrap_scp and the others as
 * their key set. Errors of scp11_open; KEY_MISSING and KEY_REFUSED for the static key, MAC_WRONG for a blob
 * that is not the party's. */
enum tsm_err vault_open_scp11(struct vault_party *p, const struct scp11_finish *f, struct channel *out,
                              struct writer *session);

#endif
