/* SPDX-License-Identifier: Apache-2.0 */
/* CAP files on disk: the archive (or the joined components of an IJC file) opened, its load file data block
 * made. App. [JCVM 6, GPCS C.2] */
#ifndef TSM_APP_CAP_FILE_H
#define TSM_APP_CAP_FILE_H

#include "link/cap/archive.h"

/* The file as it is, owned by the caller (free); IO, TOO_LONG above CAP_FILE_MAX. */
enum tsm_err cap_file_whole(const char *path, uint8_t **file, size_t *len);
/* IO when it cannot be read, and what cap_archive_read says. Owned by the caller: cap_file_free, on success
 * only. */
enum tsm_err cap_file_read(const char *path, struct cap_file *out);

/* The load file data block (owned by the caller, free), the package AID (16 bytes of room) and the SHA-256 of
 * the block. */
enum tsm_err cap_file_block(const char *path, uint8_t package[16], size_t *package_len, uint8_t **block,
                            size_t *block_len, uint8_t hash[32]);

#endif
