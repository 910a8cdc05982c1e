/* SPDX-License-Identifier: Apache-2.0 */
/* Handsets built into a fleet: a few threads run GP SERAM Local Agents for the embedded secure elements that
 * the command pipe names. Edge (station 9). [GP SERAM 2.0.0] */
#ifndef LAB_FLEET_REACH_PHONES_H
#define LAB_FLEET_REACH_PHONES_H

#include <stdbool.h>
#include <stdint.h>

enum { PHONES_MAX = 64, PHONES_MAX_QUEUE = 200000 };

struct phones;

/* `count` threads; `door` is the fleet's port. NULL without memory. */
struct phones *phones_new(unsigned count, const char *ca_file, uint16_t door);
/* A phone with the card at `place` shall run a session; prints `phone PLACE ended STATUS` when it is over,
 * with the agent's exit status. False: too many wait, or the address is unusable. */
bool phones_call(struct phones *p, uint32_t place, const char *url, const char *session);
/* For the end of the process: no more sessions begin; threads in the middle of one are left to it. */
void phones_free(struct phones *p);

#endif
