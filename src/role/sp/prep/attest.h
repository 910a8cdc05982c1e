/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation token of a provisioned application: whether its flavor asks for one, what it says, and the
 * certificate that verifies it. Stations 5 and 1. Role. [BSI TR-03165 3.4, appendix A] */
#ifndef TSM_ROLE_SP_PREP_ATTEST_H
#define TSM_ROLE_SP_PREP_ATTEST_H

#include "role/sp/process.h"

/* Sets facts.attests from the flavor's member "attestation". */
void attest_facts(struct turn *t);
/* The token of this order, into facts.attestation. */
enum tsm_err attest_make(struct turn *t);

/* GET /api/v1/attestation-key: the certificate as PEM text, and its key identifier. */
enum tsm_err sp_get_attestation_key(void *app, struct http_request *q, struct http_reply *reply);

#endif
