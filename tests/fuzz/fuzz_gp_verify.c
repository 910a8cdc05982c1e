/* SPDX-License-Identifier: Apache-2.0 */
/* Any octets before the admission gate: it ends, its work stays within its bound, and what it refuses it can
 * name. Fuzz target. */
#include <stdlib.h>

#include "gp/verify/gate.h"
#include "fuzz.h"

static struct cap_model model;
static struct cap_report report;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct crypto *crypto;
    static const struct cap_policy policy;
    struct cap_verdict verdict;
    struct cap cap;
    if (!crypto && crypto_new(&crypto) != TSM_OK)
        abort();
    if (cap_read_joined(BYTES_OF(data, size), &cap) != TSM_OK) {
        cap_unreadable(&report);
        return 0;
    }
    if (cap_verify(&cap, NULL, &model, &report) != TSM_OK)
        abort();
    if (model.steps > CAP_STEPS_MAX + CAP_CELLS_MAX + UINT8_MAX)
        abort();
    if (cap_admit(&cap, &policy, crypto, &report, &verdict) != TSM_OK || (verdict.admitted && report.refused))
        abort();
    for (size_t i = 0; i < report.findings; i++)
        if (!cap_rule_id(report.finding[i].rule)[0] || !report.finding[i].text[0])
            abort();
    return 0;
}
