/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of an audit: what is on the card by its own registry, read page by page. Station 5. Pure. [GPCS
 * 11.3, 11.4] */
#include "gp/command/get_data.h"
#include "order/care/plan_care.h"
#include "order/plan_script.h"

enum { PROTOCOL_SCP80 = 0x80 };

static const enum gp_status_scope scopes[CARE_LISTINGS] = {[LIST_DOMAIN] = STATUS_ISSUER_DOMAIN,
                                                           [LIST_APPLICATIONS] = STATUS_APPLICATIONS,
                                                           [LIST_FILES] = STATUS_LOAD_FILES};

/* The version of a load file is told when it is asked for [GPCS 11.4.2.3, table 11-37]. A card that has none
 * of some file may refuse the listing for that, one of an older edition the tags themselves: see plan_care.h.
 */
static const uint8_t file_tags[] = {0x4F, 0x9F, 0x70, 0xCE, 0xCC};

static enum tsm_err list(const struct plan_facts *f, int listing, bool next, struct script *out)
{
    bool tagged = listing == LIST_FILES && !f->care->files_bare;
    struct get_status g = {.scope = scopes[listing],
                           .dialect = STATUS_TLV,
                           .next = next,
                           .tags = tagged ? BYTES(file_tags) : BYTES_NONE};
    size_t mark = script_mark(out);
    TRY(get_status_write(&g, &out->store));
    return script_add(out, mark);
}

static enum tsm_err build_list(const struct plan_facts *f, int listing, struct script *out)
{
    return list(f, listing, false, out);
}

static enum tsm_err build_more(const struct plan_facts *f, int listing, struct script *out)
{
    return list(f, listing, true, out);
}

static bool no_more(const struct plan_facts *f, int listing)
{
    return f->care->more[listing] == MORE_NONE;
}

enum care_more care_more_after(const struct se_profile *profile, uint16_t sw, size_t data)
{
    if (sw == SW_MORE_ENTRIES)
        return MORE_SAID;
    return profile->format == FORMAT_COMPACT && profile->protocol == PROTOCOL_SCP80 && sw == SW_OK && data
               ? MORE_MAYBE
               : MORE_NONE;
}

/* What cards answer to "the next ones" when there are none. One that promised some and refuses them has lost
 * the place, which is no end of a listing. */
static bool is_end(const struct plan_facts *f, int listing, uint16_t sw)
{
    return f->care->more[listing] == MORE_MAYBE &&
           (sw == SW_CONDITIONS || sw == SW_BAD_P1P2 || sw == SW_BAD_DATA);
}

bool care_wants_bare(const struct care_facts *c, uint16_t sw)
{
    return !c->files_bare && (sw == SW_NOT_FOUND || sw == SW_BAD_DATA);
}

static bool is_heard(const struct plan_facts *f, int listing, uint16_t sw)
{
    (void)listing;
    return care_wants_bare(f->care, sw);
}

static enum tsm_err build_data(const struct plan_facts *f, int tag, struct script *out)
{
    size_t mark = script_mark(out);
    (void)f;
    TRY(get_data_write((uint32_t)tag, &out->store));
    return script_add(out, mark);
}

/* A step that reads: nothing to settle, what was lost is asked again. What is not there is an answer, too. */
#define READ_STEP(n, t, a, b, skip)                                                                 \
    {                                                                                               \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = b, .also_fine = SW_NOT_FOUND, \
        .needless = skip                                                                            \
    }

#define READ_FILES_STEP(n, t, a)                                                                             \
    {                                                                                                        \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = build_list, .also_fine = SW_NOT_FOUND, \
        .fine = is_heard                                                                                     \
    }

#define READ_MORE_STEP(n, t, a)                                                                              \
    {                                                                                                        \
        .name = n, .text = t, .domain = IN_ISSUER, .arg = a, .build = build_more, .also_fine = SW_NOT_FOUND, \
        .needless = no_more, .fine = is_end                                                                  \
    }

static const struct plan_step audit_steps[] = {
    [READ_DOMAIN] = READ_STEP("READ_DOMAIN", "the issuer's domain and the card's state are read", LIST_DOMAIN,
                              build_list, NULL),
    [READ_APPLICATIONS] = READ_STEP("READ_APPLICATIONS", "applications and domains are read",
                                    LIST_APPLICATIONS, build_list, NULL),
    [READ_MORE_APPLICATIONS] =
        READ_MORE_STEP("READ_MORE_APPLICATIONS", "the next applications are read", LIST_APPLICATIONS),
    [READ_FILES] = READ_FILES_STEP("READ_FILES", "load files are read", LIST_FILES),
    [READ_MORE_FILES] = READ_MORE_STEP("READ_MORE_FILES", "the next load files are read", LIST_FILES),
    [READ_KEYS] = READ_STEP("READ_KEYS", "key versions are read", DATA_KEYS, build_data, NULL),
    [READ_RESOURCES] = READ_STEP("READ_RESOURCES", "free memory is read", DATA_RESOURCES, build_data, NULL),
};
static const struct plan_step card_steps[] = {
    READ_STEP("READ_CARD", "the card's life cycle state is read", LIST_DOMAIN, build_list, NULL),
};

#define STEPS(array) .steps = array, .n = sizeof(array) / sizeof(array)[0]
const struct plan plan_audit = {.name = "audit", STEPS(audit_steps)};
const struct plan plan_read_card = {.name = "read-card", STEPS(card_steps)};
