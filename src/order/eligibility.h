/* SPDX-License-Identifier: Apache-2.0 */
/* Is this secure element fit for the service, and if not, every reason. Station 4. Pure. [TR-03165 3.3.1] */
#ifndef TSM_ORDER_ELIGIBILITY_H
#define TSM_ORDER_ELIGIBILITY_H

#include "order/profile.h"
#include "order/states.h"

#define ELIGIBILITY_REASONS(X)                                                              \
    X(SE_LOCKED, "the secure element is locked")                                            \
    X(SE_TERMINATED, "the secure element is terminated")                                    \
    X(NOT_CERTIFIED, "the service asks for a certified secure element and this one is not") \
    X(NOT_ENOUGH_SPACE, "the secure element has not enough memory left")                    \
    X(NO_DOMAINS, "the secure element has no room for security domains of providers")

enum eligibility_reason {
#define X(name, text) REASON_##name,
    ELIGIBILITY_REASONS(X)
#undef X
        REASON_COUNT
};
const char *eligibility_reason_text(enum eligibility_reason reason);

struct eligibility_facts {
    const struct se_profile *profile;
    enum se_state state;
    int64_t needed, booked; /* bytes */
    bool certified;         /* the service asks for a certificate */
};
/* All reasons against; n 0 means fit. */
struct eligibility {
    enum eligibility_reason reason[REASON_COUNT];
    size_t n;
};
void eligibility_judge(const struct eligibility_facts *facts, struct eligibility *out);

#endif
