/* SPDX-License-Identifier: Apache-2.0 */
/* The line before an element, as the exchanges use it; what ends there stands in exchange.h. Stations 8
 * and 9. Edge. */
#ifndef TSM_ENGINE_ELEMENT_LINE_H
#define TSM_ENGINE_ELEMENT_LINE_H

#include "engine/element/exchange.h"

/* Takes or renews the hold on an element for one exchange of `answer_s` seconds; *held false: another
 * conversation has it. */
enum tsm_err line_hold(struct tx *tx, int64_t se, const char *holder, int64_t answer_s, bool *held);
/* The conversation is over: the element is free for the next one in the line. */
enum tsm_err line_end(struct tx *tx, int64_t se, const char *holder);
/* How an exchange begins: the engine sends a short message at once; what a device fetches, or what only
 * listens, is under way until its time is over. */
struct line_start {
    enum job_state state;
    int64_t step;
    time_us due;
};
struct line_start line_start(struct tx *tx, bool by_engine, int64_t answer_s);
static inline bool exchange_by_engine(int64_t kind, const json_t *payload)
{
    return kind == JOB_EXCHANGE_SMS && json_array_size(payload) > 0;
}

#endif
