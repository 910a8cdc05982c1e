/* SPDX-License-Identifier: Apache-2.0 */
/* What an owner has closed: an element, or one provider's part of it. Effective with the commit that says so,
 * long before the element can be reached. Stations 2 and 9. Edge. */
#ifndef TSM_ENGINE_ELEMENT_BLOCK_H
#define TSM_ENGINE_ELEMENT_BLOCK_H

#include "engine/element/element.h"
#include "order/outcome.h"

/* May `party` have work done on the element? *closed with the reason in `f` when not. Packets are opaque to
 * the owner of the link, so a blocked domain or application closes the element to its holder as a whole. */
enum tsm_err block_judge(struct tx *tx, const struct element *el, int64_t party, struct failure *f,
                         bool *closed);

#endif
