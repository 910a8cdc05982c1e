/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `tsm ota`, converted. App. */
#ifndef TSM_APP_TSM_OTA_ARGS_H
#define TSM_APP_TSM_OTA_ARGS_H

#include "base/secret.h"
#include "ota/packet/packet.h"

enum { OTA_DATA_MAX = 32768, OTA_PACKET_MAX = OTA_DATA_MAX + 64 };

struct ota_job {
    struct scp80_command command;
    struct scp80_response response;
    struct secret kic, kid;
    uint8_t data[OTA_PACKET_MAX];
    size_t data_len;
    enum concat_order order;
    uint8_t ref;
    bool segments, raw;
};

static inline void ota_job_wipe(struct ota_job *j)
{
    explicit_bzero(j, sizeof *j);
}
#define OTA_JOB __attribute__((cleanup(ota_job_wipe))) struct ota_job

/* Takes the options behind argv[1]; keys in hex are overwritten in argv. BAD_FORM for an unknown option, a
 * word too many or a wrong value, and what key_arg_read says. */
enum tsm_err ota_args_read(int argc, char **argv, struct ota_job *j);

#endif
