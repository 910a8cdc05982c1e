/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of delegated management for the table of `tsm gp`. Edge. */
#ifndef TSM_APP_DELEGATED_VERBS_H
#define TSM_APP_DELEGATED_VERBS_H

int gp_token_verb(int argc, char **argv);
int gp_receipt_verb(int argc, char **argv);
int gp_dap_verb(int argc, char **argv);

#endif
