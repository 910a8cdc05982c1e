/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that held personalisation data, APDUs or results leaves no copy of them in the heap: jansson frees
 * without wiping. Stations 5, 7 and 9 as the app's side sees them. Pure but for allocation. */
#ifndef OPENTSM_SDK_WIPE_H
#define OPENTSM_SDK_WIPE_H

#include "base/json.h"

/* Overwrites every text of the document and gives the document back; NULL is legal. What somebody else holds
 * a reference to is left as it is, for its holder to wipe. */
void json_wipe(json_t *owned);
/* Compact text of a document in one block, without the copies of a buffer that grows. NULL when memory is
 * exhausted. Owned by the caller: text_wipe. */
char *json_text_once(const json_t *value);
/* Overwrites a text and frees it; NULL is legal. */
void text_wipe(char *text);

#endif
