/* SPDX-License-Identifier: Apache-2.0 */
/* Registry against card, object by object. Station 11. Pure. [capability S10; GPCS 11.1.1, 11.3.3.1, 11.4.3]
 */
#include "order/care/drift.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "gp/content/card_data.h"
#include "order/care/plan_care.h"

/* Keys of tokens, receipts and load file signatures have versions of their own [GPCS 9.2.1, C]. */
enum { KVN_PURPOSE_FIRST = 0x70, KVN_PURPOSE_LAST = 0x7F };

static const struct {
    const char *word;
    unsigned repairs;
} kinds[DRIFT_KINDS] = {
#define X(name, word, repairs) {word, repairs},
    DRIFTS(X)
#undef X
};
static const char *const repair_words[REPAIR_KINDS] = {"register",  "delete", "mark-lost",
                                                       "reinstall", "lock",   "unlock"};

const char *drift_word(enum drift_what what)
{
    return kinds[what].word;
}

unsigned drift_repairs(enum drift_what what)
{
    return kinds[what].repairs;
}

enum tsm_err repair_read(const char *word, enum drift_repair *out)
{
    for (int i = 0; i < REPAIR_KINDS; i++)
        if (!strcmp(word, repair_words[i])) {
            *out = (enum drift_repair)(1 << i);
            return TSM_OK;
        }
    return FAIL_FIELD(BAD_VALUE, "repair", "%.40s is no repair", word);
}

const char *repair_word(enum drift_repair one)
{
    for (int i = 0; i < REPAIR_KINDS; i++)
        if ((int)one == 1 << i)
            return repair_words[i];
    return "none";
}

/* The comparison under way. */
struct audit {
    const struct drift_expected *e;
    bool seen[DRIFT_EXPECTED_MAX];
    struct drift_list *out;
    struct drift beyond; /* counted and not told */
};

static struct drift *add(struct audit *a, enum drift_what what, struct bytes aid)
{
    struct drift *d = a->out->n < DRIFT_MAX ? &a->out->at[a->out->n] : &a->beyond;
    *d = (struct drift){.what = what};
    if (bytes_keep(aid, d->aid, sizeof d->aid, &d->aid_len) != TSM_OK)
        d->aid_len = 0;
    if (a->out->n < DRIFT_MAX)
        a->out->n++;
    else
        a->out->more++;
    return d;
}

static struct bytes aid_of(const struct expected *x)
{
    return BYTES_OF(x->aid, x->aid_len);
}

static struct bytes issuer(const struct audit *a)
{
    return BYTES_OF(a->e->profile->isd_aid, a->e->profile->isd_aid_len);
}

static const struct expected *find(const struct audit *a, struct bytes aid, bool file, size_t *at)
{
    for (*at = 0; *at < a->e->n; ++*at) {
        const struct expected *x = &a->e->object[*at];
        if ((x->kind == EXPECT_FILE) == file && bytes_equal(aid_of(x), aid))
            return x;
    }
    return NULL;
}

/* What the holder of a domain does there by its own right is no drift. */
static bool in_free_domain(const struct audit *a, struct bytes domain)
{
    size_t at;
    const struct expected *x = domain.len ? find(a, domain, false, &at) : NULL;
    return x && x->kind == EXPECT_DOMAIN && x->free_below;
}

static void say_place(char *text, const char *state, struct bytes domain)
{
    char name[33] = "";
    if (domain.len <= 16)
        hex_text(domain, name);
    snprintf(text, DRIFT_TEXT_MAX, "%s%s%s", state, domain.len ? " in domain " : "", name);
}

static void unknown(struct audit *a, const struct gp_registry_entry *r, bool file)
{
    bool domain = (r->privileges & PRIVILEGE_SECURITY_DOMAIN) != 0;
    struct drift *d;
    if (in_free_domain(a, r->domain))
        return;
    d = add(a, file ? DRIFT_FILE_UNKNOWN : domain ? DRIFT_DOMAIN_UNKNOWN : DRIFT_APPLICATION_UNKNOWN, r->aid);
    snprintf(d->expected, sizeof d->expected, "not there");
    say_place(d->found, r->life_cycle & LIFE_LOCKED_BIT ? "there, locked" : "there", r->domain);
    if (bytes_keep(r->domain, d->domain, sizeof d->domain, &d->domain_len) != TSM_OK)
        d->domain_len = 0;
}

/* Another load file under the same name: by its version, which is all that a card tells of it. */
static void compare_version(struct audit *a, const struct expected *x, const struct gp_registry_entry *r)
{
    struct drift *d;
    if (!x->versioned || r->version.len != sizeof x->version || in_free_domain(a, r->domain) ||
        bytes_equal(r->version, BYTES(x->version)))
        return;
    d = add(a, DRIFT_FILE_REPLACED, r->aid);
    snprintf(d->expected, sizeof d->expected, "version %u.%u", x->version[0], x->version[1]);
    snprintf(d->found, sizeof d->found, "version %u.%u", r->version.at[0], r->version.at[1]);
}

static void known(struct audit *a, const struct expected *x, const struct gp_registry_entry *r)
{
    struct bytes place = x->domain_len ? BYTES_OF(x->domain, x->domain_len) : issuer(a);
    bool locked = (r->life_cycle & LIFE_LOCKED_BIT) != 0 && x->kind != EXPECT_FILE;
    struct drift *d;
    if (x->kind != EXPECT_DOMAIN && r->domain.len && !bytes_equal(place, r->domain)) {
        d = add(a, DRIFT_APPLICATION_ELSEWHERE, r->aid);
        say_place(d->expected, "there", place);
        say_place(d->found, "there", r->domain);
        if (bytes_keep(r->domain, d->domain, sizeof d->domain, &d->domain_len) != TSM_OK)
            d->domain_len = 0;
    }
    compare_version(a, x, r);
    /* A provider may lock what is its own: that is its suspended service. */
    if (x->blocked == locked || (locked && x->kind == EXPECT_APPLICATION))
        return;
    d = add(a, locked ? DRIFT_DOMAIN_LOCKED : DRIFT_APPLICATION_UNLOCKED, r->aid);
    snprintf(d->expected, sizeof d->expected, x->blocked ? "locked" : "not locked");
    snprintf(d->found, sizeof d->found, locked ? "locked" : "not locked");
}

/* The maker's package of security domains belongs to the kind of card. */
static bool is_makers(const struct audit *a, struct bytes aid)
{
    const struct se_profile *p = a->e->profile;
    return bytes_equal(aid, BYTES_OF(p->ssd_package, p->ssd_package_len)) || bytes_equal(aid, issuer(a));
}

static enum tsm_err compare_listing(struct audit *a, struct bytes joined, enum gp_status_scope scope)
{
    struct reader r = READER(joined);
    struct gp_registry_entry entry;
    bool file = scope == STATUS_LOAD_FILES;
    size_t at;
    while (r.left.len) {
        const struct expected *x;
        TRY(gp_registry_next(&r, scope, STATUS_TLV, &entry));
        x = find(a, entry.aid, file, &at);
        if (x) {
            a->seen[at] = true;
            known(a, x, &entry);
        } else if (!is_makers(a, entry.aid)) {
            unknown(a, &entry, file);
        }
    }
    return TSM_OK;
}

static void compare_missing(struct audit *a)
{
    static const enum drift_what what[] = {[EXPECT_DOMAIN] = DRIFT_DOMAIN_MISSING,
                                           [EXPECT_APPLICATION] = DRIFT_APPLICATION_MISSING,
                                           [EXPECT_FILE] = DRIFT_FILE_MISSING};
    for (size_t i = 0; i < a->e->n; i++) {
        const struct expected *x = &a->e->object[i];
        struct drift *d;
        if (a->seen[i] || !x->certain)
            continue;
        d = add(a, what[x->kind], aid_of(x));
        say_place(d->expected, "there", BYTES_OF(x->domain, x->domain_len));
        snprintf(d->found, sizeof d->found, "not there");
    }
}

static bool listed(const uint8_t *list, size_t n, uint8_t kvn)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == kvn)
            return true;
    return false;
}

static void say_keys(struct audit *a, enum drift_what what, uint8_t kvn)
{
    struct drift *d = add(a, what, BYTES_NONE);
    bool missing = what == DRIFT_KEYS_MISSING;
    d->kvn = kvn;
    snprintf(d->expected, sizeof d->expected, missing ? "key version %02X" : "no key version %02X", kvn);
    snprintf(d->found, sizeof d->found, missing ? "no key version %02X" : "key version %02X", kvn);
}

static enum tsm_err compare_keys(struct audit *a, struct bytes template)
{
    const struct drift_expected *e = a->e;
    uint8_t on_card[DRIFT_KEYS_MAX];
    size_t n = 0;
    struct reader keys;
    struct gp_key_info k;
    if (template.len == 0)
        return TSM_OK;
    TRY(key_info_open(template, &keys));
    while (keys.left.len) {
        TRY(key_info_next(&keys, &k));
        if (listed(on_card, n, k.kvn) || n == DRIFT_KEYS_MAX)
            continue;
        on_card[n++] = k.kvn;
        if (!listed(e->kvn, e->kvns, k.kvn) && !listed(e->optional_kvn, e->optional_kvns, k.kvn) &&
            (k.kvn < KVN_PURPOSE_FIRST || k.kvn > KVN_PURPOSE_LAST))
            say_keys(a, DRIFT_KEYS_UNKNOWN, k.kvn);
    }
    for (size_t i = 0; i < e->kvns; i++)
        if (!listed(on_card, n, e->kvn[i]))
            say_keys(a, DRIFT_KEYS_MISSING, e->kvn[i]);
    return TSM_OK;
}

static enum tsm_err compare_memory(struct audit *a, struct bytes data)
{
    struct gp_resources r;
    struct drift *d;
    if (data.len == 0)
        return TSM_OK;
    TRY(resources_read(data, &r));
    if ((int64_t)r.free_nonvolatile >= a->e->sold)
        return TSM_OK;
    d = add(a, DRIFT_MEMORY_SHORT, BYTES_NONE);
    snprintf(d->expected, sizeof d->expected, "%lld octets free: they are sold", (long long)a->e->sold);
    snprintf(d->found, sizeof d->found, "%u octets free", r.free_nonvolatile);
    return TSM_OK;
}

static void compare_state(struct audit *a, struct bytes domain)
{
    uint8_t life = card_life_read(domain);
    bool locked = life == LIFE_CARD_LOCKED, wanted = a->e->se_state == SE_LOCKED;
    struct drift *d;
    if (!life || locked == wanted)
        return;
    d = add(a, DRIFT_CARD_STATE, BYTES_NONE);
    snprintf(d->expected, sizeof d->expected, wanted ? "CARD_LOCKED" : "not locked");
    snprintf(d->found, sizeof d->found, "life cycle state %02X", life);
}

enum tsm_err drift_compare(const struct drift_expected *e, const struct drift_found *f,
                           struct drift_list *out)
{
    struct audit a = {.e = e, .out = out};
    *out = (struct drift_list){.n = 0};
    NEED(e->n <= DRIFT_EXPECTED_MAX, TOO_LONG);
    compare_state(&a, f->domain);
    TRY(compare_listing(&a, f->applications, STATUS_APPLICATIONS));
    TRY(compare_listing(&a, f->files, STATUS_LOAD_FILES));
    compare_missing(&a);
    TRY(compare_keys(&a, f->keys));
    return compare_memory(&a, f->resources);
}
