/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of the verb `tsm-lab smsc`. */
#ifndef LAB_SMSC_SMSC_MAIN_H
#define LAB_SMSC_SMSC_MAIN_H

int smsc_main(int argc, char **argv);

#endif
