/* SPDX-License-Identifier: Apache-2.0 */
/* The single trials of the self-test: each uses session objects that vanish with the session. Edge. Inside
 * vault/token only. [PKCS#11 v2.40; FIPS 197, SP 800-38A/B/D, RFC 3394, RFC 4231, SP 800-67] */
#ifndef TSM_VAULT_TOKEN_SELFTEST_PROBE_H
#define TSM_VAULT_TOKEN_SELFTEST_PROBE_H

#include "vault/token/inside.h"

/* What a trial found beside a CK_RV: the token did it, and did it wrongly. */
enum { PROBE_WRONG_ANSWER = 1, PROBE_RIGHT = 0 };

struct probe {
    const struct lease *l;
    int verdict;
};

/* One trial: CKR_OK and verdict, or the token's refusal. */
typedef CK_RV probe_run(struct probe *p);

struct probe_row {
    const char *name, *use;
    bool needed;
    probe_run *run;
};

probe_run probe_aes_ecb, probe_aes_cbc, probe_aes_cmac, probe_aes_gcm, probe_aes_wrap, probe_tdes_ecb,
    probe_tdes_cbc, probe_tdes_mac, probe_des_ecb, probe_hmac, probe_random;
probe_run probe_ecdsa, probe_ecdh, probe_sensitive, probe_unextractable, probe_allowed;

/* A secret key as a session object: extractable and clear, for trials only. */
struct probe_key {
    CK_KEY_TYPE type;
    struct bytes value;
    CK_MECHANISM_TYPE only; /* CKA_ALLOWED_MECHANISMS when not 0 */
    bool closed;            /* sensitive and not extractable */
};
CK_RV probe_make(const struct lease *l, const struct probe_key *k, CK_OBJECT_HANDLE *out);

#endif
