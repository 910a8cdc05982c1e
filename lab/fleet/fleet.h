/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab fleet`: a hundred thousand secure elements in one process. Edge (stations 9 and 10, many cards'
 * side). */
#ifndef LAB_FLEET_FLEET_H
#define LAB_FLEET_FLEET_H

/* The verb of tsm-lab: argv[0] is "fleet". Returns the exit status. */
int fleet_main(int argc, char **argv);

#endif
