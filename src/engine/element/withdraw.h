/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an asker takes back: exchanges of its order that have not left stay here, and none of it leaves later.
 * The stored call is the mark, so a crash forgets nothing. Station 8. Edge. [DESIGN 4, rules 1 and 7]
 */
#ifndef TSM_ENGINE_ELEMENT_WITHDRAW_H
#define TSM_ENGINE_ELEMENT_WITHDRAW_H

#include "engine/partner.h"

enum { WITHDRAW_KEY_MAX = 2 * TRACE_LEN + 2 };

/* The key under which the order of this trace is withdrawn: asked again, it is the same call. */
const char *withdraw_key(struct bytes trace, char out[WITHDRAW_KEY_MAX]);
/* Has the asker of the call `call` (its row here) withdrawn the order of this trace? */
enum tsm_err is_withdrawn(struct tx *tx, int64_t call, struct bytes trace, bool *yes);
/* What is answered in place of an exchange or a work that was withdrawn: nothing left. */
void withdrawn_failure(struct failure *out);
/* The row for WITHDRAW. */
enum tsm_err withdraw_answer_partners(struct partners *p);

#endif
