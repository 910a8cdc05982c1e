/* SPDX-License-Identifier: Apache-2.0 */
/* CAP files on disk, read whole and opened in memory. App. [JCVM 6] */
#include "app/cap_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tsm_err cap_file_whole(const char *path, uint8_t **file, size_t *len)
{
    FILE *f = fopen(path, "rbe");
    uint8_t *room;
    size_t n;
    bool failed;
    if (!f)
        return FAIL(IO, "%s: %s", path, strerror(errno));
    room = malloc(CAP_FILE_MAX + 1);
    n = room ? fread(room, 1, CAP_FILE_MAX + 1, f) : 0;
    failed = ferror(f) != 0;
    fclose(f);
    NEED(room != NULL, NO_MEMORY);
    if (failed || n > CAP_FILE_MAX) {
        free(room);
        return failed ? FAIL(IO, "%s cannot be read", path)
                      : FAIL(TOO_LONG, "%s has more than %d octets", path, CAP_FILE_MAX);
    }
    *file = room;
    *len = n;
    return TSM_OK;
}

enum tsm_err cap_file_read(const char *path, struct cap_file *out)
{
    uint8_t *file;
    size_t n;
    enum tsm_err e;
    TRY(cap_file_whole(path, &file, &n));
    e = cap_archive_read(BYTES_OF(file, n), out);
    free(file);
    return e;
}

enum tsm_err cap_file_block(const char *path, uint8_t package[16], size_t *package_len, uint8_t **block,
                            size_t *block_len, uint8_t hash[32])
{
    struct cap_file f;
    enum tsm_err e;
    TRY(cap_file_read(path, &f));
    e = bytes_keep(f.cap.package.aid, package, 16, package_len);
    if (e == TSM_OK)
        e = cap_block_make(&f.cap, block, hash);
    if (e == TSM_OK)
        *block_len = f.cap.code_size;
    cap_file_free(&f);
    return e;
}
