/* SPDX-License-Identifier: Apache-2.0 */
/* The phone's part of an offline script: its frames go from a file to the element, no server takes part. Edge
 * (station 9, beside the server). [GPCS Amendment I, SEMS device agent] */
#ifndef LAB_HANDSET_LOCAL_SCRIPT_H
#define LAB_HANDSET_LOCAL_SCRIPT_H

enum { SCRIPT_RUN = 0, SCRIPT_NO_ELEMENT = 1, SCRIPT_REFUSED = 7, SCRIPT_MAX_FILE = 1024 * 1024 };

/* Runs the script in `path` (hex text; lines that begin with %%% are remarks) on the element at `address`;
 * prints a line for each frame's answer. Returns one of SCRIPT_*. */
int script_run_file(const char *address, const char *path);

#endif
