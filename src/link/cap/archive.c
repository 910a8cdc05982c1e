/* SPDX-License-Identifier: Apache-2.0 */
/* CAP archives through libzip, from memory. Stations 1 and 4. Edge. [JCVM 6] */
#include "link/cap/archive.h"

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
    NEED(at != NULL, NO_MEMORY);
    f = zip_fopen_index(z, i, 0);
    if (!f || zip_fread(f, at, st.size) != (zip_int64_t)st.size) {
        free(at);
        if (f)
            zip_fclose(f);
        return zip_error_code_zip(zip_get_error(z)) == ZIP_ER_MEMORY
                   ? FAIL(NO_MEMORY, "no memory for the archive")
                   : FAIL(BAD_FORM, "the archive is damaged");
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
static enum tsm_err read_joined(struct bytes file, struct cap_file *f)
{
    size_t n;
    f->owned[0] = malloc(file.len ? file.len : 1);
    NEED(f->owned[0] != NULL, NO_MEMORY);
    TRY(bytes_keep(file, f->owned[0], file.len, &n));
    return cap_read_joined(BYTES_OF(f->owned[0], n), &f->cap);
}

/* NULL when the octets are no archive. */
static zip_t *open_archive(struct bytes file)
{
    zip_source_t *source = zip_source_buffer_create(file.at, file.len, 0, NULL);
    zip_t *z = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
    if (source && !z)
        zip_source_free(source);
    return z;
}

enum tsm_err cap_archive_read(struct bytes file, struct cap_file *out)
{
    struct cap_file f = {0};
    zip_t *z;
    enum tsm_err e;
    if (file.len > CAP_FILE_MAX)
        return FAIL(TOO_LONG, "a CAP file has at most %d octets", CAP_FILE_MAX);
    z = open_archive(file);
    e = z ? read_components(z, &f) : read_joined(file, &f);
    if (z)
        zip_discard(z);
    if (e != TSM_OK)
        cap_file_free(&f);
    else
        *out = f;
    return e;
}

uint64_t cap_archive_size(struct bytes file)
{
    zip_t *z = open_archive(file);
    zip_int64_t n = z ? zip_get_num_entries(z, 0) : 0;
    uint64_t size = z ? 0 : file.len;
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t st;
        if (zip_stat_index(z, (zip_uint64_t)i, 0, &st) == 0 && (st.valid & ZIP_STAT_SIZE) &&
            st.size <= UINT64_MAX - size)
            size += st.size;
    }
    if (z)
        zip_discard(z);
    return size;
}

void cap_file_free(struct cap_file *f)
{
    for (size_t i = 0; i < CAP_COMPONENTS; i++)
        free(f->owned[i]);
    *f = (struct cap_file){0};
}

enum tsm_err cap_block_make(const struct cap *cap, uint8_t **block, uint8_t hash[SHA256_LEN])
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
