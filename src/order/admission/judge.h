/* SPDX-License-Identifier: Apache-2.0 */
/* One load file before the gate: structure, bytecode and admission in one go, and the verdict in words.
 * Station 4. Pure. [docs/admission.md] */
#ifndef TSM_ORDER_ADMISSION_JUDGE_H
#define TSM_ORDER_ADMISSION_JUDGE_H

#include <jansson.h>

#include "order/admission/admission.h"

/* The caller's room: a few megabytes, not for a stack. */
struct admission_case {
    struct cap_model model;
    struct cap_report report;
    struct cap_verdict verdict;
};

/* Fills report and verdict; a file that is refused is no failure. CRYPTO_FAILED. */
enum tsm_err admission_judge(const struct cap *cap, const struct cap_policy *policy, struct crypto *c,
                             struct admission_case *out);
/* The failure in hand (err_cause) tells why a file cannot be read at all: rule CAP-01. */
void admission_unreadable(struct admission_case *out);

/* The finding that decided: the first that was refused, else the first that is unproven; NULL: none. */
const struct cap_finding *admission_reason(const struct cap_report *r);
/* OK when it was admitted; else NOT_ADMITTED whose cause begins with the rule's id. */
enum tsm_err admission_result(const struct admission_case *c);
/* [{rule, level, text, holds, advice}]; owned by the caller, NULL without memory. */
json_t *admission_findings(const struct cap_report *r);

#endif
