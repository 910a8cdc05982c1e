/* SPDX-License-Identifier: Apache-2.0 */
/* createServiceInstance: the eligibility check over the elements that a handset shows, and the instance on
 * the one that is chosen. Stations 2 to 4. Role. [TR-03165 3.3.1, 4.2.5.1] */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "role/sp/spos/record.h"
#include "role/sp/tsmapi/call.h"
#include "vault/vault.h"

enum tsm_err call_look(struct api_call *c)
{
    for (size_t i = 0; i < c->q.n_components; i++)
        if (c->q.component[i].accessible)
            TRY(element_look(c->sp, c->party, &c->q.component[i], &c->shown[c->n_shown++]));
    if (c->n_shown == 0 && c->q.n_components)
        return CALL_FAULT(c, API_SC_INACCESSIBLE, "access to SC failed: reader %s", c->q.component[0].reader);
    return TSM_OK;
}

static enum tsm_err read_service(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    TRY(service_find(tx, c->party, c->q.service, &c->service));
    TRY(service_admits(&c->service, c->q.caller));
    TRY(versions_find(tx, &c->service, &c->q.pattern, &c->versions));
    return c->versions.n ? TSM_OK : FAIL(NOT_FOUND, "version %s does not exist", c->q.version);
}

/* An instance on any of them stands against a new one [3.3.1]. */
static enum tsm_err read_elements(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    for (size_t i = 0; i < c->n_shown; i++) {
        struct shown_element *el = &c->shown[i];
        TRY(element_instance(tx, c->party, c->service.id, el));
        if (el->instance)
            return CALL_FAULT(c, API_ALREADY_EXISTS, "service already instantiated");
        if (el->known)
            TRY(flavor_for(tx, &c->versions.at[0], el->profile, &el->flavor));
    }
    return TSM_OK;
}

/* Why not, of the first element that could say; or that none could. */
static enum tsm_err none_eligible(struct api_call *c)
{
    const struct shown_element *told = NULL;
    bool away = false;
    for (size_t i = 0; i < c->n_shown; i++) {
        told = told || !c->shown[i].reason[0] ? told : &c->shown[i];
        away = away || c->shown[i].unreachable;
    }
    if (told)
        return CALL_FAULT(c, API_NO_ELIGIBLE_SC, "%.180s", told->reason);
    if (away)
        return CALL_FAULT(c, API_ISSUER_ERROR, "issuer TSM not available");
    return CALL_FAULT(c, API_NO_ELIGIBLE_SC, "no owner knows a secure component of this handset");
}

static enum tsm_err judge_all(struct api_call *c)
{
    for (size_t i = 0; i < c->n_shown; i++) {
        struct shown_element *el = &c->shown[i];
        if (!el->known)
            continue;
        if (el->flavor)
            TRY(element_judge(c->sp, c->party, c->service.id, el));
        else
            snprintf(el->reason, sizeof el->reason, "version %.40s has no flavor for the profile %s",
                     c->versions.at[0].tag, el->profile);
    }
    c->chosen = element_choose(c->shown, c->n_shown);
    return c->chosen >= 0 ? TSM_OK : none_eligible(c);
}

/* The provider's online system hears why the eligibility check failed [3.3.1]; where the service is there
 * already, of the instance that stands against another. */
static enum tsm_err write_refusal(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    struct api_instance there = {.state = INSTANCE_NOT_DEPLOYED};
    char text[FAULT_TEXT_MAX];
    for (size_t i = 0; i < c->n_shown && !there.id; i++)
        if (c->shown[i].instance)
            TRY(api_instance_load(tx, c->party, c->shown[i].instance, &there));
    return spos_request_failed(tx, &(struct spos_refusal){.party = c->party,
                                                          .service = c->service.id,
                                                          .version = c->versions.at[0].tag,
                                                          .instance = there.uuid,
                                                          .status = (int)c->reading.fault.type,
                                                          .message = fault_text(&c->reading.fault, text),
                                                          .operation = OP_DEPLOY,
                                                          .state = there.state,
                                                          .asked = tx_now(tx)});
}

/* Is there an element that can be reached, that has no instance beside it, and that is fit [3.3.1]? */
static enum tsm_err check_eligibility(struct api_call *c)
{
    if (c->q.n_components == 0)
        return CALL_FAULT(c, API_NO_ELIGIBLE_SC, "the handset shows no secure component");
    TRY(call_look(c));
    TRY(store_read(c->sp->c.store, read_elements, c));
    return judge_all(c);
}

/* Two apps may ask at once: the second finds the first one's instance. */
static enum tsm_err write_instance(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    struct shown_element *el = &c->shown[c->chosen];
    const char *tag = c->versions.at[0].tag;
    int64_t id = store_id(tx_store(tx));
    TRY(read_elements(tx, c));
    TRY(db_exec(tx, SQL_INSTANCE_ADD, id, c->party, c->service.id, el->flavor, el->ident.kind, el->ident.ref,
                (int64_t)0, BYTES_NONE, BYTES_NONE, (int64_t)INSTANCE_NOT_DEPLOYED));
    TRY(db_exec(tx, SQL_INSTANCE_SET_ELEMENT, id, el->element));
    TRY(db_exec(tx, SQL_TSMAPI_INSTANCE_NAME, id, c->instance.uuid));
    TRY(db_exec(tx, SQL_TSMAPI_INSTANCE_MADE, id, tag, el->profile));
    TRY(audit_add(tx, &(struct audit_leaf){c->party, BYTES_NONE, "instance.created", "{}"}));
    return api_instance_load(tx, c->party, id, &c->instance);
}

static enum tsm_err read_result(struct tx *tx, void *arg)
{
    struct api_call *c = arg;
    json_t *o;
    TRY(instance_json(tx, &c->service, &c->instance, c->shown[c->chosen].component->reader, &o));
    c->result = json_pack("{so}", "serviceInstance", o);
    return c->result ? TSM_OK : FAIL(NO_MEMORY, "no memory for an answer");
}

enum tsm_err method_create(struct api_call *c)
{
    struct store *s = c->sp->c.store;
    uint8_t random[16];
    enum tsm_err e;
    TRY(store_read(s, read_service, c));
    e = check_eligibility(c);
    if (e != TSM_OK && c->reading.fault.type != API_OK)
        TRY(store_write(s, write_refusal, c));
    TRY(e);
    TRY(vault_random(random, sizeof random));
    uuid_text(random, c->instance.uuid);
    TRY(store_write(s, write_instance, c));
    return store_read(s, read_result, c);
}
