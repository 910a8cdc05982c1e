/* SPDX-License-Identifier: Apache-2.0 */
/* Confidential hand-over: the certificates of the Controlling Authority's domain are read, a provider's
 * groupings are brought to its new domain. Station 5. Pure. [GPCS 11.3.2, 11.11; gp/casd/casd.h] */
#ifndef TSM_ORDER_MANAGE_CONFIDENTIAL_H
#define TSM_ORDER_MANAGE_CONFIDENTIAL_H

#include "order/plan_script.h"

/* GET DATA BF30 with the tag list 7F21, in the issuer's domain. */
enum tsm_err build_read_casd(const struct plan_facts *f, int arg, struct script *out);
bool needs_no_casd(const struct plan_facts *f, int arg);
/* The step of plan_set_up or plan_set_up_anew that brings the groupings. */
bool is_key_set_up(const struct plan_step *step);

#endif
