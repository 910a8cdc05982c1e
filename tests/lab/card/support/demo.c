/* SPDX-License-Identifier: Apache-2.0 */
/* The demonstration load file on a desk: loading it from its CAP file, installing and personalising its
 * applications (EMV CPS 1.1); edge (reads the CAP file). */
#include "demo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

#define MAX_LFDB    4096
#define LOAD_BLOCK  200
#define MAX_NAME    256
#define DGI_BUFFERS 8

const char *demo_cap_path;

/* Appends one component of the CAP file; a component that is not there is left out. */
static size_t component(zip_t *archive, const char *name, uint8_t *to, size_t cap)
{
    zip_int64_t count = zip_get_num_entries(archive, 0);

    for (zip_int64_t i = 0; i < count; i++) {
        const char *path = zip_get_name(archive, (zip_uint64_t)i, 0);
        const char *file = path == NULL ? NULL : strrchr(path, '/');
        char wanted[MAX_NAME];
        zip_file_t *f;
        zip_int64_t n;

        snprintf(wanted, sizeof wanted, "/%s.cap", name);
        if (file == NULL || strcmp(file, wanted) != 0)
            continue;
        f = zip_fopen_index(archive, (zip_uint64_t)i, 0);
        assert_non_null(f);
        n = zip_fread(f, to, cap);
        assert_true(n > 0);
        zip_fclose(f);
        return (size_t)n;
    }
    return 0;
}

static size_t read_lfdb(uint8_t *to, bool described)
{
    static const char *const order[] = {"Header",       "Directory",   "Import",      "Applet",
                                        "Class",        "Method",      "StaticField", "Export",
                                        "ConstantPool", "RefLocation", "Descriptor"};
    size_t components = sizeof order / sizeof order[0] - !described;
    zip_t *archive = zip_open(demo_cap_path, ZIP_RDONLY, NULL);
    size_t n = 0;

    assert_non_null(archive);
    for (size_t i = 0; i < components; i++)
        n += component(archive, order[i], to + n, MAX_LFDB - n);
    zip_close(archive);
    return n;
}

static void load(struct desk *d, bool described)
{
    struct install f = {DEMO_PACKAGE, "", "", "", ""};
    uint8_t file[MAX_LFDB + 4] = {0xC4, 0x82};
    char hex[2 * LOAD_BLOCK + 1];
    size_t n = read_lfdb(file + 4, described), block = 0;

    file[2] = (uint8_t)(n >> 8);
    file[3] = (uint8_t)n;
    assert_int_equal(install(d, 0x02, &f), 0x9000);
    for (size_t at = 0; at < n + 4; at += LOAD_BLOCK, block++) {
        size_t part = n + 4 - at < LOAD_BLOCK ? n + 4 - at : LOAD_BLOCK;

        lab_hex_write(file + at, part, hex);
        assert_int_equal(
            secure(d, "80E8%02X%02zX%02zX%s00", at + part == n + 4 ? 0x80U : 0U, block, part, hex), 0x9000);
    }
}

void demo_load(struct desk *d)
{
    load(d, false);
}

void demo_load_described(struct desk *d)
{
    load(d, true);
}

uint16_t demo_install(struct desk *d, const char *module, const char *aid)
{
    struct install f = {DEMO_PACKAGE, module, aid, "00", "C900"};

    return install(d, 0x0C, &f);
}

const char *dgi(const char *id, const char *value)
{
    static char buffers[DGI_BUFFERS][1024];
    static size_t next;
    char *to = buffers[next++ % DGI_BUFFERS];

    snprintf(to, sizeof buffers[0], "%s%02zX%s", id, strlen(value) / 2, value);
    return to;
}

uint16_t demo_store(struct desk *d, unsigned p1, unsigned block, const char *groups)
{
    return secure(d, "80E2%02X%02X%02zX%s", p1, block, strlen(groups) / 2, groups);
}

uint16_t demo_personalise(struct desk *d, const char *aid, const struct demo_card *c)
{
    struct install target = {"", "", aid, "", ""};
    char clear[1024], keys[256], cipher[256], kcv[3][7], gpo[32], pin[64];
    uint16_t sw = install(d, 0x20, &target);

    for (int i = 0; i < 3; i++)
        kcv_of(KEY_TYPE_DES, c->udk[i], kcv[i]);
    snprintf(gpo, sizeof gpo, "8202%s940408010100", c->aip);
    snprintf(keys, sizeof keys, "%s%s%s", c->udk[0], c->udk[1], c->udk[2]);
    snprintf(clear, sizeof clear, "%s%s%s%s900009%s%s%s%s",
             dgi("0101", "70258C15" CDOL1 "5A0812345678901234565F340100"), dgi("9102", c->fci),
             dgi("9104", gpo), dgi("9200", c->iad), kcv[0], kcv[1], kcv[2], dgi("9010", "0303"));
    if (sw == 0x9000)
        sw = demo_store(d, 0x00, 0, clear);
    under_dek(d, keys, cipher);
    if (sw == 0x9000)
        sw = demo_store(d, 0x60, 1, dgi("8000", cipher));
    under_dek(d, "241234FFFFFFFFFF", pin);
    if (sw == 0x9000)
        sw = demo_store(d, 0xE0, 2, dgi("8010", pin));
    return sw;
}
