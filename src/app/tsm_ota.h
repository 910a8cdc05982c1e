/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm ota`: secured packets without a server. App. [TS 102 225, TS 31.115] */
#ifndef TSM_APP_TSM_OTA_H
#define TSM_APP_TSM_OTA_H

/* argv[0] is "ota", argv[1] the verb. Returns the exit status: 0, 1 for a refusal, 2 for a wrong command
 * line. */
int tsm_ota_main(int argc, char **argv);

#endif
