/* SPDX-License-Identifier: Apache-2.0 */
/* Extradition by the owner: an application, a load file or a domain goes to another domain of its hierarchy;
 * a foreign tree is refused before anything is sent. Stations 5 and 6. Role. [GPCS 7.2, 9.4, 11.5.2.3.4;
 * capability S4] */
#include <string.h>

#include "role/sem/modes/steps.h"

enum { TREE_DEPTH_MAX = 16 };

/* A domain by its row; the issuer's has the element's. */
struct node {
    int64_t id, parent, holder, state;
    uint8_t aid[16];
    size_t aid_len;
};

static enum tsm_err load_node(struct turn *t, struct tx *tx, int64_t id, struct node *out)
{
    ROWS r = {0};
    *out = (struct node){.id = id, .parent = id, .holder = t->el.owner, .state = DOMAIN_KEYED};
    if (id == t->el.id)
        return bytes_keep(BYTES_OF(t->el.profile.isd_aid, t->el.profile.isd_aid_len), out->aid,
                          sizeof out->aid, &out->aid_len);
    TRY(db_first(tx, &r, SQL_DOMAIN_TREE, id));
    out->parent = db_int(&r, 1);
    out->holder = db_int(&r, 3);
    out->state = db_int(&r, 4);
    return bytes_keep(db_blob(&r, 0), out->aid, sizeof out->aid, &out->aid_len);
}

/* The root of the tree in which a domain stands: the issuer's, or one that is associated with itself. */
static enum tsm_err root_of(struct turn *t, struct tx *tx, int64_t id, int64_t avoid, int64_t *root)
{
    struct node n;
    for (int depth = 0; depth < TREE_DEPTH_MAX; depth++) {
        if (id == avoid)
            return FAIL(CONFLICT, "a domain cannot go below itself");
        TRY(load_node(t, tx, id, &n));
        if (n.parent == id) {
            *root = id;
            return TSM_OK;
        }
        id = n.parent;
    }
    return FAIL(CONFLICT, "the hierarchy is deeper than %d", TREE_DEPTH_MAX);
}

enum tsm_err extradite_read(struct turn *t, struct arena *arena)
{
    struct moved *m = &t->moved;
    (void)arena;
    TRY(json_member_hex(t->body, "object", m->aid, sizeof m->aid, &m->aid_len));
    return json_member_hex(t->body, "to", m->to, sizeof m->to, &m->to_len);
}

static enum tsm_err find_domain(struct turn *t, struct tx *tx, struct bytes aid, struct domain *out)
{
    *out = (struct domain){.id = 0};
    TRY(bytes_keep(aid, out->aid, sizeof out->aid, &out->aid_len));
    if (bytes_equal(aid, BYTES_OF(t->el.profile.isd_aid, t->el.profile.isd_aid_len))) {
        out->id = t->el.id;
        out->holder = t->el.owner;
        out->state = DOMAIN_KEYED;
        return TSM_OK;
    }
    return domain_known(tx, &t->el, out);
}

/* Where the object stands: *from is the row of its domain. */
static enum tsm_err find_object(struct turn *t, struct tx *tx, int64_t *from)
{
    struct moved *m = &t->moved;
    struct bytes aid = BYTES_OF(m->aid, m->aid_len);
    struct domain d;
    enum tsm_err e = find_domain(t, tx, aid, &d);
    if (e == TSM_OK && d.id == t->el.id)
        return FAIL(CONFLICT, "the issuer's domain does not move");
    if (e == TSM_OK) {
        m->row = d.id;
        *from = d.parent;
        return TSM_OK;
    }
    if (e != TSM_NOT_FOUND)
        return e;
    for (int file = 0; file < 2; file++) {
        ROWS r = {0};
        e = db_first(tx, &r, file ? SQL_EXECUTABLE_BY_AID : SQL_APPLICATION_BY_AID, t->el.id, aid);
        m->load_file = file != 0;
        if (e == TSM_OK)
            *from = db_int(&r, 1);
        if (e != TSM_NOT_FOUND)
            return e;
    }
    return FAIL_FIELD(NOT_FOUND, "object", "the registry has no such application, load file or domain");
}

static enum tsm_err find_target(struct turn *t, struct tx *tx, struct domain *to)
{
    enum tsm_err e = find_domain(t, tx, BYTES_OF(t->moved.to, t->moved.to_len), to);
    if (e == TSM_NOT_FOUND || (e == TSM_OK && (to->state < DOMAIN_CREATED || to->state == DOMAIN_REMOVED)))
        return FAIL_FIELD(NOT_FOUND, "to", "the new domain is not on this secure element");
    TRY(e);
    t->moved.domain = to->id;
    return TSM_OK;
}

/* One provider's content does not go into another's domain: into his own, or where it comes from the owner's
 * or goes there. */
static enum tsm_err same_holder(struct turn *t, struct tx *tx, int64_t from, const struct domain *to)
{
    struct node n;
    TRY(load_node(t, tx, t->moved.row ? t->moved.row : from, &n));
    if (n.holder == to->holder || n.holder == t->el.owner || to->holder == t->el.owner)
        return TSM_OK;
    return FAIL(CONFLICT, "the content of one provider does not go into the domain of another");
}

enum tsm_err extradite_judge(struct turn *t, struct tx *tx, int64_t provider, bool *nothing)
{
    struct domain to;
    int64_t from, here, there;
    (void)provider;
    TRY(find_object(t, tx, &from));
    TRY(find_target(t, tx, &to));
    if (t->moved.row && to.id == t->moved.row) { /* becomes the root of a tree of its own */
        *nothing = from == t->moved.row;
        return TSM_OK;
    }
    *nothing = from == to.id;
    TRY(same_holder(t, tx, from, &to));
    TRY(root_of(t, tx, t->moved.row ? t->moved.row : from, 0, &here));
    TRY(root_of(t, tx, to.id, t->moved.row, &there));
    return here == there
               ? TSM_OK
               : FAIL(CONFLICT,
                      "the new domain stands in another tree: content does not leave its hierarchy");
}

enum tsm_err extradite_load(struct turn *t, struct tx *tx)
{
    struct domain to;
    int64_t from;
    TRY(find_object(t, tx, &from));
    TRY(find_target(t, tx, &to));
    t->facts.moved = BYTES_OF(t->moved.aid, t->moved.aid_len);
    t->facts.moved_to = BYTES_OF(t->moved.to, t->moved.to_len);
    t->facts.moves_load_file = t->moved.load_file;
    return TSM_OK;
}

enum tsm_err extradite_done(struct turn *t, struct tx *tx, const struct job *job, json_t **reply)
{
    struct bytes aid = BYTES_OF(t->moved.aid, t->moved.aid_len);
    (void)job;
    (void)reply;
    if (t->moved.row)
        return db_exec(tx, SQL_DOMAIN_SET_PARENT, t->moved.row, t->moved.domain);
    return db_exec(tx, t->moved.load_file ? SQL_EXECUTABLE_SET_DOMAIN : SQL_APPLICATION_SET_DOMAIN, t->el.id,
                   aid, t->moved.domain);
}
