/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL [for extradition] and [for registry update]: who an entry belongs to and what it may do (stations 6
 * and 10, the card's side); pure; GPCS 2.3.1 9.4, 11.5.2.3.4, 11.5.2.3.5. */
#include "card/content/install.h"
#include "card/model/registry.h"

enum association_field { AF_DOMAIN, AF_EMPTY, AF_OBJECT, AF_PRIVILEGES, AF_PARAMETERS, AF_TOKEN };

/* The security domain that shall take the object. */
static uint16_t find_target(struct job *j, const struct field *f, struct app **target)
{
    struct aid aid;

    if (!aid_set(&aid, f->at, f->len))
        return SW_WRONG_DATA;
    *target = registry_app(j->card, &aid);
    if (*target == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if ((*target)->sd == NULL)
        return SW_WRONG_DATA;
    return sd_accepts(*target) ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
}

/* An application may move within what the domain at work manages, but not below itself. */
static bool app_may_move(const struct job *j, const struct app *a, const struct app *target)
{
    return a != card_isd(j->card) && app_is_under(a->owner, j->sd->self) && !app_is_under(target, a);
}

uint16_t install_for_extradition(struct job *j)
{
    struct field f[INSTALL_FIELDS];
    struct install_parameters p;
    struct app *target, *a;
    struct elf *e;
    struct aid aid;
    uint16_t sw;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f) || f[AF_EMPTY].len != 0 || f[AF_PRIVILEGES].len != 0 ||
        !aid_set(&aid, f[AF_OBJECT].at, f[AF_OBJECT].len) ||
        !install_parameters_read(&f[AF_PARAMETERS], true, &p))
        return SW_WRONG_DATA;
    if (!may_manage(j) || f[AF_TOKEN].len != 0)
        return SW_CONDITIONS_NOT_SATISFIED;
    sw = find_target(j, &f[AF_DOMAIN], &target);
    if (sw != SW_OK)
        return sw;
    a = registry_app(j->card, &aid);
    e = registry_elf(j->card, &aid);
    if (a == NULL && e == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (a != NULL ? !app_may_move(j, a, target) : e->built_in || !app_is_under(e->owner, j->sd->self))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (a != NULL)
        a->owner = target;
    else
        e->owner = target;
    return SW_OK;
}

/* All of the update is checked before any of it is done (11.5.2.3.5). */
struct update {
    struct app *a, *target;
    bool has_privileges;
    uint32_t privileges;
    struct install_parameters p;
};

static uint16_t read_update(struct job *j, const struct field *f, struct update *u)
{
    struct aid aid;
    uint16_t sw = SW_OK;

    /* Without an application the command would restrict the OPEN, an option this card leaves out (tag D9
     * too). */
    if (f[AF_EMPTY].len != 0 || !aid_set(&aid, f[AF_OBJECT].at, f[AF_OBJECT].len) ||
        !install_parameters_read(&f[AF_PARAMETERS], false, &u->p) || u->p.has_specific || u->p.restricts)
        return SW_WRONG_DATA;
    u->a = registry_app(j->card, &aid);
    if (u->a == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (u->a == card_isd(j->card) || !app_is_under(u->a->owner, j->sd->self))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (f[AF_DOMAIN].len != 0) {
        sw = find_target(j, &f[AF_DOMAIN], &u->target);
        if (sw == SW_OK && !app_may_move(j, u->a, u->target))
            sw = SW_CONDITIONS_NOT_SATISFIED;
    }
    u->has_privileges = f[AF_PRIVILEGES].len != 0;
    if (sw == SW_OK && u->has_privileges)
        sw = privileges_read(&f[AF_PRIVILEGES], u->a->sd != NULL, &u->privileges);
    return sw;
}

static uint16_t apply_privileges(struct job *j, const struct update *u)
{
    bool gains_reset = (u->privileges & ~u->a->privileges & PRIV_CARD_RESET) != 0;
    bool loses_reset = (u->a->privileges & ~u->privileges & PRIV_CARD_RESET) != 0;

    if (gains_reset && !app_has(card_isd(j->card), PRIV_CARD_RESET))
        return SW_CONDITIONS_NOT_SATISFIED;
    if (gains_reset)
        card_isd(j->card)->privileges &= ~(uint32_t)PRIV_CARD_RESET;
    if (loses_reset)
        card_isd(j->card)->privileges |= PRIV_CARD_RESET;
    u->a->privileges = u->privileges;
    return SW_OK;
}

uint16_t install_for_registry_update(struct job *j)
{
    struct field f[INSTALL_FIELDS];
    struct update u = {0};
    uint16_t sw;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f))
        return SW_WRONG_DATA;
    if (!may_manage(j) || f[AF_TOKEN].len != 0)
        return SW_CONDITIONS_NOT_SATISFIED;
    sw = read_update(j, f, &u);
    if (sw == SW_OK && u.p.has_implicit && u.a->implicit_count == APP_MAX_IMPLICIT)
        sw = SW_NO_MEMORY;
    if (sw == SW_OK && u.has_privileges)
        sw = apply_privileges(j, &u);
    if (sw != SW_OK)
        return sw;
    if (u.p.has_implicit)
        u.a->implicit[u.a->implicit_count++] = u.p.implicit;
    if (u.target != NULL)
        u.a->owner = u.target;
    return SW_OK;
}
