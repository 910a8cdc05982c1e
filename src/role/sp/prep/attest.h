/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation token of a provisioned application: what it says, and the
 * certificate that verifies it. Stations 5 and 1. Role. [BSI TR-03165 3.4, appendix A] */
#ifndef TSM_ROLE_SP_PREP_ATTEST_H
#define TSM_ROLE_SP_PREP_ATTEST_H

#include "role/sp/process.h"

/* The token of this order for one application of the facts, into facts.attestation; with the diversification
 * data of the domain's keys where the flavor says so. Errors of domain/provision.h and vault/operation. */
enum tsm_err attest_make(struct turn *t, int application);

/* GET /api/v1/attestation-key: the certificate as PEM text. */
enum tsm_err sp_get_attestation_key(void *app, struct http_request *q, struct http_reply *reply);

#endif
