/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a plan for each application that a service may have: the first has the bare name, the others
 * their ordinal behind it. Station 5. Pure. */
#ifndef TSM_ORDER_MANAGE_APPLICATIONS_H
#define TSM_ORDER_MANAGE_APPLICATIONS_H

#include "order/plan.h"

/* X(index, end of the step's name): rows of the load file's applications in the order of installation. */
#define EACH_APPLICATION(X)     X(0, "") FURTHER_APPLICATIONS(X)
#define FURTHER_APPLICATIONS(X) X(1, "_2") X(2, "_3") X(3, "_4") X(4, "_5") X(5, "_6") X(6, "_7") X(7, "_8")
_Static_assert(PLAN_APPLICATIONS_MAX == 8, "a row for each application");

/* Is it the step of this name, for whichever application? */
bool is_step_of_each(const struct plan_step *step, const char *name);

#endif
