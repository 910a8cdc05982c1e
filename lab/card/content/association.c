/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL [for extradition] and [for registry update]: who an entry belongs to and what it may do (stations 6
 * and 10, the card's side); pure; GPCS 2.3.1 7.2, 9.4, 11.5.2.3.4, 11.5.2.3.5. */
#include "card/content/install.h"
#include "card/delegated/authority.h"
#include "card/delegated/receipt.h"
#include "card/model/keys.h"

enum association_field { AF_DOMAIN, AF_EMPTY, AF_OBJECT, AF_PRIVILEGES, AF_PARAMETERS, AF_TOKEN };

/* What moves, from where, to where: an application or a load file. */
struct move {
    struct app *a;
    struct elf *e;
    struct app *target;
};

/* The security domain that shall take the object. */
static uint16_t find_target(struct job *j, const struct field *f, struct app **target)
{
    struct aid aid;

    if (!aid_set(&aid, f->at, f->len))
        return SW_WRONG_DATA;
    *target = registry_app(j->card, &aid);
    if (*target == NULL)
        return SW_REFERENCE_NOT_FOUND;
    return (*target)->sd != NULL ? SW_OK : SW_WRONG_DATA;
}

/* 7.2: a domain with keys of its own may become the root of a hierarchy of its own. */
static bool may_stand_alone(const struct app *a)
{
    return a->state == APP_PERSONALIZED && sd_key_owner(a->sd) == a->sd;
}

/* 9.4.1: the old domain lets it go, the new one of the same hierarchy takes it, no loop comes of it. */
static bool may_move(const struct job *j, const struct move *m)
{
    const struct app *self = j->sd->self;
    const struct app *owner = m->a != NULL ? m->a->owner : m->e->owner;

    if (m->a == card_isd(j->card) || owner == NULL || (m->e != NULL && m->e->built_in) ||
        !sd_lets_go(owner, self))
        return false;
    if (m->a != NULL && m->a == m->target)
        return may_stand_alone(m->a);
    if (m->a != NULL ? app_is_under(m->target, m->a) : app_has(m->target, PRIV_DAP))
        return false;
    return sd_accepts(m->target, self);
}

static void set_owner(const struct move *m, struct app *owner)
{
    if (m->a != NULL)
        m->a->owner = owner == m->a ? NULL : owner; /* NULL: associated with itself */
    else
        m->e->owner = owner;
}

/* Moves, unless what was granted to the new domains upwards does not suffice. */
static uint16_t carry_out(struct job *j, const struct move *m)
{
    struct app *before = m->a != NULL ? m->a->owner : m->e->owner;

    set_owner(m, m->target);
    if (memory_granted(j->card, m->target, 0, 0))
        return SW_OK;
    set_owner(m, before);
    return SW_NO_MEMORY;
}

uint16_t install_for_extradition(struct job *j)
{
    struct field f[INSTALL_FIELDS];
    struct install_parameters p;
    struct authorization a;
    struct field items[3];
    struct move m = {0};
    struct aid aid;
    uint16_t sw;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f) || f[AF_EMPTY].len != 0 || f[AF_PRIVILEGES].len != 0 ||
        !aid_set(&aid, f[AF_OBJECT].at, f[AF_OBJECT].len) ||
        !install_parameters_read(&f[AF_PARAMETERS], true, &p))
        return SW_WRONG_DATA;
    a = authority_of_install(j, f, INSTALL_FIELDS, &p);
    sw = authority_check(j, &a);
    if (sw == SW_OK)
        sw = find_target(j, &f[AF_DOMAIN], &m.target);
    if (sw != SW_OK)
        return sw;
    m.a = registry_app(j->card, &aid);
    m.e = registry_elf(j->card, &aid);
    if (m.a == NULL && m.e == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (!may_move(j, &m))
        return SW_CONDITIONS_NOT_SATISFIED;
    items[0] = receipt_name(m.a != NULL ? &m.a->owner->aid : &m.e->owner->aid);
    items[1] = f[AF_OBJECT];
    items[2] = f[AF_DOMAIN];
    sw = carry_out(j, &m);
    if (sw == SW_OK)
        receipt_answer(j, items, 3);
    return sw;
}

/* All of the update is checked before any of it is done (11.5.2.3.5). */
struct update {
    struct move m;
    bool has_privileges;
    uint32_t privileges;
    struct install_parameters p;
};

static uint16_t allowed(struct job *j, const struct field *f, struct update *u)
{
    struct authorization a;

    /* Without an application the command would restrict the OPEN, an option this card leaves out (tag D9
     * too). */
    if (f[AF_EMPTY].len != 0 || f[AF_OBJECT].len == 0 ||
        !install_parameters_read(&f[AF_PARAMETERS], false, &u->p) || u->p.has_specific || u->p.restricts)
        return SW_WRONG_DATA;
    a = authority_of_install(j, f, INSTALL_FIELDS, &u->p);
    return authority_check(j, &a);
}

static uint16_t check_privileges(struct job *j, const struct field *f, struct update *u)
{
    const struct app *a = u->m.a;
    const struct app *owner = u->m.target != NULL ? u->m.target : a->owner;
    uint16_t sw = privileges_read(f, a->sd != NULL, &u->privileges);
    uint32_t gained = u->privileges & ~a->privileges;

    u->has_privileges = true;
    if (sw != SW_OK)
        return sw;
    return privileges_free(j->card, owner, gained | (u->privileges & PRIV_AUTHORIZED_MANAGEMENT));
}

static uint16_t read_update(struct job *j, const struct field *f, struct update *u)
{
    struct aid aid;
    uint16_t sw = allowed(j, f, u);

    if (sw != SW_OK)
        return sw;
    if (!aid_set(&aid, f[AF_OBJECT].at, f[AF_OBJECT].len))
        return SW_WRONG_DATA;
    u->m.a = registry_app(j->card, &aid);
    if (u->m.a == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (u->m.a == card_isd(j->card) || !app_is_under(u->m.a->owner, j->sd->self))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (f[AF_DOMAIN].len != 0) {
        sw = find_target(j, &f[AF_DOMAIN], &u->m.target);
        if (sw == SW_OK && !may_move(j, &u->m))
            sw = SW_CONDITIONS_NOT_SATISFIED;
    }
    if (sw == SW_OK && f[AF_PRIVILEGES].len != 0)
        sw = check_privileges(j, &f[AF_PRIVILEGES], u);
    if (sw == SW_OK && u->p.has_implicit && u->m.a->implicit_count == APP_MAX_IMPLICIT)
        sw = SW_NO_MEMORY;
    return sw;
}

uint16_t install_for_registry_update(struct job *j)
{
    struct field f[INSTALL_FIELDS];
    struct update u = {0};
    struct field items[RECEIPT_MAX_ITEMS] = {0};
    struct app *a;
    uint16_t sw;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f))
        return SW_WRONG_DATA;
    sw = read_update(j, f, &u);
    a = u.m.a;
    if (sw == SW_OK && u.m.target != NULL) {
        items[0] = receipt_name(&a->owner->aid); /* Table C-14: only for an extradition */
        items[2] = f[AF_DOMAIN];
        sw = carry_out(j, &u.m);
    }
    if (sw != SW_OK)
        return sw;
    if (u.has_privileges)
        privileges_move(a, u.privileges);
    cl_apply(a, &u.p.contactless);
    if (u.p.has_implicit)
        a->implicit[a->implicit_count++] = u.p.implicit;
    items[1] = f[AF_OBJECT];
    items[3] = f[AF_PRIVILEGES];
    items[4] = f[AF_PARAMETERS];
    receipt_answer(j, items, RECEIPT_MAX_ITEMS);
    return SW_OK;
}
