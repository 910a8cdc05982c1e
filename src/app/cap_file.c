/* SPDX-License-Identifier: Apache-2.0 */
/* CAP files on disk through libzip: sizes bounded before anything is unpacked. App. [JCVM 6] */
#include "app/cap_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static enum tsm_err read_entry(zip_t *z, zip_uint64_t i, size_t *total, void **out)
{
    zip_stat_t st;
    zip_file_t *f;
    uint8_t *at;
    NEED(zip_stat_index(z, i, 0, &st) == 0 && (st.valid & ZIP_STAT_SIZE), BAD_FORM);
    NEED(st.size <= CAP_FILE_MAX && *total + st.size <= CAP_FILE_MAX, TOO_LONG);
    at = malloc(st.size ? st.size : 1);
    f = at ? zip_fopen_index(z, i, 0) : NULL;
    if (!f || zip_fread(f, at, st.size) != (zip_int64_t)st.size) {
        free(at);
        if (f)
            zip_fclose(f);
        return FAIL(BAD_FORM, "the archive is damaged");
    }
    zip_fclose(f);
    *total += st.size;
    *out = at;
    return TSM_OK;
}

/* The tag of the component that has this file name, in whatever folder; CAP_COMPONENTS for another file. */
static enum cap_tag tag_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;
    enum cap_tag tag = CAP_HEADER;
    while (tag < CAP_COMPONENTS && (!name || strcmp(name, cap_component_file(tag)) != 0))
        tag++;
    return tag;
}

static enum tsm_err read_components(zip_t *z, struct cap_file *f)
{
    struct bytes component[CAP_COMPONENTS] = {0};
    size_t total = 0, before;
    zip_int64_t n = zip_get_num_entries(z, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        enum cap_tag tag = tag_of(zip_get_name(z, (zip_uint64_t)i, 0));
        if (tag == CAP_COMPONENTS)
            continue;
        if (f->owned[tag])
            return FAIL(DUPLICATE_TAG, "the archive has %s twice", cap_component_file(tag));
        before = total;
        TRY(read_entry(z, (zip_uint64_t)i, &total, &f->owned[tag]));
        component[tag] = BYTES_OF(f->owned[tag], total - before);
    }
    return cap_read(component, &f->cap);
}

/* An IJC file: the components one after the other. */
static enum tsm_err read_joined(const char *path, struct cap_file *f)
{
    FILE *file = fopen(path, "rb");
    size_t n = 0;
    if (!file)
        return FAIL(IO, "%s: %s", path, strerror(errno));
    f->owned[0] = malloc(CAP_FILE_MAX + 1);
    if (f->owned[0])
        n = fread(f->owned[0], 1, CAP_FILE_MAX + 1, file);
    fclose(file);
    NEED(f->owned[0] != NULL, NO_MEMORY);
    NEED(n <= CAP_FILE_MAX, TOO_LONG);
    return cap_read_joined(BYTES_OF(f->owned[0], n), &f->cap);
}

enum tsm_err cap_file_read(const char *path, struct cap_file *out)
{
    struct cap_file f = {0};
    int code = 0;
    zip_t *z = zip_open(path, ZIP_RDONLY, &code);
    enum tsm_err e;
    if (!z && code != ZIP_ER_NOZIP)
        return FAIL(IO, "%s cannot be opened", path);
    e = z ? read_components(z, &f) : read_joined(path, &f);
    if (z)
        zip_discard(z);
    if (e != TSM_OK)
        cap_file_free(&f);
    else
        *out = f;
    return e;
}

void cap_file_free(struct cap_file *f)
{
    for (size_t i = 0; i < CAP_COMPONENTS; i++)
        free(f->owned[i]);
    *f = (struct cap_file){0};
}

static enum tsm_err make_block(const struct cap *cap, uint8_t **block, uint8_t hash[32])
{
    struct crypto *c;
    struct writer w = {malloc(cap->code_size), 0, cap->code_size};
    enum tsm_err e;
    NEED(w.at != NULL, NO_MEMORY);
    e = crypto_new(&c);
    if (e == TSM_OK) {
        e = cap_lfdb_write(cap, &w);
        if (e == TSM_OK)
            e = cap_lfdb_hash(cap, c, hash);
        crypto_free(c);
    }
    if (e != TSM_OK)
        free(w.at);
    else
        *block = w.at;
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
        e = make_block(&f.cap, block, hash);
    if (e == TSM_OK)
        *block_len = f.cap.code_size;
    cap_file_free(&f);
    return e;
}
