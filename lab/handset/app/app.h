/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab handset`: with --tsm-api an app that uses the TSM-API through libopentsm-sdk, else the bare SERAM
 * agent. Edge (station 9, the handset's side). */
#ifndef LAB_HANDSET_APP_APP_H
#define LAB_HANDSET_APP_APP_H

enum { APP_USAGE = 64 };

/* The verb of tsm-lab. Exit status with --tsm-api: 0, the error category of TR-03165 4.2.4.4, or APP_USAGE.
 */
int app_main(int argc, char **argv);

#endif
