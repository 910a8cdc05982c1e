/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the registry needs from a Java Card load file data block (station 10, the card's side); pure;
 * Java Card 2.2.2 Virtual Machine Specification chapter 6. */
#include "card/content/cap.h"

#include "card/model/registry.h"

#include <stdlib.h>
#include <string.h>

#define COMPONENT_HEAD       3 /* tag, size */
#define COMPONENT_HEADER     1
#define COMPONENT_APPLET     3
#define COMPONENT_IMPORT     4
#define COMPONENT_DESCRIPTOR 11
#define COMPONENT_DEBUG      12
#define MAX_COMPONENT        12
#define MAGIC                0xDECAFFEDU

/* Header component, 6.3: magic 4, CAP version 2, flags 1, package minor 1, major 1, AID length 1, AID. */
#define HEADER_PACKAGE_VERSION 7
#define HEADER_AID_LENGTH      9

/* Applet component, 6.5: per applet AID length 1, AID, install method offset 2. */
#define APPLET_INSTALL_OFFSET 2

/* Import component, 6.7: per package minor 1, major 1, AID length 1, AID. */
#define IMPORT_AID_LENGTH 2
#define RID_LEN           5

static bool read_header(const uint8_t *at, size_t n, struct elf *e)
{
    struct aid package;

    if (n <= HEADER_AID_LENGTH || lab_number(at, 4) != MAGIC ||
        at[HEADER_AID_LENGTH] > n - HEADER_AID_LENGTH - 1)
        return false;
    /* The registry shows major, then minor (GPCS Table 11-37 note 1). */
    e->version[0] = at[HEADER_PACKAGE_VERSION + 1];
    e->version[1] = at[HEADER_PACKAGE_VERSION];
    return aid_set(&package, at + HEADER_AID_LENGTH + 1, at[HEADER_AID_LENGTH]) &&
           aid_same(&package, &e->aid);
}

static bool read_applets(const uint8_t *at, size_t n, struct elf *e)
{
    size_t offset = 1;

    if (n < 1 || at[0] == 0 || at[0] > ELF_MAX_MODULES)
        return false;
    for (size_t i = 0; i < at[0]; i++) {
        size_t len;

        if (offset >= n)
            return false;
        len = at[offset];
        if (len + APPLET_INSTALL_OFFSET > n - offset - 1 || !aid_set(&e->modules[i], at + offset + 1, len))
            return false;
        offset += 1 + len + APPLET_INSTALL_OFFSET;
    }
    e->module_count = at[0];
    return offset == n;
}

/* Java Card, GlobalPlatform, ETSI, 3GPP: what a card has by itself. */
static bool is_platform(const struct aid *a)
{
    static const uint8_t rids[][RID_LEN] = {
        {0xA0, 0, 0, 0, 0x62}, {0xA0, 0, 0, 1, 0x51}, {0xA0, 0, 0, 0, 0x09}, {0xA0, 0, 0, 0, 0x87}};

    for (size_t i = 0; i < sizeof rids / sizeof rids[0]; i++)
        if (memcmp(a->value, rids[i], RID_LEN) == 0)
            return true;
    return false;
}

static bool read_imports(const uint8_t *at, size_t n, struct elf *e)
{
    size_t offset = 1;

    if (n < 1)
        return false;
    for (size_t i = 0; i < at[0]; i++) {
        struct aid aid;
        size_t len;

        if (n - offset <= IMPORT_AID_LENGTH)
            return false;
        len = at[offset + IMPORT_AID_LENGTH];
        if (len > n - offset - IMPORT_AID_LENGTH - 1 ||
            !aid_set(&aid, at + offset + IMPORT_AID_LENGTH + 1, len))
            return false;
        offset += IMPORT_AID_LENGTH + 1 + len;
        if (is_platform(&aid))
            continue;
        if (e->import_count == ELF_MAX_IMPORTS)
            return false;
        e->imports[e->import_count++] = aid;
    }
    return offset == n;
}

bool cap_read(const uint8_t *at, size_t n, struct elf *e)
{
    size_t offset = 0;

    while (offset < n) {
        const uint8_t *info;
        size_t size;

        if (n - offset < COMPONENT_HEAD)
            return false;
        info = at + offset + COMPONENT_HEAD;
        size = (size_t)lab_number(at + offset + 1, 2);
        if (size > n - offset - COMPONENT_HEAD || at[offset] == 0 || at[offset] > MAX_COMPONENT)
            return false;
        /* The header comes first and only once: it is what makes the file a CAP file. */
        if ((offset == 0) != (at[offset] == COMPONENT_HEADER))
            return false;
        if (at[offset] == COMPONENT_HEADER && !read_header(info, size, e))
            return false;
        if (at[offset] == COMPONENT_APPLET && !read_applets(info, size, e))
            return false;
        if (at[offset] == COMPONENT_IMPORT && !read_imports(info, size, e))
            return false;
        offset += COMPONENT_HEAD + size;
    }
    return n > 0;
}

bool cap_fingerprint(const uint8_t *at, size_t n, uint8_t hash[32])
{
    uint8_t *executed = malloc(n);
    size_t kept = 0;
    bool ok = executed != NULL;

    for (size_t offset = 0, len; ok && offset < n; offset += len) {
        len = COMPONENT_HEAD + (size_t)lab_number(at + offset + 1, 2);
        if (at[offset] == COMPONENT_DESCRIPTOR || at[offset] == COMPONENT_DEBUG)
            continue;
        memcpy(executed + kept, at + offset, len);
        kept += len;
    }
    ok = ok && lab_digest(32, executed, kept, hash);
    free(executed);
    return ok;
}
