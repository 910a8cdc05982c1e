/* SPDX-License-Identifier: Apache-2.0 */
/* The client verbs as the dispatch table of `tsm` names them; argv[0] is the verb, the result is the exit
 * status. Edge. */
#ifndef TSM_APP_CLIENT_VERBS_H
#define TSM_APP_CLIENT_VERBS_H

int client_order_post(int argc, char **argv);
int client_order_show(int argc, char **argv);
int client_order_list(int argc, char **argv);
int client_order_cancel(int argc, char **argv);
int client_order_wait(int argc, char **argv);
int client_order_import(int argc, char **argv);
int client_order_exchange(int argc, char **argv);
int client_token_list(int argc, char **argv);
int client_token_set(int argc, char **argv);
int client_token_remove(int argc, char **argv);
int client_se_import(int argc, char **argv);
int client_se_show(int argc, char **argv);
int client_se_list(int argc, char **argv);
int client_se_identify(int argc, char **argv);
int client_profile_list(int argc, char **argv);
int client_profile_show(int argc, char **argv);
int client_profile_add(int argc, char **argv);
int client_profile_retire(int argc, char **argv);
int client_key_import(int argc, char **argv);
int client_key_intake(int argc, char **argv);
int client_key_load(int argc, char **argv);
int client_key_list(int argc, char **argv);
int client_key_export(int argc, char **argv);
int client_health(int argc, char **argv);
int client_load_file_upload(int argc, char **argv);
int client_load_file_list(int argc, char **argv);
int client_admission_list(int argc, char **argv);
int client_admission_allow(int argc, char **argv);
int client_admission_withdraw(int argc, char **argv);
int client_script_key(int argc, char **argv);
int client_script_sign(int argc, char **argv);
int client_usage(int argc, char **argv);
int client_care(int argc, char **argv);
int client_campaign(int argc, char **argv);
int client_domain(int argc, char **argv);
int client_space(int argc, char **argv);
int client_spos_list(int argc, char **argv);
int client_spos_results(int argc, char **argv);
int client_spos_retry(int argc, char **argv);

#endif
