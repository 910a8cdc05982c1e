/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of own/ share. Role. */
#ifndef TSM_ROLE_SEM_CONTENT_OWN_TAKE_H
#define TSM_ROLE_SEM_CONTENT_OWN_TAKE_H

#include "role/sem/content/own/own.h"

/* {content, descriptor?, package?, hash?} or {hash} becomes {package, hash, stored}; the octets are kept as
 * the owner's revision. */
enum tsm_err own_file_take(struct tx *tx, int64_t owner, json_t *file);

#endif
