/* SPDX-License-Identifier: Apache-2.0 */
/* CAP files on disk through libzip: sizes bounded before anything is unpacked. App. [JCVM 6] */
#include "app/cap_file.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "gp/cap/cap.h"

static enum tsm_err read_entry(zip_t *z, zip_uint64_t i, size_t *total, struct bytes *out)
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
    *out = BYTES_OF(at, st.size);
    return TSM_OK;
}

static enum tsm_err read_components(zip_t *z, struct bytes component[CAP_COMPONENTS])
{
    size_t total = 0;
    zip_int64_t n = zip_get_num_entries(z, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z, (zip_uint64_t)i, 0), *base = name ? strrchr(name, '/') : NULL;
        base = base ? base + 1 : name;
        for (int tag = 1; base && tag < CAP_COMPONENTS; tag++)
            if (cap_component_file((enum cap_tag)tag) &&
                !strcmp(base, cap_component_file((enum cap_tag)tag))) {
                if (component[tag].at)
                    return FAIL(DUPLICATE_TAG, "the archive has %s twice", base);
                TRY(read_entry(z, (zip_uint64_t)i, &total, &component[tag]));
            }
    }
    return TSM_OK;
}

static enum tsm_err make_block(const struct bytes component[CAP_COMPONENTS], struct cap *cap, uint8_t **block,
                               uint8_t hash[32])
{
    struct crypto *c;
    struct writer w;
    enum tsm_err e;
    TRY(cap_read(component, cap));
    w = (struct writer){malloc(cap->code_size), 0, cap->code_size};
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
    struct bytes component[CAP_COMPONENTS] = {0};
    struct cap cap;
    int code = 0;
    zip_t *z = zip_open(path, ZIP_RDONLY, &code);
    enum tsm_err e;
    if (!z)
        return FAIL(IO, "%s is no CAP archive that can be read", path);
    e = read_components(z, component);
    if (e == TSM_OK)
        e = make_block(component, &cap, block, hash);
    if (e == TSM_OK)
        e = bytes_keep(cap.package.aid, package, 16, package_len);
    if (e == TSM_OK)
        *block_len = cap.code_size;
    for (int tag = 0; tag < CAP_COMPONENTS; tag++)
        free((void *)(uintptr_t)component[tag].at);
    zip_discard(z);
    return e;
}
