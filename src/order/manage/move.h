/* SPDX-License-Identifier: Apache-2.0 */
/* Content that changes its domain: what was made from a load file of another domain goes to its own, a load
 * file that others still use goes to the issuer's, a domain goes below another. Station 5. Pure. [GPCS 9.4,
 * 11.5.2.3.4] */
#ifndef TSM_ORDER_MANAGE_MOVE_H
#define TSM_ORDER_MANAGE_MOVE_H

#include "order/plan_script.h"

/* Application `arg` from where its load file is to the provider's domain. */
enum tsm_err build_move_home(const struct plan_facts *f, int arg, struct script *out);
enum verdict judge_at_home(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
bool is_born_at_home(const struct plan_facts *f, int arg);

/* The load file to the issuer's domain. */
enum tsm_err build_pass_load_file(const struct plan_facts *f, int arg, struct script *out);
enum verdict judge_load_file_passed(const struct plan_facts *f, int arg, const struct step_answer *a,
                                    size_t n);
bool passes_no_load_file(const struct plan_facts *f, int arg);

/* The provider's domain below terms.parent. */
enum tsm_err build_join_parent(const struct plan_facts *f, int arg, struct script *out);
enum verdict judge_below_parent(const struct plan_facts *f, int arg, const struct step_answer *a, size_t n);
bool has_no_parent(const struct plan_facts *f, int arg);

#endif
