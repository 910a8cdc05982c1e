/* SPDX-License-Identifier: Apache-2.0 */
/* The way of one command through the card: class byte, channel, OPEN or application, secure channel, answer
 * (station 10, the card's side); pure; GPCS 2.3.1 6.3, 11.1.3, 11.1.4, Tables 11-1 and 11-2. */
#ifndef LAB_CARD_COMMAND_PROCESS_H
#define LAB_CARD_COMMAND_PROCESS_H

#include "card/model/model.h"

#define SELECT_P1_BY_NAME 0x04

/* j holds card, channel, command and reply; returns the status word, the data is in j->reply. */
uint16_t process_command(struct job *j);
/* True when the fault "6F00-N" strikes at the current command. */
bool process_fault_error(const struct card *c);

#endif
