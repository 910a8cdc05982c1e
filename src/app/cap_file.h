/* SPDX-License-Identifier: Apache-2.0 */
/* CAP files on disk: the archive opened, its load file data block made. App. [JCVM 6, GPCS C.2] */
#ifndef TSM_APP_CAP_FILE_H
#define TSM_APP_CAP_FILE_H

#include "base/bytes.h"

enum { CAP_FILE_MAX = 512 * 1024 };

/* The load file data block (owned by the caller, free), the package AID (16 bytes of room) and the SHA-256 of
 * the block. */
enum tsm_err cap_file_block(const char *path, uint8_t package[16], size_t *package_len, uint8_t **block,
                            size_t *block_len, uint8_t hash[32]);

#endif
