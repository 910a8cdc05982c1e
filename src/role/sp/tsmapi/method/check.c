/* SPDX-License-Identifier: Apache-2.0 */
/* The two checks: which version a handset could have. No false no: where an owner cannot be asked, what the
 * element says of itself decides. Stations 2 and 4. Role. [TR-03165 3.3.2, 4.2.5.7, 4.2.5.8] */
#include <stdio.h>
#include <string.h>

#include "role/sp/tsmapi/call.h"

enum tsm_err call_offer(struct tx *tx, const struct api_version *v, const struct shown_element *el,
                        struct offer *out)
{
    struct fitting fits = {.n = 0};
    bool told = el->known && strcmp(el->profile, PROFILE_UNIDENTIFIED) != 0;
    *out = (struct offer){.flavor = 0};
    if (told)
        snprintf(fits.name[fits.n++], sizeof fits.name[0], "%s", el->profile);
    else
        TRY(component_fits(tx, el->component, el->unreachable, &fits));
    for (size_t i = 0; i < fits.n && !out->flavor; i++) {
        TRY(flavor_for(tx, v, fits.name[i], &out->flavor));
        snprintf(out->profile, sizeof out->profile, "%s", fits.name[i]);
    }
    return TSM_OK;
}

/* --- is there a deployment --- */

static enum tsm_err read_service(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    TRY(service_find(tx, c->party, c->q.service, &c->service));
    TRY(service_admits(&c->service, c->q.caller));
    return versions_find(tx, &c->service, &c->q.pattern, &c->versions);
}

struct looking {
    struct api_call *c;
    size_t version, element; /* where the search stands */
    struct offer offer;
};

/* The next pair of version and element that a flavor exists for; offer.flavor 0: none. */
static enum tsm_err next_offer(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct api_call *c = l->c;
    for (; l->version < c->versions.n; l->version++, l->element = 0)
        for (; l->element < c->n_shown; l->element++) {
            struct shown_element *el = &c->shown[l->element];
            TRY(call_offer(tx, &c->versions.at[l->version], el, &l->offer));
            el->flavor = l->offer.flavor;
            if (el->flavor)
                return TSM_OK;
        }
    return TSM_OK;
}

static enum tsm_err read_offer(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct api_call *c = l->c;
    const char *tag = c->versions.at[l->version].tag;
    struct api_technical t = {
        .version = tag, .profile = l->offer.profile, .flavor = l->offer.flavor, .installed = true};
    json_t *technical;
    TRY(technical_json(tx, &c->service, &t, &technical));
    c->result = json_pack("{si ss so}", "deploymentAvailable", 1, "version", tag, "newTechnicalInformation",
                          technical);
    return c->result ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

static enum tsm_err not_eligible(struct api_call *c)
{
    c->result = json_pack("{si ss sn}", "deploymentAvailable", 0, "version", "", "newTechnicalInformation");
    return c->result ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

enum tsm_err method_check_deployment(struct api_call *c)
{
    struct looking l = {.c = c};
    TRY(store_read(c->sp->c.store, read_service, c));
    TRY(call_look(c));
    for (;; l.element++) {
        struct shown_element *el;
        TRY(store_read(c->sp->c.store, next_offer, &l));
        if (l.version == c->versions.n)
            return not_eligible(c);
        el = &c->shown[l.element];
        if (el->known)
            TRY(element_judge(c->sp, c->party, c->service.id, el));
        if (!el->known || el->unreachable || el->eligible)
            return store_read(c->sp->c.store, read_offer, &l);
    }
}

/* --- is there an update --- */

static enum tsm_err read_instance(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    TRY(api_instance_find(tx, c->party, c->q.instance, &c->instance));
    TRY(service_load(tx, c->party, c->instance.service, &c->service));
    TRY(service_admits(&c->service, c->q.caller));
    return versions_find(tx, &c->service, &c->q.pattern, &c->versions);
}

/* Only the element that the instance is on [4.2.5.8]; the profile that was noted serves where the element
 * cannot be told among those that are shown. */
static enum tsm_err find_update(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct api_call *c = l->c;
    struct shown_element *el = &c->shown[0];
    struct version now;
    bool has = version_tag(c->instance.version, &now) == TSM_OK;
    err_clear();
    for (; l->version < c->versions.n; l->version++) {
        const struct api_version *v = &c->versions.at[l->version];
        if (has && version_compare(&v->number, &now) <= 0)
            return TSM_OK;
        TRY(call_offer(tx, v, el, &l->offer));
        if (l->offer.flavor)
            return TSM_OK;
    }
    return TSM_OK;
}

static enum tsm_err read_update(struct tx *tx, void *arg)
{
    struct looking *l = arg;
    struct api_call *c = l->c;
    const char *tag = l->offer.flavor ? c->versions.at[l->version].tag : "";
    struct api_technical t = {
        .version = tag, .profile = l->offer.profile, .flavor = l->offer.flavor, .installed = true};
    json_t *technical = NULL;
    if (l->offer.flavor)
        TRY(technical_json(tx, &c->service, &t, &technical));
    c->result = json_pack("{si ss so}", "updateAvailable", l->offer.flavor != 0, "newVersion", tag,
                          "newTechnicalInformation", technical ? technical : json_null());
    return c->result ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

enum tsm_err method_check_update(struct api_call *c)
{
    struct component by_name = {.reader = "", .accessible = true};
    struct shown_element *el = &c->shown[0];
    struct looking l = {.c = c};
    TRY(store_read(c->sp->c.store, read_instance, c));
    TRY(element_by_name(c->sp, c->party, &c->instance, el));
    el->component = &by_name;
    if (!el->known && c->instance.profile[0]) {
        snprintf(el->profile, sizeof el->profile, "%s", c->instance.profile);
        el->known = true;
    }
    TRY(store_read(c->sp->c.store, find_update, &l));
    return store_read(c->sp->c.store, read_update, &l);
}
