/* SPDX-License-Identifier: Apache-2.0 */
/* A CAP file as it arrives: an archive (or the joined components of an IJC file) opened in memory, sizes
 * bounded before anything is unpacked. Stations 1 and 4. Edge (libzip). [JCVM 6] */
#ifndef TSM_LINK_CAP_ARCHIVE_H
#define TSM_LINK_CAP_ARCHIVE_H

#include "gp/cap/cap.h"

enum { CAP_FILE_MAX = 512 * 1024 }; /* of the file, and of what is in it */

/* A CAP file in memory; the spans of `cap` point into what is owned here. */
struct cap_file {
    struct cap cap;
    void *owned[CAP_COMPONENTS];
};

/* BAD_FORM when the archive is damaged, TOO_LONG above CAP_FILE_MAX, DUPLICATE_TAG, and what cap_read says.
 * Owned by the caller: cap_file_free, on success only. */
enum tsm_err cap_archive_read(struct bytes file, struct cap_file *out);
void cap_file_free(struct cap_file *f);
/* Octets that the archive says it unpacks to, all its entries together; the file's own where it is none. */
uint64_t cap_archive_size(struct bytes file);

/* The load file data block of cap->code_size octets, owned by the caller (free), and its SHA-256. */
enum tsm_err cap_block_make(const struct cap *cap, uint8_t **block, uint8_t hash[SHA256_LEN]);

#endif
