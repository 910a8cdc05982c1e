/* SPDX-License-Identifier: Apache-2.0 */
/* CAP facts as TR attributes. Stations 2 and 4. Role, without I/O. [TR-03165 4.1.4.9, 4.1.4.10; JCVM 6.4,
 * 6.7] */
#include "role/sp/sptsm/keep/elf.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"

/* tag, size, magic, CAP format minor and major, flags, package minor and major [JCVM 6.4]. */
enum { HEADER_BEFORE_AID = 1 + 2 + 4 + 2 + 1 + 2, AID_TEXT = 33 };

/* A file that needs nothing of an API says so by the lowest version. */
static const char no_java_card[] = "2.1.0", no_gp_api[] = "0.0", elf_type[] = "CAP";

static bool read_name(const struct cap *cap, char out[ELF_NAME_ROOM])
{
    struct reader r = READER(cap->component[CAP_HEADER]);
    struct bytes skipped, name;
    if (read_span(&r, HEADER_BEFORE_AID, &skipped) != TSM_OK || read_lv(&r, &skipped) != TSM_OK ||
        read_lv(&r, &name) != TSM_OK || name.len == 0)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] <= ' ' || name.at[i] >= 0x7F)
            return false;
        out[i] = name.at[i] == '/' ? '.' : (char)name.at[i];
    }
    out[name.len] = 0;
    return true;
}

void elf_package_name(const struct cap *cap, char out[ELF_NAME_ROOM])
{
    if (!read_name(cap, out))
        hex_text(cap->package.aid, out);
}

/* "3.1" of the release lists becomes the three numbers that the TR asks for. */
static json_t *java_card(const struct cap *cap)
{
    const char *release = cap_java_card(cap);
    const char *first = strchr(release, '.');
    if (!*release)
        return json_string(no_java_card);
    return first && strchr(first + 1, '.') ? json_string(release) : json_sprintf("%s.0", release);
}

static json_t *gp_api(const struct cap *cap)
{
    for (size_t i = 0; i < cap->imports; i++) {
        const char *name = cap_package_name(cap->import[i].aid);
        if (name && !strcmp(name, "org.globalplatform"))
            return json_sprintf("%u.%u", cap->import[i].major, cap->import[i].minor);
    }
    return json_string(no_gp_api);
}

static json_t *imports(const struct cap *cap)
{
    json_t *list = json_array();
    char aid[AID_TEXT];
    for (size_t i = 0; i < cap->imports; i++)
        json_array_append_new(list, json_string(hex_text(cap->import[i].aid, aid)));
    return list;
}

enum tsm_err elf_describe(const struct cap *cap, json_t *elf)
{
    char aid[AID_TEXT], name[ELF_NAME_ROOM];
    int bad = 0;
    elf_package_name(cap, name);
    bad |= json_object_set_new(elf, "aid", json_string(hex_text(cap->package.aid, aid)));
    bad |= json_object_set_new(elf, "type", json_string(elf_type));
    bad |= json_object_set_new(elf, "packageName", json_string(name));
    bad |= json_object_set_new(elf, "importedPackages", imports(cap));
    bad |= json_object_set_new(elf, "packageVersion",
                               json_sprintf("%u.%u", cap->package.major, cap->package.minor));
    bad |= json_object_set_new(
        elf, "technicalRequirements",
        json_pack("{so so}", "javaCardVersion", java_card(cap), "gpApiVersion", gp_api(cap)));
    NEED(bad == 0, NO_MEMORY);
    return TSM_OK;
}
