/* SPDX-License-Identifier: Apache-2.0 */
/* INSTALL: its roles, and the two that begin something: for load and for personalization (station 10, the
 * card's side); pure; GPCS 2.3.1 9.3.5, 7.3.2, 11.5. */
#include "card/content/install.h"

#include "card/applet/applet.h"
#include "card/command/command.h"
#include "card/content/load.h"
#include "card/delegated/authority.h"
#include "card/model/registry.h"

#include <stdlib.h>
#include <string.h>

struct role {
    uint8_t p1;
    uint16_t (*run)(struct job *j);
};

static const struct role roles[] = {
    {0x02, install_for_load},
    {0x04, install_for_install},
    {0x0C, install_for_install},
    {0x08, install_for_make_selectable},
    {0x10, install_for_extradition},
    {0x20, install_for_personalization},
    {0x40, install_for_registry_update},
};

uint16_t sd_install(struct job *j)
{
    uint16_t sw;

    /* The combined [for load, install and make selectable] is an option this card leaves out. */
    if (j->cmd.p2 != 0)
        return SW_WRONG_P1P2;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (roles[i].p1 != j->cmd.p1)
            continue;
        sw = roles[i].run(j);
        if (sw == SW_OK && j->reply->len == 0)
            no_confirmation(j);
        return sw;
    }
    return SW_WRONG_P1P2;
}

enum load_field { LF_FILE, LF_DOMAIN, LF_HASH, LF_PARAMETERS, LF_TOKEN };

static bool hash_length_known(size_t n)
{
    return n == 0 || n == 20 || n == 32 || n == 48 || n == 64;
}

/* The domain the load file will be associated with: the one at work unless another is named. */
static uint16_t load_owner(struct job *j, const struct field *f, struct app **owner)
{
    struct aid aid;

    *owner = j->sd->self;
    if (f->len == 0)
        return SW_OK;
    if (!aid_set(&aid, f->at, f->len))
        return SW_WRONG_DATA;
    *owner = registry_app(j->card, &aid);
    if (*owner == NULL)
        return SW_REFERENCE_NOT_FOUND;
    if ((*owner)->sd == NULL)
        return SW_WRONG_DATA;
    return sd_accepts(*owner, j->sd->self) ? SW_OK : SW_CONDITIONS_NOT_SATISFIED;
}

static uint16_t begin(struct job *j, const struct aid *aid, struct app *owner, const struct field *hash)
{
    struct load *l = calloc(1, sizeof *l);

    if (l == NULL)
        return SW_NO_MEMORY;
    *l = (struct load){.aid = *aid,
                       .owner = owner,
                       .hash_len = hash->len,
                       .delegated = j->delegated,
                       .token_id_len = j->token_id_len};
    if (hash->len > 0)
        memcpy(l->hash, hash->at, hash->len);
    if (j->token_id_len > 0)
        memcpy(l->token_id, j->token_id, j->token_id_len);
    j->ch->load = l;
    return SW_OK;
}

uint16_t install_for_load(struct job *j)
{
    struct field f[LOAD_FIELDS];
    struct install_parameters p;
    struct authorization a;
    struct app *owner;
    struct aid aid;
    uint16_t sw;

    if (!install_fields(&j->cmd, LOAD_FIELDS, f) || !aid_set(&aid, f[LF_FILE].at, f[LF_FILE].len) ||
        !hash_length_known(f[LF_HASH].len) || !install_parameters_read(&f[LF_PARAMETERS], true, &p) ||
        p.restricts)
        return SW_WRONG_DATA;
    a = authority_of_install(j, f, LOAD_FIELDS, &p);
    sw = authority_check(j, &a);
    if (sw == SW_OK && !authority_takes_hash(j, &a, f[LF_HASH].len))
        sw = SW_WRONG_DATA;
    if (sw == SW_OK && registry_taken(j->card, &aid))
        sw = SW_CONDITIONS_NOT_SATISFIED;
    if (sw == SW_OK)
        sw = load_owner(j, &f[LF_DOMAIN], &owner);
    if (sw != SW_OK)
        return sw;
    if (p.minimum > memory_left(j->card, owner) || p.ram_minimum > ram_left(j->card, owner))
        return SW_NO_MEMORY;
    return begin(j, &aid, owner, &f[LF_HASH]);
}

#define PERSO_APPLICATION 2

uint16_t install_for_personalization(struct job *j)
{
    struct field f[INSTALL_FIELDS];
    struct aid aid;
    struct app *a;

    if (!install_fields(&j->cmd, INSTALL_FIELDS, f))
        return SW_WRONG_DATA;
    for (size_t i = 0; i < INSTALL_FIELDS; i++)
        if (i != PERSO_APPLICATION && f[i].len != 0)
            return SW_WRONG_DATA;
    if (!aid_set(&aid, f[PERSO_APPLICATION].at, f[PERSO_APPLICATION].len))
        return SW_WRONG_DATA;
    a = registry_app(j->card, &aid);
    if (a == NULL)
        return SW_REFERENCE_NOT_FOUND;
    /* 6.7: the receiving domain needs Trusted Path, the target must be one of its own, selectable and able to
     * take data. A personalised domain keeps its keys to itself: its parent has no say any more. */
    if (!app_has(j->sd->self, PRIV_TRUSTED_PATH) || a->owner != j->sd->self || app_is_locked(a) ||
        a->state == APP_INSTALLED || (a->sd != NULL && a->state == APP_PERSONALIZED) ||
        (a->sd == NULL && a->native->store == NULL))
        return SW_CONDITIONS_NOT_SATISFIED;
    j->ch->perso = a;
    j->ch->store_blocks = 0;
    return SW_OK;
}
