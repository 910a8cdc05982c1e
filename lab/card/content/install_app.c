/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL [for install] and [for make selectable]: a new entry in the registry, an application or a security
 * domain (stations 6 and 10, the card's side); pure; GPCS 2.3.1 9.3.6, 9.3.7, 11.5.2.3.2, 11.5.2.3.3. */
#include "card/content/install.h"

#include "card/applet/applet.h"
#include "card/applet/builtin.h"
#include "card/delegated/authority.h"
#include "card/delegated/receipt.h"
#include "card/model/registry.h"

#define P1_MAKE_SELECTABLE 0x08

enum install_field { IF_FILE, IF_MODULE, IF_APPLICATION, IF_PRIVILEGES, IF_PARAMETERS, IF_TOKEN };

/* Everything INSTALL [for install] names, found and checked. */
struct request {
    struct elf *elf;
    const struct aid *module;
    struct aid aid;
    bool is_sd;
    uint32_t privileges;
    struct install_parameters p;
};

static const struct aid *find_module(const struct elf *e, const struct field *f)
{
    struct aid aid;

    if (!aid_set(&aid, f->at, f->len))
        return NULL;
    for (size_t i = 0; i < e->module_count; i++)
        if (aid_same(&e->modules[i], &aid))
            return &e->modules[i];
    return NULL;
}

static bool read_names(const struct field *f, struct aid *file, struct request *r)
{
    return aid_set(file, f[IF_FILE].at, f[IF_FILE].len) &&
           aid_set(&r->aid, f[IF_APPLICATION].at, f[IF_APPLICATION].len) && f[IF_MODULE].len >= AID_MIN &&
           f[IF_MODULE].len <= AID_MAX;
}

/* The registry's part of the checks: the module exists, its domain agrees, the name is free. */
static uint16_t find_module_and_name(struct job *j, const struct field *f, struct request *r)
{
    struct aid file;

    if (!read_names(f, &file, r))
        return SW_WRONG_DATA;
    r->elf = registry_elf(j->card, &file);
    r->module = r->elf == NULL ? NULL : find_module(r->elf, &f[IF_MODULE]);
    if (r->module == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (registry_taken(j->card, &r->aid))
        return SW_CONDITIONS_NOT_SATISFIED;
    /* The only built-in load file is that of the security domain class, open to every managing domain. */
    r->is_sd = r->elf->built_in && builtin_find(r->module) == NULL;
    if (!r->is_sd && (!app_is_under(r->elf->owner, j->sd->self) || !sd_accepts(r->elf->owner, j->sd->self)))
        return SW_CONDITIONS_NOT_SATISFIED;
    return SW_OK;
}

static uint16_t read_request(struct job *j, struct request *r)
{
    struct field f[INSTALL_FIELDS];
    struct authorization a;
    uint16_t sw;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f) ||
        !install_parameters_read(&f[IF_PARAMETERS], false, &r->p) || !r->p.has_specific || r->p.restricts)
        return SW_WRONG_DATA;
    a = authority_of_install(j, f, INSTALL_FIELDS, &r->p);
    sw = authority_check(j, &a);
    if (sw == SW_OK)
        sw = find_module_and_name(j, f, r);
    if (sw == SW_OK)
        sw = privileges_read(&f[IF_PRIVILEGES], r->is_sd, &r->privileges);
    /* Only a domain grants memory to what is below it. */
    if (sw == SW_OK && !r->is_sd && (r->p.grant != 0 || r->p.ram_grant != 0))
        sw = SW_WRONG_DATA;
    /* Implicit selection comes with selectability (Table 11-49, note). */
    if (sw == SW_OK && r->p.has_implicit && (j->cmd.p1 & P1_MAKE_SELECTABLE) == 0)
        sw = SW_WRONG_DATA;
    if (sw == SW_OK && (r->privileges & PRIV_CARD_RESET) != 0 && (j->cmd.p1 & P1_MAKE_SELECTABLE) == 0)
        sw = SW_WRONG_DATA; /* 11.5.2.3.2 */
    return sw == SW_OK ? privileges_free(j->card, j->sd->self, r->privileges) : sw;
}

static void make_selectable(struct app *a)
{
    a->state = a->sd != NULL && a->sd->born_personalized ? APP_PERSONALIZED : APP_SELECTABLE;
}

static void add_implicit(struct app *a, const struct install_parameters *p)
{
    if (p->has_implicit && a->implicit_count < APP_MAX_IMPLICIT)
        a->implicit[a->implicit_count++] = p->implicit;
}

static uint16_t bring_to_life(struct job *j, struct app *a, const struct request *r)
{
    uint16_t sw = SW_OK;

    a->module = *r->module;
    if (a->sd != NULL)
        a->owner = j->sd->self;
    if (!memory_granted(j->card, a->owner, 0, 0) || !memory_assign(j->card, a, &r->p.terms))
        return SW_NO_MEMORY;
    if (a->sd != NULL) {
        sw = sd_parameters_apply(a->sd, &r->p);
    } else {
        const struct native_ops *ops = native_find(r->elf, r->module);

        if (!ops->create(a))
            return SW_NO_MEMORY;
        a->native = ops;
    }
    return sw;
}

uint16_t install_for_install(struct job *j)
{
    struct request r = {0};
    uint16_t sw = read_request(j, &r);
    struct field items[2];
    struct app *a;

    if (sw != SW_OK)
        return sw;
    a = registry_add_app(j->card, &r.aid, r.elf, r.privileges & ~PRIVILEGES_OF_ONE);
    if (a == NULL)
        return SW_NO_MEMORY;
    sw = bring_to_life(j, a, &r);
    if (sw != SW_OK) {
        registry_remove_app(j->card, a);
        return sw;
    }
    privileges_move(a, r.privileges);
    add_implicit(a, &r.p);
    cl_apply(a, &r.p.contactless);
    if (j->cmd.p1 & P1_MAKE_SELECTABLE)
        make_selectable(a);
    items[0] = receipt_name(&r.elf->aid);
    items[1] = receipt_name(&a->aid);
    receipt_answer(j, items, 2);
    return SW_OK;
}

/* The fields of INSTALL [for make selectable], read and allowed. */
static uint16_t read_selectable(struct job *j, struct field *f, struct install_parameters *p, struct aid *aid)
{
    struct authorization a;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f) || f[IF_FILE].len != 0 || f[IF_MODULE].len != 0 ||
        !aid_set(aid, f[IF_APPLICATION].at, f[IF_APPLICATION].len) ||
        (f[IF_PRIVILEGES].len != 1 && f[IF_PRIVILEGES].len != PRIVILEGES_LEN) ||
        !install_parameters_read(&f[IF_PARAMETERS], false, p) || p->has_specific || p->restricts)
        return SW_WRONG_DATA;
    a = authority_of_install(j, f, INSTALL_FIELDS, p);
    return authority_check(j, &a);
}

uint16_t install_for_make_selectable(struct job *j)
{
    struct field f[INSTALL_FIELDS];
    struct install_parameters p;
    struct field items[2];
    uint32_t reset;
    struct aid aid;
    struct app *a;
    uint16_t sw = read_selectable(j, f, &p, &aid);

    if (sw != SW_OK)
        return sw;
    a = registry_app(j->card, &aid);
    if (a == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if (!app_is_under(a, j->sd->self) || a->state != APP_INSTALLED)
        return SW_CONDITIONS_NOT_SATISFIED;
    /* 11.5.2.3.3: only Card Reset counts here. */
    reset = (uint32_t)f[IF_PRIVILEGES].at[0] << 16 & PRIV_CARD_RESET;
    sw = privileges_free(j->card, a->owner, reset);
    if (sw != SW_OK)
        return sw;
    privileges_move(a, a->privileges | reset);
    add_implicit(a, &p);
    make_selectable(a);
    items[0] = receipt_name(&a->elf->aid);
    items[1] = receipt_name(&a->aid);
    receipt_answer(j, items, 2);
    return SW_OK;
}
