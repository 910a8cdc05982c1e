/* SPDX-License-Identifier: Apache-2.0 */
/* A card record from the envelope that it came in into one for a token service provider; in clear on locked
 * pages alone. Station 6. Edge. [RFC 7516; capability Y4] */
#ifndef TSM_VAULT_OPERATION_FORWARD_H
#define TSM_VAULT_OPERATION_FORWARD_H

#include "vault/jose/jwe.h"

/* Opens `jwe` with VAULT_KEY_INTAKE, judges the record as vault_card_judge does but for its expiry, and
 * appends it as compact JWE for the owner of `recipient`, a public P-256 JWK. Errors of both. */
enum tsm_err vault_card_forward(struct vault_party *p, struct bytes jwe, const json_t *recipient,
                                struct writer *out);

#endif
