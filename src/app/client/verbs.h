/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs as the dispatch table of `tsm` names them; argv[0] is the verb, the result is the exit
 * status. Edge. */
#ifndef TSM_APP_CLIENT_VERBS_H
#define TSM_APP_CLIENT_VERBS_H

int client_order_post(int argc, char **argv);
int client_order_show(int argc, char **argv);
int client_order_list(int argc, char **argv);
int client_order_wait(int argc, char **argv);
int client_se_import(int argc, char **argv);
int client_se_show(int argc, char **argv);
int client_key_intake(int argc, char **argv);
int client_health(int argc, char **argv);

#endif
