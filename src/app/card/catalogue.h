/* SPDX-License-Identifier: Apache-2.0 */
/* Element profiles from a file: a list, one profile, or the file that `tsmd init` takes. App. */
#ifndef TSM_APP_CARD_CATALOGUE_H
#define TSM_APP_CARD_CATALOGUE_H

#include "order/profile.h"

/* IO, BAD_FORM; TOO_LONG above `cap` profiles; a wrong profile is named with its member. */
enum tsm_err catalogue_read(const char *path, struct se_profile *to, size_t cap, size_t *n);

#endif
