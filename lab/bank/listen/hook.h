/* SPDX-License-Identifier: Apache-2.0 */
/* The bank when a customer must be known before activation: it passes codes on, and decides when its hook is
 * asked. Pure but for standard output. */
#ifndef LAB_BANK_LISTEN_HOOK_H
#define LAB_BANK_LISTEN_HOOK_H

#include <jansson.h>
#include <stdbool.h>

enum { HOOK_ANSWER_MAX = 96 };

/* An event "activation-code" is told to the customer: one line on standard output. Others are passed over. */
void hook_print_code(const json_t *event);
/* An event "activation" is answered with the next of *words ("pending,approve"), the last one holds; without
 * words it approves. False for other events. */
bool hook_decide(const char **words, const json_t *event, char answer[HOOK_ANSWER_MAX]);

#endif
