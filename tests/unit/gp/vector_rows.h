/* SPDX-License-Identifier: Apache-2.0 */
/* Test functions over one row of the published vectors; the row (a JSON object) is the test's state. Test
 * code. */
#ifndef TSM_TESTS_UNIT_GP_VECTOR_ROWS_H
#define TSM_TESTS_UNIT_GP_VECTOR_ROWS_H

void session_row(void **state); /* a whole SCP02 or SCP03 session */
void scp02_rmac_row(void **state);
void install_parameters_row(void **state);
void store_data_keys_row(void **state);
void get_status_row(void **state);
void card_discovery_row(void **state);

#endif
