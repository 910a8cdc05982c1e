/* SPDX-License-Identifier: Apache-2.0 */
/* Rules between attributes: deployments, key provisioning, activation, attestation; and the compatibility
 * check. Station 2. Role, without I/O. [TR-03165 4.1.4.3, 4.1.4.6, 4.1.4.10, 4.1.4.14, 4.1.4.15] */
#include "role/sp/sptsm/model/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "role/sp/spos/target.h"

enum { RANK_STEP = 1000, VERSION_PARTS = 3 };

static enum tsm_err bad(const struct judging *j, const char *value, const char *attribute, const char *format)
{
    return refuse(j->refusal, TR_INVALID_FORMAT, value, attribute, format);
}

static bool is_in(const json_t *list, const char *text, size_t before)
{
    for (size_t i = 0; i < before && i < json_array_size(list); i++)
        if (!strcmp(json_string_value(json_array_get(list, i)), text))
            return true;
    return false;
}

/* Is the profile of a flavor in the list of an earlier one? */
static bool is_elsewhere(const json_t *deployments, const char *until, const char *profile)
{
    const char *flavor;
    json_t *list;
    json_object_foreach((json_t *)(uintptr_t)deployments, flavor, list)
    {
        if (!strcmp(flavor, until))
            return false;
        if (is_in(list, profile, json_array_size(list)))
            return true;
    }
    return false;
}

/* A profile stands once in a version; JSON has each flavor once. */
static enum tsm_err deployments(const struct judging *j, const json_t *version)
{
    const json_t *map = json_object_get(version, "allowedDeployments");
    const char *flavor;
    json_t *list;
    json_object_foreach((json_t *)(uintptr_t)map, flavor, list)
    {
        for (size_t i = 0; i < json_array_size(list); i++) {
            const char *profile = json_string_value(json_array_get(list, i));
            if (is_in(list, profile, i) || is_elsewhere(map, flavor, profile))
                return bad(j, profile, "allowedDeployments",
                           "each SecureComponentProfile id once in a Version");
        }
    }
    return TSM_OK;
}

/* keyIndex and keyProvisioningMode come together or not at all. */
static enum tsm_err key_provisioning(const struct judging *j, const json_t *flavor)
{
    const json_t *config = json_object_get(flavor, "featureConfig");
    json_int_t mode = json_integer_value(json_object_get(config, "keyProvisioningMode"));
    const char *index = json_member(config, "keyIndex");
    if (mode != 0 && !*index)
        return refuse(j->refusal, j->create ? TR_MISSING_FOR_POST : TR_MISSING_FOR_PUT,
                      "featureConfig.keyIndex", tr_entity(TR_FLAVOR)->name, NULL);
    return mode == 0 && *index
               ? bad(j, index, "featureConfig.keyIndex", "empty text where keyProvisioningMode is 0")
               : TSM_OK;
}

static bool is_set(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

static enum tsm_err configuration(const struct judging *j, const json_t *config)
{
    const json_t *activation = json_object_get(config, "activationConfig");
    const json_t *perso = json_object_get(config, "personalizationConfig");
    static const char *const access[] = {"accessibleViaApdu", "accessibleViaNfc"};
    for (size_t i = 0; i < sizeof access / sizeof access[0]; i++) {
        char path[TR_PATH_MAX];
        snprintf(path, sizeof path, "activationConfig.%s", access[i]);
        if (is_set(activation, access[i]) && !is_set(activation, "makeSelectable"))
            return bad(j, "true", path, "false where makeSelectable is false");
    }
    if (is_set(perso, "includeSecurityDomainDiversificationData") &&
        !is_set(perso, "provideAttestationToken"))
        return bad(j, "true", "personalizationConfig.includeSecurityDomainDiversificationData",
                   "false where provideAttestationToken is false");
    return TSM_OK;
}

/* Results go by mutual TLS alone [4.3.1]: an https address must be one that can be called. The guideline's
 * file asks for any URI and has a path as its example: what is no https address is a draft, which is told
 * nothing. */
static enum tsm_err online_system(const struct judging *j, const json_t *spos)
{
    static const char scheme[] = "https:";
    char address[SPOS_URL_MAX];
    const char *url = json_member(spos, "url");
    if (strncasecmp(url, scheme, strlen(scheme)) != 0 || spos_url(url, address) == TSM_OK)
        return TSM_OK;
    err_clear();
    return bad(j, url, "url", "https address of at most 500 characters, without query and fragment");
}

enum tsm_err rules_between(const struct judging *j, const json_t *entity)
{
    switch (j->kind) {
    case TR_VERSION:
        return deployments(j, entity);
    case TR_FLAVOR:
        return key_provisioning(j, entity);
    case TR_CONFIG:
        return configuration(j, entity);
    case TR_SPOS:
        return online_system(j, entity);
    default:
        return TSM_OK;
    }
}

int rules_compare_versions(const char *a, const char *b)
{
    for (int part = 0; part < VERSION_PARTS; part++) {
        char *rest_a, *rest_b;
        long x = strtol(a, &rest_a, 10), y = strtol(b, &rest_b, 10);
        if (x != y)
            return x < y ? -1 : 1;
        a = *rest_a == '.' ? rest_a + 1 : rest_a;
        b = *rest_b == '.' ? rest_b + 1 : rest_b;
    }
    return 0;
}

int64_t rules_rank(const char *tag)
{
    int64_t rank = 0;
    for (int part = 0; part < VERSION_PARTS; part++) {
        char *rest;
        rank = rank * RANK_STEP + strtol(tag, &rest, 10);
        tag = *rest == '.' ? rest + 1 : rest;
    }
    return rank;
}

const char *rules_lacking(const json_t *profile, const json_t *requirements, const json_t *feature_config)
{
    const char *card = json_member(json_object_get(profile, "gpApiVersions"), "card");
    const char *java = json_member(requirements, "javaCardVersion"),
               *gp = json_member(requirements, "gpApiVersion");
    if (*java && rules_compare_versions(json_member(profile, "javaCardVersion"), java) < 0)
        return "javaCard";
    if (*gp && rules_compare_versions(card, gp) < 0)
        return "gpApi";
    if (is_set(feature_config, "useCspFull") && json_object_size(json_object_get(profile, "csp")) == 0)
        return "csp";
    return NULL;
}
