/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules, both directions in wire order. Stations 5 and 10. Pure. [GPD_SPE_013 1.1 clause 6] */
#include "gp/access/rule.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum {
    TAG_STORE = 0xF0,
    TAG_DELETE = 0xF1,
    TAG_RULE = 0xE2,      /* REF-AR-DO */
    TAG_REFERENCE = 0xE1, /* REF-DO */
    TAG_ACCESS = 0xE3,    /* AR-DO */
    TAG_AID = 0x4F,       /* AID-REF-DO */
    TAG_APP = 0xC1,       /* DeviceAppID-REF-DO */
    TAG_APDU = 0xD0,      /* APDU-AR-DO */
    TAG_ALL = 0xFF40,     /* Response-ALL-AR-DO */
    APDU_NEVER = 0,
    APDU_ALWAYS = 1
};

static enum tsm_err check(const struct access_rule *r)
{
    TRY(aid_check_or_none(r->aid));
    NEED(r->app_hash.len == 0 || r->app_hash.len == ACCESS_SHA1_LEN || r->app_hash.len == ACCESS_SHA256_LEN,
         BAD_LENGTH);
    NEED(r->filters.len % ACCESS_FILTER_LEN == 0 &&
             r->filters.len <= (size_t)ACCESS_FILTERS_MAX * ACCESS_FILTER_LEN,
         BAD_LENGTH);
    NEED(r->allowed || r->filters.len == 0, BAD_VALUE);
    return TSM_OK;
}

static enum tsm_err write_reference(const struct access_rule *r, struct writer *w)
{
    size_t mark;
    TRY(tlv_open(w, TAG_REFERENCE, &mark));
    TRY(tlv_write(w, TAG_AID, r->aid));
    TRY(tlv_write(w, TAG_APP, r->app_hash));
    return tlv_close(w, mark);
}

static enum tsm_err write_access(const struct access_rule *r, struct writer *w)
{
    size_t mark;
    TRY(tlv_open(w, TAG_ACCESS, &mark));
    if (r->filters.len)
        TRY(tlv_write(w, TAG_APDU, r->filters));
    else
        TRY(tlv_write_u8(w, TAG_APDU, r->allowed ? APDU_ALWAYS : APDU_NEVER));
    return tlv_close(w, mark);
}

enum tsm_err access_rule_store(const struct access_rule *r, struct writer *w)
{
    size_t command, rule;
    TRY(check(r));
    TRY(tlv_open(w, TAG_STORE, &command));
    TRY(tlv_open(w, TAG_RULE, &rule));
    TRY(write_reference(r, w));
    TRY(write_access(r, w));
    TRY(tlv_close(w, rule));
    return tlv_close(w, command);
}

enum tsm_err access_rule_delete(const struct access_rule *r, struct writer *w)
{
    size_t command;
    TRY(check(r));
    TRY(tlv_open(w, TAG_DELETE, &command));
    TRY(write_reference(r, w));
    return tlv_close(w, command);
}

enum tsm_err access_rules_open(struct bytes answer, struct reader *rules)
{
    struct reader r = READER(answer);
    struct tlv all;
    TRY(tlv_next(&r, &all));
    NEED(all.tag == TAG_ALL, BAD_VALUE);
    TRY(read_end(&r));
    *rules = READER(all.value);
    return TSM_OK;
}

static enum tsm_err find_optional(struct bytes in, uint32_t tag, struct bytes *out)
{
    enum tsm_err e = tlv_find(in, tag, out);
    if (e == TSM_NOT_FOUND)
        *out = BYTES_NONE;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err read_rule(struct bytes rule, struct access_rule *out)
{
    struct bytes reference, access, apdu;
    struct access_rule r = {.allowed = false};
    TRY(tlv_find(rule, TAG_REFERENCE, &reference));
    TRY(tlv_find(rule, TAG_ACCESS, &access));
    TRY(find_optional(reference, TAG_AID, &r.aid));
    TRY(find_optional(reference, TAG_APP, &r.app_hash));
    TRY(find_optional(access, TAG_APDU, &apdu));
    if (apdu.len == 1) {
        NEED(apdu.at[0] <= APDU_ALWAYS, BAD_VALUE);
        r.allowed = apdu.at[0] == APDU_ALWAYS;
    } else {
        r.filters = apdu;
        r.allowed = apdu.len > 0;
    }
    TRY(check(&r));
    *out = r;
    return TSM_OK;
}

enum tsm_err access_rules_next(struct reader *rules, struct access_rule *out)
{
    struct reader r = *rules;
    struct tlv next;
    for (;;) {
        NEED(r.left.len > 0, NOT_FOUND);
        TRY(tlv_next(&r, &next));
        if (next.tag == TAG_RULE)
            break;
    }
    TRY(read_rule(next.value, out));
    *rules = r;
    return TSM_OK;
}
