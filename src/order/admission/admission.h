/* SPDX-License-Identifier: Apache-2.0 */
/* What a kind of element asks of the packages that are loaded into it: an SE profile as a policy of the
 * admission gate. Station 4. Pure. [docs/admission.md] */
#ifndef TSM_ORDER_ADMISSION_ADMISSION_H
#define TSM_ORDER_ADMISSION_ADMISSION_H

#include "gp/verify/gate.h"
#include "order/profile.h"

enum { ADMISSION_PACKAGES_MAX = 40 };

struct admission {
    struct cap_package offered[ADMISSION_PACKAGES_MAX];
    uint8_t aid[ADMISSION_PACKAGES_MAX][16];
    struct cap_policy policy; /* its spans point into this struct: not to be copied */
};

/*
 * The packages, the memory and the int of a profile; lists of AIDs and hashes are for the caller to add. A
 * profile that names no packages asks nothing of imports. BAD_FORM and TOO_LONG with the member "packages"
 * named.
 */
enum tsm_err admission_of_profile(const struct se_profile *p, struct admission *out);
/* The text of "packages" alone: "A0000000620101/1.6 A0000000620001/1.0", one space between. */
enum tsm_err admission_packages(const char *text, struct admission *out);

/* A package that is beside those of the profile: on the element, or loaded before by the same flavor. Where
 * the profile names none, nothing is asked and nothing added. Its AID is borrowed. TOO_LONG. */
enum tsm_err admission_beside(struct admission *a, const struct cap_package *p);

#endif
