/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab terminal purse`: a gate that reads a transit purse and debits it. Edge. */
#ifndef LAB_TERMINAL_PURSE_PURSE_H
#define LAB_TERMINAL_PURSE_PURSE_H

/* argv[0] is the word purse. Exit status: 0 read or debited, 1 no card, 2 usage, 3 refused. */
int purse_gate_main(int argc, char **argv);

#endif
