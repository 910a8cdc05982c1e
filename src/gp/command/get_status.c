/* SPDX-License-Identifier: Apache-2.0 */
/* GET STATUS: what is on the card. Stations 4, 10 and 11. Pure. [GPCS 11.4, Tables 11-35 to 11-37] */
#include "gp/command/get_status.h"

#include "gp/command/command.h"
#include "gp/command/install.h"
#include "gp/tlv.h"

enum {
    P2_NEXT = 0x01,
    P2_TLV = 0x02,
    TAG_AID = 0x4F,
    TAG_LIST = 0x5C,
    TAG_ENTRY = 0xE3,
    TAG_MODULE = 0x84,
    STATE_MAX = 4,
};

enum tsm_err get_status_write(const struct get_status *g, struct writer *capdu)
{
    struct writer at = *capdu;
    unsigned p2 = (g->next ? P2_NEXT : 0u) | (g->dialect == STATUS_TLV ? P2_TLV : 0u);
    size_t mark;
    NEED(g->aid.len <= AID_MAX, BAD_LENGTH);
    TRY(command_open(&at, INS_GET_STATUS, (uint8_t)g->scope, (uint8_t)p2, &mark));
    TRY(tlv_write(&at, TAG_AID, g->aid));
    if (g->tags.len)
        TRY(tlv_write(&at, TAG_LIST, g->tags));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

/* What the template holds before it is understood. */
struct raw {
    struct gp_registry_entry entry;
    struct bytes state, privileges;
};
#define AT(member) offsetof(struct raw, member)
static const struct tlv_field entry_table[] = {
    {TAG_AID, TLV_BYTES, AT(entry.aid), AID_MIN, AID_MAX, TLV_NEEDED, NULL},
    {0x9F70, TLV_BYTES, AT(state), 1, STATE_MAX, TLV_NEEDED, NULL},
    {0xC5, TLV_BYTES, AT(privileges), 1, 3, TLV_OPTIONAL, NULL},
    {0xC4, TLV_BYTES, AT(entry.load_file), 0, AID_MAX, TLV_OPTIONAL, NULL},
    {0xCE, TLV_BYTES, AT(entry.version), 0, 255, TLV_OPTIONAL, NULL},
    {0xCC, TLV_BYTES, AT(entry.domain), 0, AID_MAX, TLV_OPTIONAL, NULL},
    {0xCF, TLV_MANY, AT(entry.implicit_selection), 0, 255, TLV_OPTIONAL, NULL},
    {0},
};

static enum tsm_err next_tlv(struct reader *r, struct gp_registry_entry *out)
{
    struct raw raw = {0};
    struct tlv t;
    TRY(tlv_next(r, &t));
    if (t.tag != TAG_ENTRY)
        return FAIL(BAD_VALUE, "the card's registry has data object %02X instead of E3", (unsigned)t.tag);
    TRY(tlv_fill(t.value, entry_table, &raw, TLV_SKIP_UNKNOWN));
    if (raw.privileges.len)
        TRY(privileges_read(raw.privileges, &raw.entry.privileges));
    raw.entry.life_cycle = raw.state.at[0];
    raw.entry.modules = t.value;
    raw.entry.dialect = STATUS_TLV;
    *out = raw.entry;
    return TSM_OK;
}

/* AID after its length, state, privileges; for load files with modules their number and each AID after its
 * length [Card Specification 2.1.1, 9.4.3]. */
static enum tsm_err next_lv(struct reader *r, bool with_modules, struct gp_registry_entry *out)
{
    struct gp_registry_entry e = {.dialect = STATUS_LV};
    struct reader start;
    uint8_t privileges, count = 0;
    struct bytes module;
    TRY(read_lv(r, &e.aid));
    TRY(aid_check(e.aid));
    TRY(read_u8(r, &e.life_cycle));
    TRY(read_u8(r, &privileges));
    e.privileges = (uint32_t)privileges << 16;
    if (with_modules)
        TRY(read_u8(r, &count));
    start = *r;
    for (size_t i = 0; i < count; i++) {
        TRY(read_lv(r, &module));
        TRY(aid_check(module));
    }
    TRY(bytes_part(start.left, 0, start.left.len - r->left.len, &e.modules));
    *out = e;
    return TSM_OK;
}

enum tsm_err gp_registry_next(struct reader *joined, enum gp_status_scope scope,
                              enum gp_status_dialect dialect, struct gp_registry_entry *out)
{
    struct reader at = *joined;
    struct gp_registry_entry e;
    if (dialect == STATUS_TLV)
        TRY(next_tlv(&at, &e));
    else
        TRY(next_lv(&at, scope == STATUS_LOAD_FILES_AND_MODULES, &e));
    *joined = at;
    *out = e;
    return TSM_OK;
}

enum tsm_err gp_registry_module(const struct gp_registry_entry *entry, struct reader *at, struct bytes *aid)
{
    while (at->left.len) {
        struct tlv t;
        if (entry->dialect == STATUS_LV)
            return read_lv(at, aid);
        TRY(tlv_next(at, &t));
        if (t.tag != TAG_MODULE)
            continue;
        TRY(aid_check(t.value));
        *aid = t.value;
        return TSM_OK;
    }
    return FAIL(NOT_FOUND, "no more modules");
}

enum tsm_err gp_registry_write(const struct gp_registry_entry *entry, struct writer *w)
{
    struct raw raw = {.entry = *entry};
    struct writer at = *w;
    uint8_t octets[3];
    struct writer privileges = WRITER(octets);
    size_t mark;
    TRY(privileges_write(entry->privileges, false, &privileges));
    raw.state = BYTES_OF(&entry->life_cycle, 1);
    raw.privileges = entry->version.len ? BYTES_NONE : written(&privileges); /* a load file has none */
    TRY(tlv_open(&at, TAG_ENTRY, &mark));
    TRY(tlv_put(&at, entry_table, &raw));
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}
