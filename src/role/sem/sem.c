/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's role as app sees it: addresses, engine row, partner verbs. Role. */
#include "role/sem/sem.h"

#include <stdio.h>
#include <stdlib.h>

#include "role/sem/care/api.h"
#include "role/sem/catalogue/catalogue.h"
#include "role/sem/inventory/inventory.h"
#include "role/sem/modes/desk.h"
#include "role/sem/content/script.h"
#include "role/sem/work.h"

const struct http_route sem_routes[] = {
    {"POST", "/api/v1/secure-elements", sem_import, IMPORT_BODY_MAX,
     "application/x-ndjson, application/json, text/csv"},
    {"GET", "/api/v1/secure-elements", sem_list_elements, 0, NULL},
    {"GET", "/api/v1/secure-elements/{ref}", sem_get_element, 0, NULL},
    {"PATCH", "/api/v1/secure-elements/{ref}", sem_change_element, 0, "application/json"},
    {"GET", "/api/v1/import-key", sem_get_import_key, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/identify", sem_post_identify, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/renew", sem_renew_element, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/merge", sem_merge_elements, 0, "application/json"},
    {"GET", "/api/v1/profiles", sem_list_profiles, 0, NULL},
    {"POST", "/api/v1/profiles", sem_post_profile, 0, "application/json"},
    {"GET", "/api/v1/profiles/{name}", sem_get_profile, 0, NULL},
    {"PUT", "/api/v1/profiles/{name}", sem_put_profile, 0, "application/json"},
    {"DELETE", "/api/v1/profiles/{name}", sem_retire_profile, 0, NULL},
    {"GET", "/api/v1/secure-component-profiles", sem_list_components, 0, NULL},
    {"PUT", "/api/v1/providers/{name}/access", sem_put_access, 0, "application/json"},
    {"POST", "/api/v1/admissions", sem_post_admission, 0, "application/json"},
    {"GET", "/api/v1/admissions", sem_list_admissions, 0, NULL},
    {"DELETE", "/api/v1/admissions/{id}", sem_delete_admission, 0, NULL},
    {"GET", "/api/v1/script-key", sem_get_script_key, 0, NULL},
    {"POST", "/api/v1/scripts", sem_post_script, 0, "application/json"},
    {"GET", "/api/v1/scripts", sem_list_scripts, 0, NULL},
    {"GET", "/api/v1/secure-elements/{ref}/acts", care_list_acts, 0, NULL},
    {"GET", "/api/v1/secure-elements/{ref}/acts/{id}", care_get_act, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/audits", care_post_audit, 0, "application/json"},
    {"GET", "/api/v1/secure-elements/{ref}/audits/{id}", care_get_act, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/audits/{id}/repair", care_post_repair, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/lock", care_post_lock, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/unlock", care_post_unlock, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/terminate", care_post_terminate, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/rotations", care_post_rotation, 0, "application/json"},
    {"GET", "/api/v1/secure-elements/{ref}/access-rules", care_get_rules, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/access-rules", care_post_rules, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/contactless", care_post_contactless, 0, "application/json"},
    {"GET", "/api/v1/access-templates", care_list_templates, 0, NULL},
    {"PUT", "/api/v1/access-templates", care_put_template, 0, "application/json"},
    {"DELETE", "/api/v1/access-templates", care_delete_template, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/prepare", sem_post_prepare, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/domains", sem_post_domain, 0, "application/json"},
    {"GET", "/api/v1/secure-elements/{ref}/domains", sem_list_domains, 0, NULL},
    {"DELETE", "/api/v1/secure-elements/{ref}/domains/{aid}", sem_delete_domain, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/extraditions", sem_post_extradition, 0, "application/json"},
    {"GET", "/api/v1/secure-elements/{ref}/tokens", sem_list_tokens, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/tokens", sem_post_tokens, 0, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/receipts", sem_post_receipts, 0, "application/json"},
    {"GET", "/api/v1/token-key", sem_get_token_key, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/bookings", sem_post_booking, 0, "application/json"},
    {"GET", "/api/v1/secure-elements/{ref}/bookings", sem_list_bookings, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/bookings/{id}/commit", sem_commit_booking, 0, NULL},
    {"DELETE", "/api/v1/secure-elements/{ref}/bookings/{id}", sem_delete_booking, 0, NULL},
    {"POST", "/api/v1/secure-elements/{ref}/upgrades", sem_post_upgrade, OWN_BODY_MAX, "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/installations", sem_post_installation, OWN_BODY_MAX,
     "application/json"},
    {"POST", "/api/v1/secure-elements/{ref}/removals", sem_post_removal, OWN_BODY_MAX, "application/json"},
    {"GET", "/api/v1/works/{id}", sem_get_work, 0, NULL},
    {NULL, NULL, NULL, 0, NULL},
};

enum tsm_err sem_new(const struct sem_config *config, struct sem **out)
{
    struct sem *sem = calloc(1, sizeof *sem);
    NEED(sem != NULL, NO_MEMORY);
    sem->c = *config;
    *out = sem;
    return TSM_OK;
}

void sem_free(struct sem *sem)
{
    free(sem);
}

void sem_device_url(struct sem *sem, const char *url)
{
    snprintf(sem->device_url, sizeof sem->device_url, "%s", url);
}

enum tsm_err sem_operator(struct sem *sem, struct http_request *q, struct caller *who)
{
    const char *token;
    TRY(http_bearer(q, &token));
    return access_of(sem->c.store, token, ACCESS_OPERATOR, who);
}

enum tsm_err sem_answer_partners(struct sem *sem)
{
    static const struct {
        enum partner_verb verb;
        enum tsm_err (*accept)(void *self, struct tx *tx, const struct partner_call *call);
    } rows[] = {
        {VERB_CHECK_ELIGIBILITY, sem_check_eligibility},
        {VERB_BOOK_SPACE, sem_book_space},
        {VERB_RELEASE_SPACE, sem_release_space},
        {VERB_CREATE_DOMAIN, sem_accept_work},
        {VERB_LOAD_AND_INSTALL, sem_accept_work},
        {VERB_REMOVE, sem_accept_work},
        {VERB_GENERATE_TOKEN, sem_accept_work},
        {VERB_VERIFY_RECEIPT, sem_verify_receipt},
        {VERB_LIST_APPLICATION, sem_accept_work},
        {VERB_SET_UP_KEYS, sem_accept_work},
        {VERB_UPGRADE, sem_accept_work},
        {VERB_MAKE_ACCESSIBLE, sem_accept_work},
    };
    TRY(partners_add_look(sem->c.partners,
                          &(struct partner_look){VERB_CHECK_ELIGIBILITY, sem_look_eligibility, sem}));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        TRY(partners_add(sem->c.partners, &(struct partner_row){rows[i].verb, rows[i].accept, sem}));
    return TSM_OK;
}
