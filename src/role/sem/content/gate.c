/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's gate over one load file: facts, judgement, rows. Stations 4 and 6. Role. [capability S18] */
#include "role/sem/content/gate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/sign/sign.h"
#include "base/hex.h"

/* What the database says of one load file. */
struct gate_case {
    const struct gate_file *f;
    struct gate *g;
    struct cap cap;
    bool known, list_only;
    struct bytes prefix[GATE_PREFIXES_MAX], taken[GATE_AIDS_MAX];
    uint8_t prefix_room[GATE_PREFIXES_MAX][16];
    size_t prefixes, n_taken;
    bool there[CAP_IMPORTS_MAX]; /* of the imports: a load file of the element */
    uint8_t *joined;             /* content and descriptor one after the other; owned */
    struct admission_case *room;
};

/* What a profile asks of packages, as a digest: another profile of the same terms needs no second judgement.
 */
static enum tsm_err digest_terms(const struct se_profile *p, uint8_t out[SHA256_LEN])
{
    char text[PROFILE_PACKAGES_MAX + 64];
    snprintf(text, sizeof text, "%lld %lld %s", (long long)p->memory, (long long)p->no_int, p->packages);
    return sha256_of(bytes_of_text(text), out);
}

/* 1 in *out where the statement found a row. */
static enum tsm_err found(enum tsm_err e, bool *out)
{
    *out = e == TSM_OK;
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static enum tsm_err load_known(struct tx *tx, struct gate_case *c)
{
    const struct gate_file *f = c->f;
    ROWS r = {0};
    return found(db_first(tx, &r, SQL_ADMISSION_GET, f->owner, f->provider, f->hash, BYTES(c->g->terms)),
                 &c->known);
}

static enum tsm_err load_lists(struct tx *tx, struct gate_case *c)
{
    const struct gate_file *f = c->f;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(found(db_first(tx, &r, SQL_ADMISSION_RULE_HASH, f->owner, f->provider, f->hash), &c->g->listed));
    }
    {
        ROWS r = {0};
        TRY(found(
            db_first(tx, &r, SQL_ADMISSION_RULES_OF, f->owner, (int64_t)RULE_ALLOW_LIST_ONLY, (int64_t)0),
            &c->list_only));
    }
    ROWS r = {0};
    e = db_query(tx, &r, SQL_ADMISSION_RULES_OF, f->owner, (int64_t)RULE_PREFIX, f->provider);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK) {
        size_t n;
        NEED(c->prefixes < GATE_PREFIXES_MAX, TOO_LONG);
        TRY(bytes_keep(db_blob(&r, 0), c->prefix_room[c->prefixes], 16, &n));
        c->prefix[c->prefixes] = BYTES_OF(c->prefix_room[c->prefixes], n);
        c->prefixes++;
    }
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static bool begins_with(struct bytes aid, struct bytes prefix)
{
    struct bytes front;
    return bytes_part(aid, 0, prefix.len, &front) == TSM_OK && bytes_equal(front, prefix);
}

/* Another's: it brought the AID first, or the AIDs that begin so are kept for it. */
static enum tsm_err is_foreign(struct tx *tx, struct gate_case *c, struct bytes aid, bool *out)
{
    const struct gate_file *f = c->f;
    enum tsm_err e;
    {
        ROWS r = {0};
        TRY(found(db_first(tx, &r, SQL_CLAIM_GET, f->owner, aid), out));
        *out = *out && db_int(&r, 0) != f->provider;
    }
    ROWS r = {0};
    e = db_query(tx, &r, SQL_ADMISSION_RULE_LIST, f->owner);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        *out = *out || (db_int(&r, 1) == RULE_PREFIX && db_int(&r, 2) && db_int(&r, 2) != f->provider &&
                        begins_with(aid, db_blob(&r, 3)));
    return e == TSM_NOT_FOUND ? TSM_OK : e;
}

static struct bytes aid_at(const struct gate *g, size_t i)
{
    return BYTES_OF(g->aid[i], g->aid_len[i]);
}

static enum tsm_err load_imports(struct tx *tx, struct gate_case *c)
{
    for (size_t i = 0; i < c->cap.imports && c->f->se; i++) {
        ROWS r = {0};
        TRY(found(db_first(tx, &r, SQL_EXECUTABLE_BY_AID, c->f->se, c->cap.import[i].aid), &c->there[i]));
    }
    return TSM_OK;
}

static enum tsm_err load_facts(struct tx *tx, void *arg)
{
    struct gate_case *c = arg;
    TRY(load_known(tx, c));
    if (c->known)
        return TSM_OK;
    TRY(load_lists(tx, c));
    TRY(load_imports(tx, c));
    for (size_t i = 0; i < c->g->aids; i++) {
        bool foreign;
        TRY(is_foreign(tx, c, aid_at(c->g, i), &foreign));
        if (foreign)
            c->taken[c->n_taken++] = aid_at(c->g, i);
    }
    return TSM_OK;
}

static enum tsm_err keep_aids(struct gate_case *c)
{
    struct gate *g = c->g;
    TRY(bytes_keep(c->cap.package.aid, g->aid[0], 16, &g->aid_len[0]));
    g->aids = 1;
    for (size_t i = 0; i < c->cap.applets; i++, g->aids++)
        TRY(bytes_keep(c->cap.applet[i].aid, g->aid[g->aids], 16, &g->aid_len[g->aids]));
    return TSM_OK;
}

/* The file is what the call says it is: a hash of other octets would admit what nobody has seen. */
static enum tsm_err read_file(struct gate_case *c)
{
    const struct gate_file *f = c->f;
    struct writer w = {malloc(f->content.len + f->descriptor.len + 1), 0, f->content.len + f->descriptor.len};
    c->joined = w.at;
    TRY(sha256_of(f->content, c->g->hash));
    NEED(w.at != NULL, NO_MEMORY);
    if (!bytes_equal(BYTES(c->g->hash), f->hash))
        return FAIL_FIELD(BAD_VALUE, "hash", "the hash is not that of the load file");
    TRY(write_span(&w, f->content));
    TRY(write_span(&w, f->descriptor));
    if (cap_read_joined(written(&w), &c->cap) != TSM_OK) {
        admission_unreadable(c->room);
        return admission_result(c->room);
    }
    if (!bytes_equal(c->cap.package.aid, f->package))
        return FAIL_FIELD(BAD_VALUE, "package", "the load file holds another package than it is named by");
    return keep_aids(c);
}

static enum tsm_err decide(struct gate_case *c)
{
    struct admission terms;
    const uint8_t(*hash)[SHA256_LEN] = (const uint8_t(*)[SHA256_LEN]) & c->g->hash;
    struct crypto *crypto;
    enum tsm_err e;
    TRY(admission_of_profile(c->f->profile, &terms));
    for (size_t i = 0; i < c->cap.imports; i++) /* its version the card judges */
        if (c->there[i])
            TRY(admission_beside(&terms, &c->cap.import[i]));
    terms.policy.owner = c->prefix;
    terms.policy.owner_count = c->prefixes;
    terms.policy.taken = c->taken;
    terms.policy.taken_count = c->n_taken;
    terms.policy.hash = hash;
    terms.policy.hash_count = c->g->listed;
    terms.policy.hash_only = c->list_only;
    TRY(crypto_new(&crypto));
    e = admission_judge(&c->cap, &terms.policy, crypto, c->room);
    crypto_free(crypto);
    TRY(e);
    if (!bytes_equal(BYTES(c->room->verdict.hash), BYTES(c->g->hash)))
        return FAIL_FIELD(BAD_VALUE, "content", "the load file has components that do not belong into it");
    return admission_result(c->room);
}

static enum tsm_err judge(struct store *store, struct gate_case *c)
{
    TRY(digest_terms(c->f->profile, c->g->terms));
    TRY(read_file(c));
    TRY(store_read(store, load_facts, c));
    if (c->known)
        return TSM_OK;
    c->g->judged = true;
    return decide(c);
}

enum tsm_err owner_gate_judge(struct store *store, const struct gate_file *f, struct gate *out)
{
    struct gate_case *c = calloc(1, sizeof *c);
    const struct cap_finding *why;
    enum tsm_err e;
    *out = (struct gate){.provider = f->provider, .content = f->content};
    NEED(c != NULL, NO_MEMORY);
    c->f = f;
    c->g = out;
    c->room = calloc(1, sizeof *c->room);
    e = c->room ? judge(store, c) : FAIL(NO_MEMORY, "no memory for a judgement");
    out->admitted = e == TSM_OK;
    why = c->room && e == TSM_NOT_ADMITTED ? admission_reason(&c->room->report) : NULL;
    out->judged = out->judged || why;
    snprintf(out->rule, sizeof out->rule, "%s", why ? cap_rule_id(why->rule) : "");
    snprintf(out->text, sizeof out->text, "%.*s", GATE_TEXT_MAX - 1, why ? why->text : "");
    free(c->room);
    free(c->joined);
    free(c);
    return e;
}
