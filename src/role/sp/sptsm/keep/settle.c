/* SPDX-License-Identifier: Apache-2.0 */
/* Checks over several entities: compatibility of flavors with secure component profiles, attestation tokens
 * and key provisioning. Stations 2 to 4. Role. [TR-03165 4.1.4.3, 4.1.4.6, 4.1.4.15] */
#include "role/sp/sptsm/keep/settle.h"

#include <stdlib.h>
#include <string.h>

#include "role/sp/sptsm/release/context.h"
#include "role/sp/sptsm/release/release.h"
#include "role/sp/sptsm/model/rules.h"

static enum tsm_err check_pair(const json_t *flavor, const struct tr_items *elfs, const json_t *profile,
                               struct refusal *refusal)
{
    const json_t *features = json_object_get(flavor, "featureConfig");
    const char *lacking = rules_lacking(profile, NULL, features);
    for (size_t i = 0; i < elfs->n && !lacking; i++)
        lacking =
            rules_lacking(profile, json_object_get(elfs->at[i].body, "technicalRequirements"), features);
    return lacking ? refuse(refusal, TR_CONSTRAINTS, lacking, NULL, NULL) : TSM_OK;
}

enum tsm_err settle_flavor(struct tx *tx, int64_t flavor, const json_t *body, struct refusal *refusal)
{
    ITEMS elfs = {NULL, 0};
    ITEMS profiles = {NULL, 0};
    TRY(items_of_two(tx, SQL_TR_TARGET_IDS, flavor, TR_ELF, &elfs));
    TRY(items_of_one(tx, SQL_TR_PAIR_PROFILES, flavor, &profiles));
    for (size_t i = 0; i < profiles.n; i++)
        TRY(check_pair(body, &elfs, profiles.at[i].body, refusal));
    return TSM_OK;
}

static bool wants_token(const json_t *config)
{
    return json_is_true(
        json_object_get(json_object_get(config, "personalizationConfig"), "provideAttestationToken"));
}

static bool wants_diversification(const json_t *config)
{
    return json_is_true(json_object_get(json_object_get(config, "personalizationConfig"),
                                        "includeSecurityDomainDiversificationData"));
}

/* An attestation token needs a domain whose keys were provisioned; diversification data need mode 1. */
static enum tsm_err check_token(const json_t *flavor, const json_t *config, struct refusal *refusal)
{
    enum { NONE, BASIC_DIVERSIFIED_CREATE };
    static const char *const modes[] = {"0", "1", "2", "3"};
    json_int_t mode =
        json_integer_value(json_object_get(json_object_get(flavor, "featureConfig"), "keyProvisioningMode"));
    if (wants_token(config) && mode == NONE)
        return refuse(refusal, TR_INVALID_FORMAT, modes[0], "featureConfig.keyProvisioningMode",
                      "1, 2 or 3 where an attestation token is provided");
    if (wants_diversification(config) && mode != BASIC_DIVERSIFIED_CREATE)
        return refuse(refusal, TR_INVALID_FORMAT, modes[mode & 3], "featureConfig.keyProvisioningMode",
                      "1 where diversification data are included");
    return TSM_OK;
}

static enum tsm_err flavor_changed(struct tx *tx, const struct settling *s)
{
    ITEMS configs = {NULL, 0};
    TRY(context_judge(s->body, s->refusal));
    TRY(items_of_two(tx, SQL_TR_TARGET_IDS, s->row->id, TR_CONFIG, &configs));
    for (size_t i = 0; i < configs.n; i++)
        TRY(check_token(s->body, configs.at[i].body, s->refusal));
    TRY(settle_flavor(tx, s->row->id, s->body, s->refusal));
    return release_update(tx, s->row->id);
}

static enum tsm_err config_changed(struct tx *tx, const struct settling *s)
{
    ITEMS flavors = {NULL, 0};
    TRY(items_of_two(tx, SQL_TR_SOURCE_IDS, s->row->id, TR_FLAVOR, &flavors));
    for (size_t i = 0; i < flavors.n; i++)
        TRY(check_token(flavors.at[i].body, s->body, s->refusal));
    return TSM_OK;
}

static enum tsm_err version_changed(struct tx *tx, const struct settling *s)
{
    ITEMS flavors = {NULL, 0};
    TRY(items_of_two(tx, SQL_TR_TARGET_IDS, s->row->id, TR_FLAVOR, &flavors));
    for (size_t i = 0; i < flavors.n; i++) {
        TRY(settle_flavor(tx, flavors.at[i].id, flavors.at[i].body, s->refusal));
        TRY(release_update(tx, flavors.at[i].id));
    }
    return TSM_OK;
}

static enum tsm_err elf_changed(struct tx *tx, const struct settling *s)
{
    ITEMS flavors = {NULL, 0};
    TRY(items_of_two(tx, SQL_TR_SOURCE_IDS, s->row->id, TR_FLAVOR, &flavors));
    for (size_t i = 0; i < flavors.n; i++)
        TRY(settle_flavor(tx, flavors.at[i].id, flavors.at[i].body, s->refusal));
    return TSM_OK;
}

/* Its name, and what its flavors have from it. */
static enum tsm_err service_changed(struct tx *tx, const struct settling *s)
{
    ITEMS flavors = {NULL, 0};
    TRY(db_exec_one(tx, SQL_TR_SERVICE_NAME, s->row->id, json_member(s->body, "name")));
    TRY(items_of_one(tx, SQL_TR_FLAVOR_CHILDREN, s->row->id, &flavors));
    for (size_t i = 0; i < flavors.n; i++)
        TRY(release_update(tx, flavors.at[i].id));
    return TSM_OK;
}

enum tsm_err settle(struct tx *tx, const struct settling *s)
{
    switch (s->row->kind) {
    case TR_SERVICE:
        return service_changed(tx, s);
    case TR_VERSION:
        return version_changed(tx, s);
    case TR_FLAVOR:
        return flavor_changed(tx, s);
    case TR_CONFIG:
        return config_changed(tx, s);
    case TR_ELF:
        return elf_changed(tx, s);
    default:
        return TSM_OK;
    }
}
