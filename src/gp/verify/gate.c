/* SPDX-License-Identifier: Apache-2.0 */
/* May this package go to this element for this provider: imports, size, AIDs, hash. Station 4. Pure.
 * [JCVM 4.5 on versions, 4.2 on AIDs; GPCS C.2] */
#include "gp/verify/gate.h"

#include <string.h>

enum { RID = 5 };

static struct cap_place place(enum cap_tag component)
{
    return (struct cap_place){(int)component, CAP_NOWHERE, CAP_NOWHERE, CAP_NOWHERE};
}

/* A package may be imported in this minor version or a later one of the same major version [JCVM 4.5.2]. */
static void imports(const struct cap *cap, const struct cap_policy *p, struct cap_report *report)
{
    for (size_t i = 0; i < cap->imports && p->offered_count; i++) {
        const struct cap_package *want = &cap->import[i], *have = NULL;
        struct cap_place at = place(CAP_IMPORT);
        const char *name = cap_package_name(want->aid);
        at.offset = (int32_t)i;
        for (size_t k = 0; k < p->offered_count; k++)
            if (bytes_equal(p->offered[k].aid, want->aid))
                have = &p->offered[k];
        if (!have)
            cap_refuse(report, CAP_RULE_OFFERED, &at, "import %zu, %s, is not there", i,
                       name ? name : "a package of unknown name");
        else if (have->major != want->major || have->minor < want->minor)
            cap_refuse(report, CAP_RULE_VERSION, &at,
                       "import %zu, %s, is needed in version %u.%u, there is %u.%u", i,
                       name ? name : "a package of unknown name", want->major, want->minor, have->major,
                       have->minor);
    }
}

static bool begins_with(struct bytes aid, struct bytes prefix)
{
    struct bytes front;
    return bytes_part(aid, 0, prefix.len, &front) == TSM_OK && bytes_equal(front, prefix);
}

static void one_aid(struct bytes aid, enum cap_tag component, const struct cap_policy *p,
                    struct cap_report *report)
{
    struct cap_place at = place(component);
    bool owned = p->owner_count == 0;
    for (size_t i = 0; i < p->owner_count; i++)
        owned |= begins_with(aid, p->owner[i]);
    if (!owned)
        cap_refuse(report, CAP_RULE_OWNER, &at, "the AID is under no prefix of the provider");
    for (size_t i = 0; i < p->taken_count; i++)
        if (bytes_equal(aid, p->taken[i]))
            cap_refuse(report, CAP_RULE_TAKEN, &at, "the AID is in use by someone else");
}

static void aids(const struct cap *cap, const struct cap_policy *p, struct cap_report *report)
{
    struct cap_place at = place(CAP_APPLET);
    struct bytes rid = {cap->package.aid.at, RID};
    one_aid(cap->package.aid, CAP_HEADER, p, report);
    for (size_t i = 0; i < cap->applets; i++) {
        at.offset = (int32_t)i;
        if (!begins_with(cap->applet[i].aid, rid))
            cap_refuse(report, CAP_RULE_RID, &at, "applet %zu has another RID than the package", i);
        one_aid(cap->applet[i].aid, CAP_APPLET, p, report);
    }
}

static void capacity(const struct cap *cap, const struct cap_policy *p, struct cap_report *report)
{
    struct cap_place at = place(CAP_METHOD);
    size_t need = cap->code_size + cap->static_size;
    if (p->memory && need > p->memory)
        cap_refuse(report, CAP_RULE_SIZE, &at, "%zu octets are needed, %zu are there", need, p->memory);
    at = place(CAP_HEADER);
    if (p->no_int && cap->has_integers)
        cap_refuse(report, CAP_RULE_INT, &at, "the package uses int");
}

enum tsm_err cap_admit(const struct cap *cap, const struct cap_policy *policy, struct crypto *c,
                       struct cap_report *report, struct cap_verdict *out)
{
    struct cap_verdict v = {0};
    struct cap_place at = place((enum cap_tag)0);
    TRY(cap_lfdb_hash(cap, c, v.hash));
    for (size_t i = 0; i < policy->hash_count; i++)
        v.listed |= memcmp(policy->hash[i], v.hash, SHA256_LEN) == 0;
    imports(cap, policy, report);
    capacity(cap, policy, report);
    aids(cap, policy, report);
    if (policy->hash_only && !v.listed)
        cap_refuse(report, CAP_RULE_HASH, &at, "the hash of the load file data block is not on the list");
    v.admitted = report->refused == 0 && (report->unproven == 0 || policy->allow_unproven || v.listed);
    *out = v;
    return TSM_OK;
}
