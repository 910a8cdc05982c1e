/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of the verb `tsm-lab uicc`. */
#ifndef LAB_UICC_UICC_MAIN_H
#define LAB_UICC_UICC_MAIN_H

int uicc_main(int argc, char **argv);

#endif
