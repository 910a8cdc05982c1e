/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the owners that a caller waits for: which of them knows the element, and what it says.
 * Stations 2 and 4. Role. */
#ifndef TSM_ROLE_SP_ASK_NOW_H
#define TSM_ROLE_SP_ASK_NOW_H

#include "role/sp/internal.h"

enum { ASK_NOW_S = 5, OWNERS_MAX = 64 };

struct now_answer {
    int64_t owner;
    json_t *reply; /* owned by the caller */
};
/* CHECK_ELIGIBILITY with this body to one owner after the other, until one knows the element. NOT_FOUND where
 * none does; TIMED_OUT where an owner's TSM did not answer within ASK_NOW_S. */
enum tsm_err sp_ask_now(struct sp *sp, int64_t party, const json_t *body, struct now_answer *out);
/* The provider's instance of a service on the element that is named another way than when it was deployed; 0
 * where there is none. */
struct named_element {
    int64_t party;
    const char *service, *kind, *ref;
};
enum tsm_err sp_instance_by_element(struct sp *sp, const struct named_element *n, int64_t *instance);

/* POST /api/v1/eligibility. */
enum tsm_err sp_post_eligibility(void *app, struct http_request *q, struct http_reply *reply);
/* The owner says that another element took an element's place: its instances are in error until they are
 * deployed anew or terminated, and the provider's address hears which. */
enum tsm_err sp_se_renewed(void *self, struct tx *tx, const struct partner_call *call);

#endif
